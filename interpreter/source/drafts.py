"""A working copy of a text in which slips are mended, and the way from its offsets back to the author's."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

from interpreter.source.faults import FaultKind

TextEdit = tuple[int, int, str]
"""Replace `text[start:end]`."""


class Slip(Struct, frozen=True):
    """A guess: the range that is wrong, the character or word to speak of, and the edits that mend it.

    A slip that is not `offered` is mended only so that the rest of the file can be read.
    """

    kind: FaultKind
    start: int
    end: int
    detail: str
    edits: tuple[TextEdit, ...]
    offered: bool = True


class Draft(Struct, frozen=True):
    """A text and its marks: pairs of an offset in it and the offset in the original, between which both run in step."""

    text: str
    marks: tuple[tuple[int, int], ...] = ((0, 0),)

    def origin(self, offset: int) -> int:
        """The offset in the original text; what was put in stands where it was put."""
        index = bisect_right(self.marks, offset, key=_first) - 1
        here, there = self.marks[index]
        place = there + offset - here
        return min(place, self.marks[index + 1][1]) if index + 1 < len(self.marks) else place

    def mended(self, edits: Sequence[TextEdit]) -> Draft:
        """A draft with further edits; they may not overlap."""
        pieces: list[str] = []
        marks: list[tuple[int, int]] = []
        done = length = 0
        left = list(reversed(self.marks))
        for start, end, new in sorted(edits):
            while left and left[-1][0] < start:
                here, there = left.pop()
                marks.append((here - done + length, there))
            pieces += (self.text[done:start], new)
            length += start - done
            marks.append((length, self.origin(start)))
            length += len(new)
            marks.append((length, self.origin(end)))
            done = end
            while left and left[-1][0] <= end:
                left.pop()
        marks += [(here - done + length, there) for here, there in reversed(left)]
        return Draft("".join((*pieces, self.text[done:])), tuple(marks))


def _first(mark: tuple[int, int]) -> int:
    return mark[0]
