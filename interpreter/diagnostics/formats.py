"""The forms in which findings leave the program. `FORMATS` lists them by name; a new one is a function and a line.

The JSON form is public. Its keys:

    {"version": 1,
     "diagnostics": [{
        "code": "DL101", "name": "unknown-target", "severity": "error" | "warning" | "info",
        "message": "…", "label": "…" | null, "help": "…" | null, "notes": ["…"],
        "file": "bot.yaml", "line": 42, "column": 13, "end_line": 42, "end_column": 17, "start": 812, "end": 816,
        "related": [{"message": "…", "file": …, … as above …}],
        "fix": null | {"shown": "…", "applicability": "safe" | "unsafe" | "manual",
                       "edits": [{"text": "…", "file": …, … as above …}]}}],
     "summary": {"error": 1, "warning": 0, "info": 0}}

Lines and columns are 1-based, `start` and `end` 0-based; all of them count code points of the file without its
byte-order mark, and ends are exclusive.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable

from interpreter.diagnostics.cells import escaped
from interpreter.diagnostics.codes import CODES, Severity
from interpreter.diagnostics.diagnostic import Diagnostic, Fix
from interpreter.diagnostics.render import in_order, render_text, severity_word
from interpreter.diagnostics.wording import Wording
from interpreter.source.spans import Span

Renderer = Callable[[Iterable[Diagnostic], str], str]
"""Prints findings in a language (`zh` or `en`); nothing for no findings, unless the form has a frame."""


def render_short(diagnostics: Iterable[Diagnostic], language: str = "en") -> str:
    """One line for each: `file:line:column: error DL101 message`."""
    return "".join(
        f"{escaped(str(finding.span))}: {severity_word(finding.severity, language)} {finding.code} "
        f"{escaped(finding.message.say(language))}\n"
        for finding in in_order(diagnostics)
    )


def render_json(diagnostics: Iterable[Diagnostic], language: str = "en") -> str:
    """All that is known, as one JSON document; its keys are described above."""
    findings = in_order(diagnostics)
    counts = Counter(finding.severity for finding in findings)
    document = {
        "version": 1,
        "diagnostics": [_finding(finding, language) for finding in findings],
        "summary": {severity.value: counts[severity] for severity in Severity},
    }
    return _encodable(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def render_github(diagnostics: Iterable[Diagnostic], language: str = "en") -> str:
    """Workflow commands that GitHub shows beside the changed lines."""
    return "".join(_command(finding, language) for finding in in_order(diagnostics))


FORMATS: dict[str, Renderer] = {
    "text": render_text,
    "short": render_short,
    "json": render_json,
    "github": render_github,
}
"""The forms by the names that the command line knows."""


def _place(span: Span) -> dict[str, object]:
    line, column = span.file.line_column(span.start)
    end_line, end_column = span.file.line_column(span.end)
    return {
        "file": span.file.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "start": span.start,
        "end": span.end,
    }


def _finding(finding: Diagnostic, language: str) -> dict[str, object]:
    def say(wording: Wording | None) -> str | None:
        return None if wording is None else wording.say(language)

    return {
        "code": finding.code,
        "name": CODES[finding.code].name,
        "severity": finding.severity.value,
        "message": say(finding.message),
        "label": say(finding.label),
        "help": say(finding.help),
        "notes": [say(note) for note in finding.notes],
        **_place(finding.span),
        "related": [{"message": say(label.text), **_place(label.span)} for label in finding.related],
        "fix": None if finding.fix is None else _fix(finding.fix),
    }


def _fix(fix: Fix) -> dict[str, object]:
    return {
        "shown": fix.shown,
        "applicability": fix.applicability.value,
        "edits": [{"text": edit.text, **_place(edit.span)} for edit in fix.edits],
    }


def _encodable(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot carry, as JSON escapes."""
    return "".join(f"\\u{ord(char):04x}" if "\ud800" <= char <= "\udfff" else char for char in text)


_GITHUB_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def _command(finding: Diagnostic, language: str) -> str:
    span = finding.span
    line, column = span.file.line_column(span.start)
    end_line, end_column = span.file.line_column(span.end)
    properties: dict[str, object] = {"file": span.file.name, "line": line, "endLine": end_line, "col": column}
    if end_line == line and end_column > column:
        properties["endColumn"] = end_column - 1
    properties["title"] = f"{finding.code} {CODES[finding.code].name}"
    said = [finding.message.say(language), *([finding.label.say(language)] if finding.label else [])]
    if finding.fix is not None:
        said.append(finding.fix.shown)
    settings = ",".join(f"{name}={_github_escape(str(value), ':,')}" for name, value in properties.items())
    return f"::{_GITHUB_LEVELS[finding.severity]} {settings}::{_github_escape(_encodable(chr(10).join(said)))}\n"


def _github_escape(text: str, also: str = "") -> str:
    for char in "%\r\n" + also:
        text = text.replace(char, f"%{ord(char):02X}")
    return text
