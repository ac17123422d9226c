"""Applying fixes: text edits only, so that comments, order and layout stay as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit


def edits_by_file(
    diagnostics: Iterable[Diagnostic], allowed: Collection[Applicability] = (Applicability.SAFE,)
) -> dict[str, list[Edit]]:
    """The edits that may be applied, by file name. Of two fixes that touch one place, the first is taken whole."""
    chosen: dict[str, list[Edit]] = {}
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        if fix is None or not fix.edits or fix.applicability not in allowed:
            continue
        if not any(_meets(edit, other) for edit in fix.edits for other in chosen.get(edit.span.file.name, ())):
            for edit in fix.edits:
                chosen.setdefault(edit.span.file.name, []).append(edit)
    return chosen


def _meets(edit: Edit, other: Edit) -> bool:
    if edit.span.start == edit.span.end or other.span.start == other.span.end:
        return edit.span.start <= other.span.end and other.span.start <= edit.span.end
    return edit.span.start < other.span.end and other.span.start < edit.span.end


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits that do not meet one another."""
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text
