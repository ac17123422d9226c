"""The name of a file decides how it is read."""

from interpreter.source.reader import read_source, read_text
from interpreter.source.spans import SourceFile


def test_json_is_read_by_name() -> None:
    assert [problem.kind for problem in read_text("BOT.JSON", "{a: 1}")[1]] == ["json-bare-word"]
    assert read_text("bot.yml", "{a: 1}")[1] == ()


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    tree, problems = read_text("bot.yaml", "\ufeffa: 1\n")
    assert problems == ()
    assert tree is not None
    assert str(tree.span) == "bot.yaml:1:1"


def test_a_file_that_was_read_keeps_its_identity() -> None:
    file = SourceFile("bot.yaml", "a: 1")
    tree, _ = read_source(file)
    assert tree is not None
    assert tree.span.file is file
