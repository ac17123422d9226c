from __future__ import annotations

import pytest

from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.loading import in_order, load_bot
from interpreter.source.reader import read_text
from interpreter.source.spans import SourceFile, Span

HEAD = "dialog: 1\nname: demo\n"


def reader(files):
    """Reads files from memory; one that is not there says so as a file on disk would."""

    def read(name):
        if name not in files:
            missing = Span(SourceFile(name, ""), 0, 0)
            return None, (Diagnostic("DL002", missing, Wording("no such file", "文件不存在")),)
        tree, problems = read_text(name, files[name])
        return tree, tuple(Diagnostic("DL001", item.span, Wording(item.kind, item.kind)) for item in problems)

    return read


def load(**files):
    return load_bot("bots/demo.yaml", reader({f"bots/{name}": text for name, text in files.items()}))


def said_of(diagnostics):
    return [f"{item.span} {item.code} {item.message.en}" for item in diagnostics]


def test_a_bot_of_one_file():
    bot, said = load(**{"demo.yaml": HEAD + "rules: {hi: 你好}"})
    assert said == ()
    assert [rule.path for rule in bot.rules] == ["rules.hi"]
    assert bot.sources == ("bots/demo.yaml",)


def test_a_file_that_is_not_there():
    bot, said = load()
    assert bot is None
    assert [item.code for item in said] == ["DL002"]


def test_imported_files_may_import_others_beside_them():
    bot, said = load(
        **{
            "demo.yaml": HEAD + "imports: [parts/a.yaml, ./b.yaml]\nrules: {hi: 你好}",
            "parts/a.yaml": "dialog: 1\nimports: [c.yaml, ../b.yaml]\nrules: {a: A}",
            "parts/c.yaml": "dialog: 1\nrules: {c: C}",
            "b.yaml": "dialog: 1\nrules: {b: B}",
        }
    )
    assert said == ()
    assert [rule.name.text for rule in bot.rules] == ["hi", "a", "c", "b"]
    assert bot.sources == ("bots/demo.yaml", "bots/parts/a.yaml", "bots/parts/c.yaml", "bots/b.yaml")


@pytest.mark.parametrize(
    "name", ["../x.yaml", "/etc/x.yaml", "a/../../x.yaml", "C:/x.yaml", "a\\x.yaml", "https://a.b/x"]
)
def test_imports_stay_within_the_folder_of_the_bot(name):
    bot, said = load(**{"demo.yaml": HEAD + f"imports: ['{name}']\nrules: {{hi: 你好}}"})
    assert bot is not None
    assert said_of(said) == [f"bots/demo.yaml:3:11 DL112 `{name}` is not inside the bot's folder"]


def test_a_missing_import_is_reported_where_it_is_imported():
    bot, said = load(**{"demo.yaml": HEAD + "imports: [faq.yaml]\nrules: {hi: 你好}"})
    assert bot is not None
    assert said_of(said) == ["bots/demo.yaml:3:11 DL112 `faq.yaml` cannot be read"]
    assert said[0].notes[0].en == "no such file"


def test_a_broken_import_is_reported_in_itself():
    bot, said = load(**{"demo.yaml": HEAD + "imports: [faq.yaml]\nrules: {hi: 你好}", "faq.yaml": "rules: {a: [}"})
    assert bot is not None
    assert {item.span.file.name for item in said} == {"bots/faq.yaml"}


def test_files_that_import_each_other():
    _, said = load(
        **{
            "demo.yaml": HEAD + "imports: [a.yaml]\nrules: {hi: 你好}",
            "a.yaml": "dialog: 1\nimports: [b.yaml]",
            "b.yaml": "dialog: 1\nimports: [a.yaml, demo.yaml, b.yaml]",
        }
    )
    assert said_of(said) == [
        "bots/b.yaml:2:11 DL112 these files import each other: a.yaml → b.yaml → a.yaml",
        "bots/b.yaml:2:19 DL112 these files import each other: demo.yaml → a.yaml → b.yaml → demo.yaml",
        "bots/b.yaml:2:30 DL112 these files import each other: b.yaml → b.yaml",
    ]


def test_packs_are_not_available_yet():
    _, said = load(**{"demo.yaml": HEAD + "imports: [{pack: guess-1.2.0.dialogpack, as: guess}]\nrules: {hi: 你好}"})
    assert said_of(said) == ["bots/demo.yaml:3:11 DL112 packs cannot be imported yet"]


def test_names_may_come_from_windows():
    files = {"C:\\bots\\demo.yaml": HEAD + "imports: [faq.yaml]", "C:\\bots\\faq.yaml": "rules: {a: b}"}
    bot, said = load_bot("C:\\bots\\demo.yaml", reader(files))
    assert said == ()
    assert len(bot.rules) == 1


def test_structure_is_checked_in_every_file():
    _, said = load(
        **{
            "demo.yaml": "dialog: 1\nimports: [faq.yaml]\nrules: {hi: {replly: 你好}}",
            "faq.yaml": "rules: {a: {pattern: =a, repy: x}}",
        }
    )
    assert [(item.span.file.name, item.code) for item in said] == [
        ("bots/demo.yaml", "DL012"),
        ("bots/demo.yaml", "DL011"),
        ("bots/faq.yaml", "DL011"),
    ]


def test_one_place_is_reported_by_the_first_stage_that_stumbles():
    _, said = load(**{"demo.yaml": HEAD + "rules: {hi: {goto: welcome}, ho: {if: , reply: x}}"})
    assert [item.span.column for item in said] == [20, 35]


def test_a_list_is_no_bot():
    bot, said = load(**{"demo.yaml": "[a]"})
    assert bot is None
    assert [item.code for item in said] == ["DL013"]


def test_an_imported_list_is_no_part_of_a_bot():
    bot, said = load(**{"demo.yaml": HEAD + "imports: [a.yaml]\nrules: {hi: 你好}", "a.yaml": "[a]"})
    assert bot is not None
    assert said_of(said)[0].startswith("bots/a.yaml:1:1 DL013")


def test_diagnostics_are_put_in_order_of_file_and_place():
    first, second = SourceFile("z.yaml", "abc"), SourceFile("a.yaml", "abc")
    wording = Wording("x", "x")
    said = [
        Diagnostic("DL101", Span(second, 0, 1), wording),
        Diagnostic("DL102", Span(first, 1, 2), wording),
        Diagnostic("DL103", Span(first, 0, 1), wording),
        Diagnostic("DL102", Span(first, 1, 2), Wording("again", "again")),
    ]
    assert [item.code for item in in_order(said, ("z.yaml",))] == ["DL103", "DL102", "DL101"]
    assert [item.code for item in in_order(said)] == ["DL101", "DL103", "DL102"]
