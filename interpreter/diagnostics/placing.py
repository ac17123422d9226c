"""Puts a problem inside one scalar into the file: the one place where offsets in a text become places."""

from __future__ import annotations

import re

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Problem
from interpreter.source.spans import Span
from interpreter.source.tree import Scalar

# Patterns for `re` to compile once one of them is needed.
_SAFE_IN_PLAIN = r"[^\s:#,\[\]{}\"'&*!|>%@`?-][^:#,\[\]{}\r\n]*\Z"
_ENDS_PLAIN = r":(?=[\s,\[\]{}]|\Z)|\s#|[\r\n]"
_BREAK = r"[\r\n\x85\u2028\u2029]"
_BRACKETS = frozenset(",[]{}")
_MAX_SHOWN = 120


def place(problem: Problem, scalar: Scalar, offset: int = 0) -> Diagnostic:
    """The problem as a finding in the scalar's file.

    `offset` is where, in the scalar's text, the text begins that the problem's own offsets count in. A replacement is
    always shown; it becomes an edit that may be applied where the mended scalar surely reads as it should.
    """
    start, end = problem.start + offset, problem.end + offset
    return Diagnostic(
        problem.code,
        scalar.place(start, end),
        problem.message,
        label=problem.label,
        help=problem.help,
        fix=None if problem.replacement is None else _fix(scalar, start, end, problem),
    )


def _fix(scalar: Scalar, start: int, end: int, problem: Problem) -> Fix:
    replacement = problem.replacement or ""
    mended = scalar.text[:start] + replacement + scalar.text[end:]
    span = scalar.place(start, end)
    written = _written(scalar, span, scalar.text[start:end], replacement, mended)
    if written is None:
        return Fix(_shown(mended, start))
    level = Applicability.SAFE if problem.is_sure else Applicability.UNSAFE
    return Fix(_shown(mended, start), (Edit(span, written),), level)


def _written(scalar: Scalar, span: Span, old: str, replacement: str, mended: str) -> str | None:
    """What to write in this range of the file to change just this range of the text; None when that may change more."""
    whole = scalar.span
    if whole.file.text[span.start : span.end] != old or re.search(_BREAK, old + replacement):
        return None
    match scalar.style:
        case "plain":
            raw = whole.file.text[whole.start : whole.end]
            return replacement if raw == scalar.text and _stays_plain(scalar.text, mended) else None
        case "single":
            return replacement.replace("'", "''")
        case "double" | "json":
            return replacement.replace("\\", "\\\\").replace('"', '\\"')
        case _:
            return replacement if replacement and replacement == replacement.strip() else None


def _stays_plain(text: str, mended: str) -> bool:
    """Whether a text can stand unquoted where another one does."""
    if mended != mended.strip():
        return False
    if re.match(_SAFE_IN_PLAIN, mended) is not None:
        return True  # in a block and in a flow collection alike
    # brackets are plain in a block alone, and that is where those are that stand there now
    new = _BRACKETS.intersection(mended) - _BRACKETS.intersection(text)
    return not new and mended[:1] == text[:1] and re.search(_ENDS_PLAIN, mended) is None


def _shown(mended: str, start: int) -> str:
    """The line of the mended text in which the change begins, cut to what fits."""
    first = mended.rfind("\n", 0, start) + 1
    line = mended[first:].partition("\n")[0].strip()
    return line if len(line) <= _MAX_SHOWN else line[: _MAX_SHOWN - 1] + "…"
