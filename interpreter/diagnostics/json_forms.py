"""Findings as JSON: one document, or one line for each.

The form is public. Its keys:

    {"version": 1,
     "diagnostics": [{
        "code": "DL101", "name": "unknown-target", "severity": "error" | "warning" | "info",
        "message": "…", "label": "…" | null, "help": "…" | null, "notes": ["…"],
        "file": "bot.yaml", "line": 42, "column": 13, "end_line": 42, "end_column": 17, "start": 812, "end": 816,
        "related": [{"message": "…", "file": …, … as above …}],
        "fix": null | {"shown": "…", "applicability": "safe" | "unsafe" | "manual",
                       "edits": [{"text": "…", "file": …, … as above …}]},
        "fingerprint": "…"}],
     "summary": {"error": 1, "warning": 0, "info": 0}}

Lines and columns are 1-based, `start` and `end` 0-based; all of them count code points of the file without its
byte-order mark, and ends are exclusive. `fingerprint` stays the same while a finding moves within its file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from interpreter.diagnostics.codes import CODES, Severity
from interpreter.diagnostics.diagnostic import Diagnostic, Fix
from interpreter.diagnostics.fingerprints import fingerprints
from interpreter.diagnostics.render import in_order
from interpreter.diagnostics.wording import Wording
from interpreter.source.spans import Span


def render_json(diagnostics: Iterable[Diagnostic], language: str = "en") -> str:
    """All that is known, as one JSON document; its keys are described above."""
    findings = in_order(diagnostics)
    counts = Counter(finding.severity for finding in findings)
    document = {
        "version": 1,
        "diagnostics": _every(findings, language),
        "summary": {severity.value: counts[severity] for severity in Severity},
    }
    return encodable(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def render_json_lines(diagnostics: Iterable[Diagnostic], language: str = "en") -> str:
    """One line of JSON for each finding, with the keys it has in the document."""
    every = _every(in_order(diagnostics), language)
    return "".join(f"{encodable(json.dumps(finding, ensure_ascii=False))}\n" for finding in every)


def encodable(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot carry, as JSON escapes."""
    return "".join(f"\\u{ord(char):04x}" if "\ud800" <= char <= "\udfff" else char for char in text)


def _every(findings: Sequence[Diagnostic], language: str) -> list[dict[str, object]]:
    marks = fingerprints(findings)
    return [{**_finding(each, language), "fingerprint": mark} for each, mark in zip(findings, marks, strict=True)]


def _finding(finding: Diagnostic, language: str) -> dict[str, object]:
    def say(wording: Wording | None) -> str | None:
        return None if wording is None else wording.say(language)

    return {
        "code": finding.code,
        "name": CODES[finding.code].name,
        "severity": finding.severity.value,
        "message": say(finding.message),
        "label": say(finding.label),
        "help": say(finding.way_out),
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
