"""The command `dialog-lint`: what it reads, what it reports, how it ends."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from interpreter.cli.lint import main
from interpreter.diagnostics.codes import CODES
from interpreter.diagnostics.formats import FORMATS

CLEAN = "dialog: 1\nname: t\nrules:\n  hi: hello\nfallback: x\n"
ANCHOR = CLEAN.replace("hi: hello", "hi: &a hello")
"""One finding: DL018, a hint."""
BROKEN = CLEAN.replace("hi: hello", "hi: {replly: hello}")
"""One finding: DL011, an error that can be mended."""


@dataclass
class Run:
    code: int
    out: str
    err: str

    @property
    def found(self) -> list[str]:
        """Place and code of each finding of a run with `--format short`."""
        return [" ".join((line.split(": ")[0], line.split()[2])) for line in self.out.splitlines()]


Lint = Callable[..., Run]


@pytest.fixture
def lint(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Lint:
    """Runs the command in a folder of its own; `stdin` is what comes in."""
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, stdin: str | bytes = b"") -> Run:
        monkeypatch.setattr(sys, "argv", ["dialog-lint", *arguments])
        content = stdin if isinstance(stdin, bytes) else stdin.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        code = main()
        shown = capfd.readouterr()
        return Run(code, shown.out, shown.err)

    return run


def write(**files: str) -> None:
    for name, text in files.items():
        path = Path(name.replace("__", "/").replace("_yaml", ".yaml"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


# ---------------------------------------------------------------------------------------------------- what it reads


def test_a_folder_a_pattern_and_a_file_are_bots(lint: Lint) -> None:
    write(a__b__bot_yaml=ANCHOR, a__other_yaml="no: bot\n", c_yaml=ANCHOR)
    for paths in (["."], ["**/*.yaml"], ["a", "c.yaml"], ["a/b/bot.yaml", "a/*/bot.yaml", "c.yaml"], ["a/*", "c.yaml"]):
        run = lint("--format", "short", *paths)
        assert run.found == ["a/b/bot.yaml:4:7 DL018", "c.yaml:4:7 DL018"], paths


def test_a_file_that_another_one_imports_is_a_part_of_that_bot(lint: Lint) -> None:
    write(bot_yaml="imports: [faq.yaml]\n" + CLEAN, faq_yaml="dialog: 1\nrules: {ho: &a x}\n")
    assert lint("--format", "short", "bot.yaml", "faq.yaml").found == ["faq.yaml:2:13 DL018"]
    assert lint("--format", "short", "*.yaml").found == ["faq.yaml:2:13 DL018"]


def test_where_no_bot_is_ends_with_2(lint: Lint) -> None:
    write(c_yaml=CLEAN, empty__x_yaml="a: b\n")
    for path in ("nowhere.yaml", "nowhere/*.yaml", "empty", "", "[x"):
        run = lint("c.yaml", path)
        assert (run.code, run.err) == (2, f"{path}: no bot file is there\n")
        assert run.out == "1 bot, no findings\n"


def test_no_path_at_all_is_wrong_usage(lint: Lint) -> None:
    run = lint()
    assert run.code == 2
    assert "name bot files or folders" in run.err


def test_stdin_is_a_bot_with_a_name_and_imports_beside_it(lint: Lint) -> None:
    write(bots__faq_yaml="rules: {ho: &a x}\n")
    text = "imports: [faq.yaml]\n" + ANCHOR
    run = lint("-", "--stdin-filename", "./bots/new.yaml", "--format", "short", stdin=text)
    assert run.found == ["bots/faq.yaml:1:13 DL018", "bots/new.yaml:5:7 DL018"]
    assert lint("-", "--format", "short", stdin=ANCHOR).found == ["<stdin>:4:7 DL018"]
    assert lint("-", "--format", "short", "--stdin-filename", "x.json", stdin=ANCHOR).found == ["x.json:1:1 DL001"]


def test_stdin_that_is_no_text_is_a_finding(lint: Lint) -> None:
    run = lint("-", "--format", "short", stdin="名称".encode("gbk"))
    assert (run.code, run.found) == (1, ["<stdin>:1:1 DL002"])


def test_a_mended_stdin_goes_to_stdout(lint: Lint) -> None:
    run = lint("-", "--fix", stdin=BROKEN)
    assert (run.code, run.out) == (0, BROKEN.replace("replly", "reply"))
    assert run.err.endswith("now: reply\n1 bot, no findings\n")
    assert lint("-", "--fix", stdin=CLEAN).out == CLEAN


# ---------------------------------------------------------------------------------------------------- what it reports


def test_codes_can_be_selected_and_ignored(lint: Lint) -> None:
    write(bot_yaml=ANCHOR)
    for arguments, code in (
        (["--select", "DL018"], 1),
        (["--select", "DL3,dl0"], 1),
        (["--select", "DL3", "--select", "unused-anchor"], 1),
        (["--select", "DL3"], 0),
        (["--ignore", "DL018"], 0),
        (["--ignore", "DL3，DL01"], 0),
        (["--select", "DL0", "--ignore", "DL018"], 0),
    ):
        assert lint("bot.yaml", *arguments).code == code, arguments


@pytest.mark.parametrize("option", ["--select", "--ignore", "--explain"])
def test_an_unknown_code_is_wrong_usage_with_a_suggestion(lint: Lint, option: str) -> None:
    run = lint(option, "unused-ancor", "bot.yaml")
    assert run.code == 2
    assert run.err.startswith("dialog-lint: no check has the code `unused-ancor`; did you mean unused-anchor?")


def test_what_is_not_selected_is_not_mended(lint: Lint) -> None:
    write(bot_yaml=BROKEN)
    assert lint("bot.yaml", "--fix", "--select", "DL3").code == 0
    assert Path("bot.yaml").read_text() == BROKEN
    assert lint("bot.yaml", "--fix").code == 0
    assert Path("bot.yaml").read_text() == BROKEN.replace("replly", "reply")


@pytest.mark.parametrize(("level", "codes"), [("info", [1, 1]), ("warning", [0, 1]), ("error", [0, 1])])
def test_the_severity_that_fails_can_be_chosen(lint: Lint, level: str, codes: Sequence[int]) -> None:
    write(a_yaml=ANCHOR, b_yaml=BROKEN)
    assert [lint("--fail-on", level, name).code for name in ("a.yaml", "b.yaml")] == codes


def test_a_baseline_holds_what_is_known(lint: Lint) -> None:
    write(bot_yaml=ANCHOR)
    for form in ("json", "jsonl", "gitlab"):
        lint("bot.yaml", "--format", form, "--output", "known")
        assert lint("bot.yaml", "--baseline", "known").code == 0
    write(bot_yaml=ANCHOR.replace("rules:\n", "rules:\n  # moved\n  ho: &b x\n"))
    assert lint("bot.yaml", "--baseline", "known", "--format", "short").found == ["bot.yaml:5:7 DL018"]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"diagnostics": 1}', "x: y"])
def test_a_baseline_that_is_none_is_wrong_usage(lint: Lint, text: str) -> None:
    write(bot_yaml=CLEAN, known=text)
    run = lint("bot.yaml", "--baseline", "known")
    assert (run.code, lint("bot.yaml", "--baseline", "nowhere").code) == ((2, 2) if text else (0, 2))


def test_the_last_line_counts(lint: Lint) -> None:
    write(a_yaml=ANCHOR, b_yaml=BROKEN, c_yaml=CLEAN)
    assert lint(".").out.splitlines()[-1] == "1 error, 1 hint; --fix can mend 1"
    assert lint(".", "--lang", "zh").out.splitlines()[-1] == "1 个错误，1 个提示；--fix 可以修复 1 个"
    assert lint("c.yaml", "--lang", "zh").out == "1 个机器人，没有发现问题\n"


# ---------------------------------------------------------------------------------------------------- how it reports


@pytest.mark.parametrize("form", FORMATS)
def test_equal_input_has_equal_output(lint: Lint, form: str) -> None:
    write(a_yaml=ANCHOR, b_yaml=BROKEN)
    first = lint(".", "--format", form)
    assert first.out
    assert lint("b.yaml", "a.yaml", "--format", form).out.replace("./", "") == first.out


def test_a_report_goes_into_a_file(lint: Lint) -> None:
    write(bot_yaml=ANCHOR)
    run = lint("bot.yaml", "--format", "sarif", "--output", "report.sarif")
    assert (run.code, run.out) == (1, "")
    assert json.loads(Path("report.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    run = lint("bot.yaml", "--output", "nowhere/report")
    assert (run.code, run.err) == (2, "dialog-lint: nowhere/report cannot be written: No such file or directory\n")


def test_colours_come_when_asked_for(lint: Lint) -> None:
    write(bot_yaml=ANCHOR)
    assert "\x1b[" in lint("bot.yaml", "--color", "always").out
    assert "\x1b[" not in lint("bot.yaml", "--color", "never").out
    assert "\x1b[" not in lint("bot.yaml").out


def test_what_was_mended_is_said(lint: Lint) -> None:
    write(bot_yaml=BROKEN)
    run = lint("bot.yaml", "--fix", "--lang", "en")
    assert run.out == "mended bot.yaml:4:8 DL011: a rule has no key `replly`; now: reply\n1 bot, no findings\n"
    assert lint("bot.yaml", "--fix", "--lang", "en").out == "1 bot, no findings\n"
    write(bot_yaml=BROKEN)
    assert lint("bot.yaml", "--fix", "--lang", "zh").out.startswith("已修复 bot.yaml:4:8 DL011：")
    write(bot_yaml=BROKEN)
    assert "mended" not in lint("bot.yaml", "--fix", "--format", "json").out


def test_of_many_fixes_some_are_named(lint: Lint) -> None:
    write(bot_yaml=CLEAN + "texts:\n" + "".join(f"  t{n}: x{n} #{n} y\n" for n in range(25)))
    lines = lint("bot.yaml", "--fix=all", "--lang", "en", "--select", "DL017").out.splitlines()
    assert len([line for line in lines if line.startswith("mended ")]) == 20
    assert "… and 5 more mended" in lines


def test_a_diff_has_stdout_to_itself(lint: Lint) -> None:
    write(bot_yaml=BROKEN)
    run = lint("bot.yaml", "--diff")
    assert run.out.startswith("--- bot.yaml\n+++ bot.yaml\n")
    assert run.out.endswith(" fallback: x\n")
    assert run.err == "1 bot, no findings\n"
    assert Path("bot.yaml").read_text() == BROKEN


# ---------------------------------------------------------------------------------------------------- what it knows


def test_a_code_is_explained_by_number_or_name(lint: Lint) -> None:
    shown = [lint("--explain", word).out for word in ("DL016", "dl016", "idle-ignore")]
    assert shown[0].startswith("DL016 idle-ignore (warning)")
    assert len(set(shown)) == 1


def test_all_codes_are_listed_with_their_severity(lint: Lint) -> None:
    lines = lint("--list-rules").out.splitlines()
    assert [line.split()[0] for line in lines] == list(CODES)
    assert [
        line.split()[:3] for line in lint("--list-rules", "--select", "DL901", "--lang", "zh").out.splitlines()
    ] == [["DL901", "警告", "vanished-wait"]]


# ---------------------------------------------------------------------------------------------------- --against


OLD = CLEAN + "states: {gues: {otherwise: no}}\n"
OLD = OLD.replace("hi: hello", "hi: {wait: gues}")
NEW = OLD.replace("gues", "guess")


def test_an_edit_is_compared_with_what_was(lint: Lint) -> None:
    write(old_yaml=OLD, new_yaml=NEW)
    wanted = ["--select", "DL9", "--format", "short"]
    assert lint("new.yaml", "--against", "old.yaml", *wanted).found == ["new.yaml:6:10 DL901"]
    assert lint("new.yaml", "--against", "-", *wanted, stdin=OLD).found == ["new.yaml:6:10 DL901"]
    assert lint("-", "--against", "old.yaml", *wanted, stdin=NEW).found == ["<stdin>:6:10 DL901"]
    assert lint("new.yaml", "--against", "new.yaml", *wanted).code == 0


def test_a_fix_says_under_renamed_what_went_where(lint: Lint) -> None:
    write(old_yaml=OLD, new_yaml=NEW)
    assert lint("new.yaml", "--against", "old.yaml", "--select", "DL9", "--fix").code == 0
    assert Path("new.yaml").read_text() == NEW + "renamed:\n  states.gues: states.guess\n"


def test_a_bot_with_errors_is_mended_before_it_is_compared(lint: Lint) -> None:
    write(old_yaml=OLD, new_yaml=NEW.replace("wait: guess", "wait: nowhere"))
    assert lint("new.yaml", "--against", "old.yaml", "--format", "short").found == ["new.yaml:4:14 DL101"]


def test_only_one_bot_is_compared_with_one(lint: Lint) -> None:
    write(old_yaml=OLD, new_yaml=NEW)
    assert lint("new.yaml", "old.yaml", "--against", "old.yaml").code == 2
    assert lint("-", "--against", "-", stdin=NEW).code == 2
    run = lint("new.yaml", "--against", "nowhere.yaml", "--lang", "zh")
    assert run.code == 2
    assert "nowhere.yaml 不能作为机器人读取" in run.err


def test_a_call_that_names_only_files_loads_no_parser_of_arguments(tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_text(CLEAN)
    code = "import sys; from interpreter.cli.lint import main; main(); print('argparse' in sys.modules)"
    for arguments, is_loaded in (["bot.yaml"], "False"), (["--lang=en", "bot.yaml"], "True"):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines() == ["1 bot, no findings", is_loaded]
