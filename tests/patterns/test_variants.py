"""Phrases without their alternatives."""

import pytest

from interpreter.patterns.notation import parse_pattern
from interpreter.patterns.tree import Slot
from interpreter.patterns.variants import variants


def write(pattern: str) -> list[str]:
    parsed, _ = parse_pattern(pattern, ())
    return [
        "".join(
            atom if isinstance(atom, str) else f"<{atom.name}>" if isinstance(atom, Slot) else "<?>" for atom in variant
        )
        for variant in variants(parsed.parts)
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("Ａb", ["ab"]),
        ("(a|b)(c|d)", ["ac", "ad", "bc", "bd"]),
        ("a (b|) c", ["a b c", "a c"]),
        ("(a |)b( c|)", ["a b c", "a b", "b c", "b"]),
        (" a  <n> b ", ["a <n> b"]),
        ("<a> <b>", ["<a> <b>"]),
        ("<a>( |)<b>", ["<a> <b>", "<a><b>"]),
        ("((a|b)|c)<yes>", ["a<?>", "b<?>", "c<?>"]),
        ("a|A|ａ", ["a"]),
        ("e(\u0301|)", ["é", "e"]),
    ],
)
def test_each_way_through_the_alternatives_is_a_variant(pattern: str, expected: list[str]) -> None:
    assert write(pattern) == expected
