"""The stored tables of the parser."""

import lark
import pytest

from interpreter.expr.parse_tables import from_grammar, grammar_text, make_parser, new_tables, stored_tables

EXPRESSIONS = (
    "1",
    "a.b[0] ?? c",
    "not x in [1, 2] and f(a, b=2) >= 3m",
    '[k for k in {"a": 1} if k != "b"][1:]',
    "(a)",
)


def test_the_stored_tables_are_those_of_the_grammar() -> None:
    stored = stored_tables()
    assert stored["grammar"] == grammar_text(), "run `make grammar`"
    assert stored["lark"] == lark.__version__, "run `make grammar`"
    assert stored.keys() == new_tables().keys()


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_they_read_what_the_grammar_reads(text: str) -> None:
    assert make_parser().parse(text) == from_grammar().parse(text)


def test_with_another_version_of_lark_the_grammar_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lark, "__version__", "0")
    assert make_parser().parse("1 + x") == from_grammar().parse("1 + x")
