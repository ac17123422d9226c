"""Applying fixes: text edits only, so that comments, order and layout stay as they are."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.source.spans import Span


def edits_by_file(
    diagnostics: Iterable[Diagnostic], allowed: Collection[Applicability] = (Applicability.SAFE,)
) -> dict[str, list[Edit]]:
    """The edits that may be applied, by file name.

    Of two fixes that touch one place, the first is taken whole; yet one that covers all that is touched by those
    before it is taken in their place: it mends what they mend, and more.
    """
    chosen: dict[str, list[_Chosen]] = {}
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        if fix is None or not fix.edits or fix.applicability not in allowed:
            continue
        met = [other for edit in fix.edits for other in _meeting(edit, chosen.get(edit.span.file.name, []))]
        if not all(_is_covered(other.fix, fix) for other in met):
            continue
        for fix_met in {id(other.fix): other.fix for other in met}.values():
            for edit in fix_met.edits:
                chosen[edit.span.file.name].remove(_Chosen(edit, fix_met))
        for edit in fix.edits:
            insort(chosen.setdefault(edit.span.file.name, []), _Chosen(edit, fix), key=_start)
    return {name: [each.edit for each in found] for name, found in chosen.items() if found}


class _Chosen(Struct, frozen=True):
    edit: Edit
    fix: Fix


def _start(chosen: _Chosen) -> int:
    return chosen.edit.span.start


def _meeting(edit: Edit, chosen: Sequence[_Chosen]) -> list[_Chosen]:
    """Those that an edit meets, of edits in the order of their places that do not meet one another."""
    first = bisect_left(chosen, edit.span.start, key=_start)
    while first > 0 and chosen[first - 1].edit.span.end >= edit.span.start:
        first -= 1
    last = bisect_right(chosen, edit.span.end, lo=first, key=_start)
    return [other for other in chosen[first:last] if _meets(edit, other.edit)]


def _is_covered(fix: Fix, other: Fix) -> bool:
    """Whether every edit of a fix is inside a longer one of another fix, which is as safe."""
    if fix.applicability is Applicability.SAFE and other.applicability is not Applicability.SAFE:
        return False
    return all(any(_is_inside(edit.span, wider.span) for wider in other.edits) for edit in fix.edits)


def _is_inside(span: Span, wider: Span) -> bool:
    is_longer = wider.end - wider.start > span.end - span.start
    return is_longer and span.file.name == wider.file.name and wider.start <= span.start and span.end <= wider.end


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
        before = re.findall(_WORD, edit.span.file.text[edit.span.start : edit.span.end])
        after = re.findall(_WORD, edit.text)
        if not len(before) == len(after) == 1:
            old += before
            new += after
    lost = Counter(old) - Counter(new)
    return lost.total() > 1 or (lost.total() == 1 and len(new) < len(old))


_WORD = r"\w+"
_LAST_OF_STRUCTURE = "DL018"
_IGNORES = "DL016"
"""Comments to the linter that do nothing: what is deleted is no text of the bot."""
