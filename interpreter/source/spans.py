"""Places in a file: the file itself, a range of it, and its lines and columns.

Offsets count code points from 0; lines and columns are 1-based and count code points too, the way editors show
them. Renderers that need UTF-16 or bytes convert at their own edge.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from msgspec import Struct


class SourceFile(Struct, frozen=True, eq=False, dict=True):
    """A file's name as the user gave it and its text, without a byte-order mark."""

    name: str
    text: str

    def __repr__(self) -> str:
        return f"SourceFile({self.name!r})"

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset of the first character of every line."""
        lengths = [len(line) + 1 for line in self.text.split("\n")[:-1]]
        return tuple(accumulate(lengths, initial=0))

    def line_column(self, offset: int) -> tuple[int, int]:
        """The 1-based line and column of an offset."""
        starts = self.line_starts
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """The text of a 1-based line, without its line break."""
        start = self.line_starts[line - 1]
        end = self.line_starts[line] if line < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


class Span(Struct, frozen=True, eq=False, gc=False):
    """A half-open range of code points in one file."""

    file: SourceFile
    start: int
    end: int

    @property
    def line(self) -> int:
        """1-based line of the first character."""
        return self.file.line_column(self.start)[0]

    @property
    def column(self) -> int:
        """1-based column of the first character."""
        return self.file.line_column(self.start)[1]

    def __str__(self) -> str:
        line, column = self.file.line_column(self.start)
        return f"{self.file.name}:{line}:{column}"
