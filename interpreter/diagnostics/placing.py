"""Puts a problem inside one scalar into the file: the one place where offsets in a text become places."""

from __future__ import annotations

import re

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Problem
from interpreter.source.spans import Span
from interpreter.source.tree import Scalar

_SAFE_IN_PLAIN = re.compile(r"[^\s:#,\[\]{}\"'&*!|>%@`?-][^:#,\[\]{}\r\n]*\Z")
_MAX_SHOWN = 120


def place(problem: Problem, scalar: Scalar, offset: int = 0) -> Diagnostic:
    """The problem as a finding in the scalar's file.

    `offset` is where, in the scalar's text, the text begins that the problem's own offsets count in. A replacement is
    always shown; it becomes an edit that may be applied where the scalar is written as plainly as it reads.
    """
    start, end = problem.start + offset, problem.end + offset
    return Diagnostic(
        problem.code,
        scalar.place(start, end),
        problem.message,
        label=problem.label,
        help=problem.help,
        fix=None if problem.replacement is None else _fix(scalar, start, end, problem.replacement),
    )


def _fix(scalar: Scalar, start: int, end: int, replacement: str) -> Fix:
    mended = scalar.text[:start] + replacement + scalar.text[end:]
    span = scalar.place(start, end)
    if _may_edit(scalar, span, scalar.text[start:end], mended):
        return Fix(_shown(mended, start), (Edit(span, replacement),), Applicability.SAFE)
    return Fix(_shown(mended, start))


def _may_edit(scalar: Scalar, span: Span, old: str, mended: str) -> bool:
    """Whether changing just this range of the file changes just this range of the text."""
    whole = scalar.span
    raw = whole.file.text[whole.start : whole.end]
    return (
        scalar.style == "plain"
        and raw == scalar.text
        and whole.file.text[span.start : span.end] == old
        and _reads_as_plain(mended)
    )


def _reads_as_plain(text: str) -> bool:
    """Whether a text can stand unquoted in a block and in a flow collection alike."""
    return _SAFE_IN_PLAIN.match(text) is not None and text == text.strip()


def _shown(mended: str, start: int) -> str:
    """The line of the mended text in which the change begins, cut to what fits."""
    first = mended.rfind("\n", 0, start) + 1
    line = mended[first:].partition("\n")[0].strip()
    return line if len(line) <= _MAX_SHOWN else line[: _MAX_SHOWN - 1] + "…"
