"""Findings as the XML report that CI services read as tests: a suite for each file, a failed test for each finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from interpreter.diagnostics.cells import escaped
from interpreter.diagnostics.codes import CODES
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.render import in_order
from interpreter.diagnostics.wording import Wording

_NO_FINDINGS = Wording("no findings", "没有发现问题")


def render_junit(diagnostics: Iterable[Diagnostic], language: str = "en") -> str:
    """The report; of a clean run, one test that has passed: some services take an empty report for a broken one."""
    findings = in_order(diagnostics)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="dialog-lint" {_counts(findings)}>']
    for name, of_file in groupby(findings, key=lambda finding: finding.span.file.name):
        lines += _suite(name, list(of_file), language)
    if not findings:
        lines.append('  <testsuite name="dialog-lint" tests="1" failures="0" errors="0">')
        lines.append(f'    <testcase classname="dialog-lint" name={_quoted(_NO_FINDINGS.say(language))}/>')
        lines.append("  </testsuite>")
    return "\n".join((*lines, "</testsuites>", ""))


def _counts(findings: list[Diagnostic]) -> str:
    return f'tests="{len(findings) or 1}" failures="{len(findings)}" errors="0"'


def _suite(name: str, findings: list[Diagnostic], language: str) -> Iterator[str]:
    yield f"  <testsuite name={_quoted(name)} {_counts(findings)}>"
    for finding in findings:
        yield from _case(name, finding, language)
    yield "  </testsuite>"


def _case(name: str, finding: Diagnostic, language: str) -> Iterator[str]:
    line, column = finding.span.file.line_column(finding.span.start)
    title = f"{finding.code} {CODES[finding.code].name} {line}:{column}"
    message = _quoted(finding.message.say(language))
    more = [wording.say(language) for wording in (finding.label, finding.way_out, *finding.notes) if wording]
    more += [finding.fix.shown] if finding.fix else []
    yield f"    <testcase classname={_quoted(name)} name={_quoted(title)}>"
    yield f'      <failure type="{finding.severity.value}" message={message}>'
    from xml.sax.saxutils import escape  # takes the whole of `urllib` along

    yield from (escape(escaped(each)) for each in (str(finding.span), *more))
    yield "      </failure>"
    yield "    </testcase>"


def _quoted(text: str) -> str:
    from xml.sax.saxutils import quoteattr

    return quoteattr(escaped(text))
