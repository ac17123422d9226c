"""Applying fixes: text edits only, so that comments, order and layout stay as they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from msgspec.structs import replace

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix


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


def shown_only(diagnostic: Diagnostic) -> Diagnostic:
    """A finding whose fix is shown and never applied."""
    return replace(diagnostic, fix=Fix(diagnostic.fix.shown)) if diagnostic.fix else diagnostic


def loses_text(diagnostic: Diagnostic) -> bool:
    """Whether a fix of a slip in YAML or in the structure would drop words of the author.

    Such a fix puts signs in or out, and replaces single words, a name by the right one; of the words in its other
    ranges one may become another.
    """
    edits = diagnostic.fix.edits if diagnostic.fix else ()
    if diagnostic.code > _LAST_OF_STRUCTURE or diagnostic.code == _IGNORES:
        return False
    old: list[str] = []
    new: list[str] = []
    for edit in edits:
        before = _WORD.findall(edit.span.file.text[edit.span.start : edit.span.end])
        after = _WORD.findall(edit.text)
        if not len(before) == len(after) == 1:
            old += before
            new += after
    lost = Counter(old) - Counter(new)
    return lost.total() > 1 or (lost.total() == 1 and len(new) < len(old))


_WORD = re.compile(r"\w+")
_LAST_OF_STRUCTURE = "DL018"
_IGNORES = "DL016"
"""Comments to the linter that do nothing: what is deleted is no text of the bot."""
