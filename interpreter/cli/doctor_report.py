"""What a doctor found, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.findings import Finding, Level

_WORDS: Mapping[Level, Wording] = {
    Level.PROBLEM: Wording("problem", "问题"),
    Level.WARNING: Wording("warning", "警告"),
    Level.FINE: Wording("fine", "正常"),
    Level.SKIPPED: Wording("skipped", "跳过"),
}
_COLOURS: Mapping[Level, str] = {Level.PROBLEM: "31", Level.WARNING: "33", Level.FINE: "32", Level.SKIPPED: "2"}
_WIDTH = {"en": 8, "zh": 5}


def report_text(findings: Sequence[Finding], language: str, *, colour: bool) -> str:
    """A line for each finding and one for its next step, then how many there are."""
    lines = []
    for finding in findings:
        word = _WORDS[finding.level].say(language)
        gap = " " * (_WIDTH[language] - len(word) * (2 if language == "zh" else 1))
        lines.append(
            f"{_painted(word, finding.level, colour=colour)}{gap} {finding.said.say(language)}  [{finding.code}]"
        )
        if finding.next_step is not None:
            lines.append(f"{' ' * _WIDTH[language]} → {finding.next_step.say(language)}")
    return "".join(f"{line}\n" for line in [*lines, "", _summary(findings, language)])


def _painted(word: str, level: Level, *, colour: bool) -> str:
    return f"\x1b[{_COLOURS[level]}m{word}\x1b[0m" if colour else word


def _summary(findings: Sequence[Finding], language: str) -> str:
    problems, warnings = _count(findings, Level.PROBLEM), _count(findings, Level.WARNING)
    return Wording(
        f"{problems} problem{'' if problems == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'}",
        f"{problems} 个问题，{warnings} 个警告",
    ).say(language)


def _count(findings: Sequence[Finding], level: Level) -> int:
    return sum(finding.level is level for finding in findings)


def report_json(findings: Sequence[Finding], language: str, *, colour: bool = False) -> str:  # noqa: ARG001 - as above
    """One document."""
    found = [
        {
            "code": finding.code,
            "level": finding.level.value,
            "message": finding.said.say(language),
            "next_step": finding.next_step.say(language) if finding.next_step else None,
        }
        for finding in findings
    ]
    counts = {"problems": _count(findings, Level.PROBLEM), "warnings": _count(findings, Level.WARNING)}
    return json.dumps({**counts, "findings": found}, ensure_ascii=False, indent=2) + "\n"


FORMS: Mapping[str, Callable[..., str]] = {"text": report_text, "json": report_json}
