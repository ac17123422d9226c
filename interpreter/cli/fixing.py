"""`dialog-lint --fix` and `--diff`: mending files in rounds, until nothing is left that may be mended."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from interpreter.cli.loading import Loaded
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic
from interpreter.diagnostics.fixing import apply_edits, edits_by_file, shown_only

ROUNDS = 10
"""How often a bot is checked again after a round of fixes; a fix can make another finding visible."""
_TRIES = 8
"""Into how many parts a round is divided when all its fixes together would do harm."""
_BOM = "\ufeff"

Load = Callable[[Path, dict[str, str]], Loaded]
"""Checks a bot, with the mended text of some files in place of what is on the disk."""


@dataclass(slots=True)
class Mended:
    """The outcome: texts by file name, as they were and as they are now, and how many fixes were applied."""

    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    fixes: int = 0
    applied: list[Diagnostic] = field(default_factory=list)
    """What was found and is mended, in the order of the rounds."""
    loaded: Loaded | None = None

    def diff(self) -> Iterator[str]:
        """The changes as a unified diff."""
        for name, text in self.after.items():
            old, new = self.before[name].splitlines(keepends=True), text.splitlines(keepends=True)
            for line in difflib.unified_diff(old, new, name, name):
                yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"

    def write(self) -> None:
        """Write the mended files."""
        for name, text in self.after.items():
            path = Path(name)
            mark = _BOM if path.read_bytes().startswith(_BOM.encode()) else ""
            path.write_bytes((mark + text).encode())


def mend(
    path: Path,
    load: Load,
    allowed: Collection[Applicability],
    wanted: Callable[[Diagnostic], bool] = lambda _: True,
) -> Mended:
    """Apply the fixes of a bot's findings; a round that would leave it with more errors is not taken.

    Args:
        path: The bot's file.
        load: How it is checked.
        allowed: Who may apply the fixes that are applied.
        wanted: Which findings are to be mended.
    """
    mended = Mended()
    loaded = load(path, mended.after)
    refused: Sequence[Diagnostic] = ()
    for _ in range(ROUNDS):
        fit = [each for each in loaded.diagnostics if wanted(each) and _may_be_applied(each, allowed)]
        applied, texts, loaded = _taken(path, load, loaded, mended.after, fit)
        if not applied:
            refused = fit
            break
        for each in applied:
            for edit in each.fix.edits if each.fix else ():
                mended.before.setdefault(edit.span.file.name, edit.span.file.text)
                mended.fixes += 1
        mended.after = texts
        mended.applied += applied
    mended.loaded = _without(loaded, refused)
    return mended


def _may_be_applied(diagnostic: Diagnostic, allowed: Collection[Applicability]) -> bool:
    fix = diagnostic.fix
    return fix is not None and bool(fix.edits) and fix.applicability in allowed


def _taken(
    path: Path, load: Load, before: Loaded, texts: dict[str, str], fit: Sequence[Diagnostic], tries: int = _TRIES
) -> tuple[list[Diagnostic], dict[str, str], Loaded]:
    """Which of these fixes are applied, the texts with them, and what is found then.

    All at once; where that would make the bot worse, half of them and then the other half, so that one fix that does
    harm keeps none of the others from being applied.
    """
    chosen = edits_by_file(fit, tuple(Applicability))
    mended = dict(texts)
    for name, edits in chosen.items():
        mended[name] = apply_edits(edits[0].span.file.text, edits)
    if not chosen or mended == texts:
        return [], texts, before
    again = load(path, mended)
    if _errors(again) <= _errors(before):
        kept = {id(edit) for edits in chosen.values() for edit in edits}
        return [each for each in fit if each.fix and id(each.fix.edits[0]) in kept], mended, again
    if len(fit) == 1 or tries <= 1:
        return [], texts, before
    half = len(fit) // 2
    for part in (fit[:half], fit[half:]):
        found = _taken(path, load, before, texts, part, tries // 2)
        if found[0]:
            return found
    return [], texts, before


def _without(loaded: Loaded, refused: Sequence[Diagnostic]) -> Loaded:
    """What was found, without the fixes that were tried and not taken: nothing is promised that cannot be done."""
    ids = {id(each) for each in refused}
    return replace(
        loaded,
        diagnostics=tuple(shown_only(each) if id(each) in ids else each for each in loaded.diagnostics),
    )


def _errors(loaded: Loaded) -> int:
    return sum(diagnostic.is_error for diagnostic in loaded.diagnostics)
