"""`dialog-lint`: says what is wrong with bots, without running them."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from msgspec.structs import replace

from interpreter.cli.bot_files import find_bots
from interpreter.cli.boundary import CLEAN, FINDINGS, USAGE, UsageError, run_command, wants_colour
from interpreter.cli.linting_choice import Choice, fails, not_in_baseline, read_baseline, read_choice, read_code
from interpreter.cli.linting_input import STDIN, Input, read_old, read_stdin
from interpreter.cli.linting_options import Options
from interpreter.cli.loading import Loaded
from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic
from interpreter.diagnostics.render import render_text
from interpreter.diagnostics.wording import Wording

FIX_LEVELS = {
    "safe": (Applicability.SAFE,),
    "all": (Applicability.SAFE, Applicability.UNSAFE),
}
"""What `--fix` and `--fix=all` may apply."""


_KEPT: list[Loaded] = []
"""The bot looked at last: to give its memory back takes a large one longer than to end."""


def main() -> int:
    """The command."""
    return run_command(_lint)


def run() -> NoReturn:
    """The command as a process of its own. It ends soon, so nobody looks for garbage, nor tidies up."""
    gc.disable()
    code = main()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def _lint(argv: Sequence[str], language: str) -> int:
    options = _options(argv, language)
    if options.lsp:
        from interpreter.cli.lsp import serve

        gc.enable()
        return serve(language, chosen=options.lang is not None)
    try:
        if options.explain:
            from interpreter.cli.linting_rules import explain_code

            sys.stdout.write(explain_code(read_code(options.explain), language))
            return CLEAN
        choice = read_choice(options.select, options.ignore)
        if options.list_rules:
            from interpreter.cli.linting_rules import list_rules

            sys.stdout.write(list_rules(choice, language))
            return CLEAN
        return _check(options, choice, language)
    except UsageError as error:
        sys.stderr.write(f"dialog-lint: {error.wording.say(language)}\n")
        return USAGE


def _options(argv: Sequence[str], language: str) -> Options:
    """What the arguments say. Most often they only name files: then no parser has to be loaded."""
    if argv and not any(word.startswith("-") for word in argv):
        return Options(paths=list(argv))
    from interpreter.cli.linting_arguments import parse_arguments

    return parse_arguments(argv, language)


def _check(options: Options, choice: Choice, language: str) -> int:
    known = read_baseline(Path(options.baseline)) if options.baseline else frozenset()
    inputs, missing = _inputs(options)
    for name in missing:
        sys.stderr.write(_nothing_there(name).say(language) + "\n")
    found: list[Diagnostic] = []
    mended: list[Diagnostic] = []
    for each in inputs:
        found += _findings(each, options, choice, mended)
    findings = not_in_baseline(filter(choice.takes_finding, found), known)
    _report(findings, len(inputs), options, language, _mended(mended).say(language))
    if missing:
        return USAGE
    return FINDINGS if fails(findings, options.fail_on) else CLEAN


def _inputs(options: Options) -> tuple[list[Input], list[str]]:
    """What is to be checked, and the paths where nothing is."""
    paths, missing = find_bots(path for path in options.paths if path != STDIN)
    inputs = [Input(path) for path in paths]
    if STDIN in options.paths:
        inputs.append(read_stdin(options.stdin_filename))
    if options.against is None:
        return inputs, missing
    if len(inputs) != 1 or (options.against == STDIN and inputs[0].is_stdin):
        raise UsageError(Wording("--against takes one bot", "--against 只能用于一个机器人"))
    return [replace(inputs[0], old=read_old(options.against, inputs[0].path))], missing


def _findings(each: Input, options: Options, choice: Choice, applied: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """What is found in a bot; with `--fix`, what is left once it is mended, and what was mended in `applied`."""
    if not options.fix and not options.diff:
        _KEPT[:] = [each.load(each.path, {})]
        return _KEPT[0].diagnostics
    from interpreter.cli.fixing import mend

    mended = mend(each.path, each.load, FIX_LEVELS[options.fix or "safe"], choice.takes_finding)
    assert mended.loaded is not None
    if options.diff:
        sys.stdout.writelines(mended.diff())
    elif each.text is not None:
        sys.stdout.write(mended.after.pop(str(each.path), each.text))
        mended.write()
    else:
        mended.write()
    if not options.diff:
        applied += mended.applied
    return mended.loaded.diagnostics


# ---------------------------------------------------------------------------------------------------- saying it


def _report(findings: Sequence[Diagnostic], bots: int, options: Options, language: str, mended: str) -> None:
    """Write the findings: into a file, to stderr when stdout takes a diff or a mended text, else to stdout."""
    if options.format == "text":
        colour = wants_colour(os.environ, options.color) and (options.output is None or options.color == "always")
        output = mended + render_text(findings, language, colour=colour) + _sum(findings, bots).say(language)
    else:
        from interpreter.diagnostics.formats import FORMATS

        output = FORMATS[options.format](findings, language)
    if options.output is not None:
        _write(Path(options.output), output)
    elif options.diff or (options.fix and STDIN in options.paths):
        sys.stderr.write(output)
    else:
        sys.stdout.write(output)


def _write(path: Path, output: str) -> None:
    try:
        path.write_bytes(output.encode("utf-8", "backslashreplace"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(Wording(f"{path} cannot be written: {reason}", f"无法写入 {path}：{reason}")) from error


def _nothing_there(name: str) -> Wording:
    return Wording(f"{name}: no bot file is there", f"{name}：这里没有机器人文件")


def _mended(applied: Sequence[Diagnostic]) -> Wording:
    """What `--fix` has changed, a line for each finding; empty when that is nothing."""
    english, chinese = [], []
    for each in applied[:_MOST_SHOWN]:
        shown = each.fix.shown.strip() if each.fix else ""
        english.append(f"mended {each.span} {each.code}: {each.message.en}; now: {shown}\n")
        chinese.append(f"已修复 {each.span} {each.code}：{each.message.zh}；现在是：{shown}\n")
    if (more := len(applied) - _MOST_SHOWN) > 0:
        english.append(f"… and {more} more mended\n")
        chinese.append(f"…… 另外修复了 {more} 处\n")
    return Wording("".join(english), "".join(chinese))


_MOST_SHOWN = 20


def _sum(findings: Sequence[Diagnostic], bots: int) -> Wording:
    """The last line of a report; none when no bot was there to check."""
    if not findings:
        of = "1 bot" if bots == 1 else f"{bots} bots"
        return Wording(f"{of}, no findings\n", f"{bots} 个机器人，没有发现问题\n") if bots else Wording("", "")
    counts = Counter(finding.severity for finding in findings)
    english = [_plural(counts[level], _NOUNS[level].en) for level in Severity if counts[level]]
    chinese = [f"{counts[level]} 个{_NOUNS[level].zh}" for level in Severity if counts[level]]
    safe = sum(1 for each in findings if each.fix and each.fix.edits and each.fix.applicability is Applicability.SAFE)
    mend, mend_zh = (f"; --fix can mend {safe}", f"；--fix 可以修复 {safe} 个") if safe else ("", "")
    return Wording(f"\n{', '.join(english)}{mend}\n", f"\n{'，'.join(chinese)}{mend_zh}\n")


_NOUNS = {
    Severity.ERROR: Wording("error", "错误"),
    Severity.WARNING: Wording("warning", "警告"),
    Severity.INFO: Wording("hint", "提示"),
}


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


if __name__ == "__main__":
    run()
