"""What is said about files that cannot be read."""

from pathlib import Path
from typing import get_args

import pytest

from interpreter.diagnostics.codes import CODES
from interpreter.diagnostics.diagnostic import Applicability
from interpreter.diagnostics.reading import explain
from interpreter.source.faults import FaultKind, ReadProblem
from interpreter.source.files import read_file
from interpreter.source.reader import read_source, read_text
from interpreter.source.spans import SourceFile, Span

BROKEN = sorted((Path(__file__).parent.parent / "data" / "source" / "broken").glob("*.yaml"))
HERE = Span(SourceFile("bot.yaml", "a: b\n"), 3, 4)


@pytest.mark.parametrize("kind", get_args(FaultKind))
def test_every_kind_has_its_words_in_both_languages(kind: FaultKind) -> None:
    finding = explain(ReadProblem(kind, HERE, "x", HERE))
    assert finding.code in CODES
    for wording in (finding.message, finding.label, finding.help):
        if wording is not None:
            assert "{}" not in wording.en + wording.zh
            assert wording.en[0].islower() or not wording.en[0].isalpha() or wording.en.startswith(("YAML", "JSON"))
            assert not wording.en.endswith(".")
            assert "please" not in wording.en
            assert any("\u4e00" <= char <= "\u9fff" for char in wording.zh)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_broken_file_is_explained(path: Path) -> None:
    file, problems = read_file(path, path.name)
    if file is not None:
        problems = read_source(file)[1]
    for problem in problems:
        finding = explain(problem)
        assert finding.span is problem.span
        assert finding.label or finding.help or finding.fix


def said(text: str, language: str = "zh") -> list[tuple[str, str, str | None]]:
    findings = [explain(problem) for problem in read_text("bot.yaml", text)[1]]
    return [(f.code, f.message.say(language), f.fix.shown if f.fix else None) for f in findings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("reply: 价格: 5\n", ("DL001", "文本里有冒号加空格，YAML 会当成键", 'reply: "价格: 5"')),
        ("  k: @foo\n", ("DL001", "`@` 在值的开头有特殊含义", 'k: "@foo"')),
        ("k: `foo`\n", ("DL001", "反引号 在值的开头有特殊含义", 'k: "`foo`"')),
        ("k: *hi\n", ("DL001", "`*hi` 引用了不存在的锚点 `&hi`", 'k: "*hi"')),
        ("a: 1\nb：1\n", ("DL001", "全角冒号不能分隔键和值", "b: 1")),
        ("a: 1\na: 2\n", ("DL003", "键 `a` 在同一个映射中出现了两次", None)),
        ("if: !done\n", ("DL004", "`!done` 是 YAML 标签，在这里没有意义", 'if: "!done"')),
        ("a: b\x07\n", ("DL001", "文件中有不可见字符 U+0007", "a: b")),
        ("[" * 100, ("DL006", "列表和映射的嵌套超过 64 层", None)),
        ("rules:\n\thi: 1\n", ("DL001", "缩进里有制表符（Tab）", "  hi: 1")),
    ],
)
def test_the_sentence_and_the_fix(text: str, expected: tuple[str, str, str | None]) -> None:
    assert said(text) == [expected]


def test_english_is_as_concrete() -> None:
    assert said("k: `x`\n", "en")[0][1] == "a back-tick has a meaning of its own at the beginning of a value"


def test_quoting_a_text_is_safe_and_closing_a_bracket_is_not() -> None:
    fixes = [explain(problem).fix for problem in read_text("bot.yaml", "a: b: c\nd: [e\nf: g\n")[1]]
    assert [fix.applicability for fix in fixes if fix] == [Applicability.SAFE, Applicability.UNSAFE]


def test_a_duplicate_shows_both_places() -> None:
    (finding,) = (explain(problem) for problem in read_text("bot.yaml", "a: 1\na: 2\n")[1])
    assert str(finding.span) == "bot.yaml:2:1"
    assert [str(label.span) for label in finding.related] == ["bot.yaml:1:1"]


def test_a_guessed_encoding_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_bytes("a: 你好".encode("gbk"))
    (problem,) = read_file(tmp_path / "bot.yaml", "bot.yaml")[1]
    assert explain(problem).notes[0].en == "it looks like GBK"


def test_long_details_are_cut() -> None:
    finding = explain(ReadProblem("duplicate-key", HERE, "k" * 100 + "\nx"))
    assert "k" * 39 + "…`" in finding.message.en


def test_a_long_fix_is_cut() -> None:
    (finding,) = (explain(problem) for problem in read_text("bot.yaml", f"a: @{'x' * 300}\n")[1])
    assert finding.fix is not None
    assert len(finding.fix.shown) == 120
