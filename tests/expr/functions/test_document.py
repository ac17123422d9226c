from __future__ import annotations

from pathlib import Path

import pytest

from interpreter.expr.functions.document import DOCUMENTS, page, signature
from interpreter.expr.functions.library import FUNCTIONS

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("language", DOCUMENTS)
def test_the_page_is_what_the_functions_say(language: str) -> None:
    assert (ROOT / DOCUMENTS[language]).read_text("utf-8") == page(language), "run `make functions`"


def test_a_signature_shows_types_defaults_and_further_arguments() -> None:
    assert signature(FUNCTIONS["join"]) == "join(sep: text, list: list): text"
    assert signature(FUNCTIONS["pad_left"]) == 'pad_left(x: text | int, length: int, fill: text = " "): text'
    assert signature(FUNCTIONS["round"]) == "round(x: number, digits: int? = null): int | number"
    assert signature(FUNCTIONS["format"]) == "format(template: text, …values): text"


@pytest.mark.parametrize("language", DOCUMENTS)
def test_every_function_is_on_the_page(language: str) -> None:
    shown = page(language)
    assert all(f"### `{name}(" in shown for name in FUNCTIONS)
