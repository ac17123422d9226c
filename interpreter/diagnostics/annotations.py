"""Findings as the annotations that code hosts show beside changed lines: GitHub's commands, GitLab's report."""

from __future__ import annotations

import json
from collections.abc import Iterable

from interpreter.diagnostics.codes import CODES, Severity
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.fingerprints import fingerprints
from interpreter.diagnostics.json_forms import encodable
from interpreter.diagnostics.render import in_order

_GITHUB_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_GITLAB_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def render_github(diagnostics: Iterable[Diagnostic], language: str = "en") -> str:
    """Workflow commands that GitHub shows beside the changed lines."""
    return "".join(_command(finding, language) for finding in in_order(diagnostics))


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
    return f"::{_GITHUB_LEVELS[finding.severity]} {settings}::{_github_escape(encodable(chr(10).join(said)))}\n"


def _github_escape(text: str, also: str = "") -> str:
    for char in "%\r\n" + also:
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def render_gitlab(diagnostics: Iterable[Diagnostic], language: str = "en") -> str:
    """A Code Quality report (https://docs.gitlab.com/ci/testing/code_quality/)."""
    findings = in_order(diagnostics)
    marks = zip(findings, fingerprints(findings), strict=True)
    report = [_issue(finding, mark, language) for finding, mark in marks]
    return encodable(json.dumps(report, ensure_ascii=False, indent=2)) + "\n"


def _issue(finding: Diagnostic, fingerprint: str, language: str) -> dict[str, object]:
    span = finding.span
    lines = {"begin": span.line, "end": span.file.line_column(max(span.start, span.end - 1))[0]}
    return {
        "description": f"{finding.code} {finding.message.say(language)}",
        "check_name": CODES[finding.code].name,
        "fingerprint": fingerprint,
        "severity": _GITLAB_SEVERITIES[finding.severity],
        "location": {"path": span.file.name.replace("\\", "/").removeprefix("./"), "lines": lines},
    }
