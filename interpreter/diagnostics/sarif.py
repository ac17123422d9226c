"""Findings as SARIF 2.1.0, the interchange format of OASIS that code-scanning services read.

Columns count code points (`columnKind`), as everywhere here. Nothing in the document depends on when or where it was
written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from interpreter.diagnostics.codes import CODES, Severity
from interpreter.diagnostics.diagnostic import Diagnostic, Edit, Fix, Label
from interpreter.diagnostics.fingerprints import fingerprints
from interpreter.diagnostics.json_forms import encodable
from interpreter.diagnostics.render import in_order
from interpreter.source.spans import Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_LANGUAGES = {"en": "en-US", "zh": "zh-CN"}

Json = dict[str, object]


def render_sarif(diagnostics: Iterable[Diagnostic], language: str = "en") -> str:
    """One run of the linter as a SARIF log."""
    findings = in_order(diagnostics)
    codes = sorted({finding.code for finding in findings})
    run = {
        "tool": {
            "driver": {
                "name": "dialog-lint",
                "language": _LANGUAGES[language],
                "rules": [_rule(code, language) for code in codes],
            }
        },
        "language": _LANGUAGES[language],
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(finding, codes.index(finding.code), mark, language)
            for finding, mark in zip(findings, fingerprints(findings), strict=True)
        ],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return encodable(json.dumps(log, ensure_ascii=False, indent=2)) + "\n"


def _rule(code: str, language: str) -> Json:
    known = CODES[code]
    return {
        "id": code,
        "name": known.name,
        "shortDescription": _message(known.title.say(language)),
        "help": _message(f"dialog-lint --explain {code}"),
        "defaultConfiguration": {"level": _LEVELS[known.severity]},
    }


def _result(finding: Diagnostic, rule: int, fingerprint: str, language: str) -> Json:
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": _message(_sentences(finding, language)),
        "locations": [{"physicalLocation": _location(finding.span)}],
        "partialFingerprints": {"dialogLint/v1": fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [_related(label, number, language) for number, label in enumerate(finding.related)]
    if finding.fix is not None and finding.fix.edits:
        result["fixes"] = [_fix(finding.fix)]
    return result


def _sentences(finding: Diagnostic, language: str) -> str:
    wordings = (finding.message, finding.label, finding.way_out, *finding.notes)
    return "\n".join(wording.say(language) for wording in wordings if wording is not None)


def _related(label: Label, number: int, language: str) -> Json:
    return {
        "id": number,
        "message": _message(label.text.say(language)),
        "physicalLocation": _location(label.span),
    }


def _fix(fix: Fix) -> Json:
    names = dict.fromkeys(edit.span.file.name for edit in fix.edits)
    return {
        "description": _message(fix.shown),
        "artifactChanges": [
            _change(name, [edit for edit in fix.edits if edit.span.file.name == name]) for name in names
        ],
    }


def _change(name: str, edits: Sequence[Edit]) -> Json:
    return {
        "artifactLocation": {"uri": _uri(name)},
        "replacements": [
            {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
            for edit in sorted(edits, key=lambda edit: edit.span.start)
        ],
    }


def _message(text: str) -> Json:
    return {"text": text}


def _location(span: Span) -> Json:
    return {"artifactLocation": {"uri": _uri(span.file.name)}, "region": _region(span)}


def _region(span: Span) -> Json:
    line, column = span.file.line_column(span.start)
    end_line, end_column = span.file.line_column(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _uri(name: str) -> str:
    """A file's name as a URI reference: relative to where the linter ran, or absolute."""
    path = name.replace("\\", "/").removeprefix("./")
    quoted = quote(path.encode("utf-8", "surrogatepass"), safe="/~")
    return f"file://{quoted}" if path.startswith("/") else quoted
