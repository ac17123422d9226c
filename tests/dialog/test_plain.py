from __future__ import annotations

import math

import pytest

from interpreter.dialog.plain import Plain, to_plain, type_plain
from interpreter.source.reader import read_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("42", 42),
        ("-7", -7),
        ("0571", 571),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.10", 1.1),
        ("-.5", -0.5),
        ("1e3", 1000.0),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"),
        ("1_000", "1_000"),
        (".iNf", ".iNf"),
        ("+.nan", "+.nan"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_plain_scalars_have_the_types_of_the_core_schema(text: str, value: Plain) -> None:
    assert type_plain(text) == value
    assert type(type_plain(text)) is type(value)


def test_not_a_number_is_a_number() -> None:
    assert math.isnan(float(type_plain(".nan") or 0))


def test_a_number_of_thousands_of_digits_is_read() -> None:
    assert type_plain("9" * 5_000) == math.inf


def test_a_tree_is_plain_data_with_texts_for_keys() -> None:
    tree, _ = read_text("a.yaml", "1: {a: [1, '1', x], no: null}\nb: |\n  42\n")
    assert tree is not None
    assert to_plain(tree) == {"1": {"a": [1, "1", "x"], "no": None}, "b": "42\n"}
