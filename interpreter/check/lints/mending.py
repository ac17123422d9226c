"""Fixes inside one scalar: an edit is offered only where the file, edited, reads as the mended text."""

from __future__ import annotations

from interpreter.diagnostics.diagnostic import Applicability, Edit, Fix
from interpreter.source.reader import read_text
from interpreter.source.tree import Mapping, Scalar, Sequence

_MAX_SHOWN = 120
_PLACES = ("{}: v\n", "k: {}\n", "k: [{}, v]\n", "k: {{k: {}, l: v}}\n")
"""Where a scalar may stand: as a key, as a value in a block, in a list and a map on one line."""


def mend(scalar: Scalar, start: int, end: int, replacement: str, applicability: Applicability) -> Fix:
    """The fix that replaces a range of a scalar's text."""
    mended = scalar.text[:start] + replacement + scalar.text[end:]
    place, whole = scalar.place(start, end), scalar.span
    file = whole.file.text
    edits: tuple[Edit, ...] = ()
    if file[place.start : place.end] == scalar.text[start:end]:
        raw = file[whole.start : place.start] + replacement + file[place.end : whole.end]
        if _reads_as(raw, mended):
            edits = (Edit(place, replacement),)
    return Fix(_shown(mended, start), edits, applicability)


def _reads_as(raw: str, mended: str) -> bool:
    """Whether a piece of YAML is one scalar of this text, wherever a scalar may stand."""
    return "\n" not in raw and all(_scalar_in(place.format(raw)) == mended for place in _PLACES)


def _scalar_in(yaml: str) -> str | None:
    tree, problems = read_text("edited.yaml", yaml)
    if problems or not isinstance(tree, Mapping) or len(tree.entries) != 1:
        return None
    entry = tree.entries[0]
    node = entry.value
    if isinstance(node, Sequence):
        node = node.items[0] if len(node.items) == 2 else entry.value
    elif isinstance(node, Mapping):
        node = node.entries[0].value if len(node.entries) == 2 else entry.value
    elif entry.key.text != "k":
        node = entry.key
    return node.text if isinstance(node, Scalar) else None


def _shown(mended: str, start: int) -> str:
    """The line of the mended text in which the change begins."""
    first = mended.rfind("\n", 0, start) + 1
    line = mended[first:].partition("\n")[0].strip()
    return line if len(line) <= _MAX_SHOWN else line[: _MAX_SHOWN - 1] + "…"
