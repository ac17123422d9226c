"""Where the alternatives of a phrase stand."""

import pytest

from interpreter.check.lints.alternatives import inner_spans, outer_spans


def texts(text: str, spans: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("phrase", "outer", "inner"),
    [
        ("hi", ["hi"], []),
        ("hi|你好|", ["hi", "你好", ""], []),
        ("(早|晚)好|hi", ["(早|晚)好", "hi"], [["早", "晚"]]),
        ("a(b(c|d)|e)", ["a(b(c|d)|e)"], [["b(c|d)", "e"], ["c", "d"]]),
        (r"a\|b|c\(d", [r"a\|b", r"c\(d"], []),
        ("打<score:好 | 坏>分|退", ["打<score:好 | 坏>分", "退"], []),
        ("a<b", ["a<b"], []),
        ("a)b|c", ["a)b", "c"], []),
    ],
)
def test_bars_part_alternatives_unless_something_holds_them(
    phrase: str, outer: list[str], inner: list[list[str]]
) -> None:
    assert texts(phrase, outer_spans(phrase, 0)) == outer
    assert [texts(phrase, spans) for spans in inner_spans(phrase, 0)] == inner
