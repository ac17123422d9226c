"""The argument parser of the commands."""

from __future__ import annotations

import pytest

from interpreter.cli.common import USAGE, Parser
from interpreter.diagnostics.wording import Wording


def parser(language: str) -> Parser:
    made = Parser("dialog-x", Wording("Does x.", "做 x。"), language)
    made.option("paths", nargs="+", metavar="PATH", help=Wording("files", "文件"))
    made.option("--format", choices=("text", "json"), help=Wording("100 % form", "格式"))
    return made


@pytest.mark.parametrize(
    ("argv", "english", "chinese"),
    [
        (["a", "--fromat", "json"], "unknown option --fromat; did you mean --format?", "未知选项 --fromat；是不是"),
        (["a", "--xyzzy=1"], "unknown option --xyzzy=1", "未知选项 --xyzzy=1"),
        ([], "the following arguments are required: PATH", "缺少参数：PATH"),
        (["a", "--format"], "argument --format: expected one argument", "参数 --format：需要一个值"),
        (["a", "--format", "tex"], "; did you mean text?", "；是不是 text？"),
        (["a", "--format", "x"], "invalid choice: 'x'", "不能是 'x'，可选："),
    ],
)
def test_wrong_usage_says_what_was_meant(
    argv: list[str], english: str, chinese: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for language, words in (("en", english), ("zh", chinese)):
        with pytest.raises(SystemExit) as left:
            parser(language).parse_intermixed_args(argv)
        assert left.value.code == USAGE
        assert words in capsys.readouterr().err


def test_the_usage_line_names_the_command_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for argv in (["--help"], ["--fromat"]):
        for language, words in (("en", "usage: dialog-x [-h]"), ("zh", "用法： dialog-x [-h]")):
            with pytest.raises(SystemExit):
                parser(language).parse_intermixed_args(argv)
            assert "".join(capsys.readouterr()).startswith(words)


def test_an_unexpected_argument_may_be_empty(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser("en").error("unrecognized arguments: ")
    assert "unexpected argument" in capsys.readouterr().err


def test_options_may_stand_between_files() -> None:
    read = parser("en").parse_intermixed_args(["a", "--format", "json", "b"])
    assert read.paths == ["a", "b"]


def test_help_fits_a_narrow_terminal_and_speaks_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    assert parser("en").format_help().startswith("usage: dialog-x")
    assert parser("zh").format_help().startswith("用法： dialog-x")
