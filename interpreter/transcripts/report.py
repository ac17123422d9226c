"""Verdicts in words: what was expected, what was said, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from interpreter.diagnostics.fault_words import fault_words
from interpreter.diagnostics.wording import Wording
from interpreter.transcripts.running import Failure, Verdict

_RED, _GREEN, _DIM, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[0m"
TALK_SHOWN = 12
"""How many lines of the conversation are shown before the failing one."""


def failure_report(verdict: Verdict, failure: Failure, language: str, *, colour: bool) -> str:
    """A failing test or example: title, place, the talk so far, and a diff of the reply."""
    return "\n".join(_report_lines(verdict, failure, language, colour=colour))


def _report_lines(verdict: Verdict, failure: Failure, language: str, *, colour: bool) -> Iterator[str]:
    kind = {
        "test": Wording("test", "测试"),
        "example": Wording("example", "例句"),
    }[verdict.kind].say(language)
    yield _paint(f"{kind} {verdict.name}", _RED, colour=colour)
    yield f"  --> {failure.place}"
    yield f"  {failure.message.say(language)}"
    talk = failure.talk
    if len(talk) > TALK_SHOWN:
        yield _paint("      …", _DIM, colour=colour)
    for line in talk[-TALK_SHOWN:]:
        yield _paint(f"      {line}", _DIM, colour=colour)
    yield from _diff(failure, language, colour=colour)
    for item in failure.trace:
        if item.kind == "fault":
            yield f"  ! {item.place}: {fault_words(item.name, item.detail).say(language)}"


def _diff(failure: Failure, language: str, *, colour: bool) -> Iterator[str]:
    if failure.expected:
        yield "  " + Wording("expected:", "期望：").say(language)
        for line in failure.expected:
            yield _paint(f"    - {line}", _RED, colour=colour)
    if failure.said or failure.expected:
        yield "  " + Wording("but got:", "实际：").say(language)
        for line in failure.said or (Wording("(nothing)", "（无）").say(language),):
            yield _paint(f"    + {line}", _GREEN, colour=colour)


def summary(verdicts: Iterable[Verdict], language: str) -> str:
    """One line that counts what held and what did not."""
    shown = list(verdicts)
    failed = sum(verdict.failure is not None for verdict in shown)
    turns = sum(verdict.turns for verdict in shown)
    held = len(shown) - failed
    return Wording(
        f"{held} passed, {failed} failed ({turns} turns)", f"{held} 个通过，{failed} 个失败（共 {turns} 轮）"
    ).say(language)


def _paint(text: str, colour_code: str, *, colour: bool) -> str:
    return f"{colour_code}{text}{_PLAIN}" if colour else text
