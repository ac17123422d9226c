"""Lines and columns."""

from interpreter.source.spans import SourceFile, Span


def test_lines_and_columns_count_code_points_from_one() -> None:
    file = SourceFile("bot.yaml", "你好\r\n😀b\n")
    assert [file.line_column(at) for at in (0, 1, 4, 5, 7)] == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)]


def test_the_text_of_a_line_has_no_line_break() -> None:
    file = SourceFile("bot.yaml", "a\r\nb\n")
    assert [file.line_text(line) for line in (1, 2, 3)] == ["a", "b", ""]


def test_a_span_prints_as_its_place() -> None:
    span = Span(SourceFile("bot.yaml", "a\nbc"), 3, 4)
    assert (str(span), span.line, span.column) == ("bot.yaml:2:2", 2, 2)
