"""`dialog-lint --fix` and `--diff`: mending files in rounds, until nothing is left that may be mended."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from interpreter.cli.loading import Loaded
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic
from interpreter.diagnostics.fixing import apply_edits, edits_by_file

ROUNDS = 10
"""How often a bot is checked again after a round of fixes; a fix can make another finding visible."""
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
    for _ in range(ROUNDS):
        fit = [each for each in loaded.diagnostics if wanted(each) and not loses_text(each)]
        chosen = edits_by_file(fit, allowed)
        if not chosen:
            break
        texts = dict(mended.after)
        for name, edits in chosen.items():
            text = edits[0].span.file.text
            mended.before.setdefault(name, text)
            texts[name] = apply_edits(text, edits)
        again = load(path, texts)
        if _errors(again) > _errors(loaded) or texts == mended.after:
            break
        mended.after, loaded = texts, again
        mended.fixes += sum(map(len, chosen.values()))
        kept = {id(edit) for edits in chosen.values() for edit in edits}
        mended.applied += [each for each in fit if each.fix and any(id(edit) in kept for edit in each.fix.edits)]
    mended.loaded = loaded
    return mended


def loses_text(diagnostic: Diagnostic) -> bool:
    """Whether a fix of a slip in YAML or in the structure would drop words of the author.

    Such a fix puts signs in or out; of the words in its ranges it may replace one by another, a name by the right one.
    """
    edits = diagnostic.fix.edits if diagnostic.fix else ()
    if diagnostic.code > _LAST_OF_STRUCTURE:
        return False
    old = [word for edit in edits for word in _WORD.findall(edit.span.file.text[edit.span.start : edit.span.end])]
    new = [word for edit in edits for word in _WORD.findall(edit.text)]
    lost = Counter(old) - Counter(new)
    return lost.total() > 1 or (lost.total() == 1 and len(new) < len(old))


_WORD = re.compile(r"\w+")
_LAST_OF_STRUCTURE = "DL018"


def _errors(loaded: Loaded) -> int:
    return sum(diagnostic.is_error for diagnostic in loaded.diagnostics)
