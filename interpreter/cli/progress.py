"""How far long work has come, on a terminal; nothing where nobody looks."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from interpreter.diagnostics.wording import Wording


class Progress:
    """One line on standard error that is written over, and gone at the end."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._is_shown = sys.stderr.isatty()
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()

    def items(self, count: int) -> None:
        """So many items are there."""
        self._show(Wording(f"{count:,} so far …", f"已有 {count:,} 项 …"))

    def bytes(self, size: int, total: int | None) -> None:
        """So many bytes are there, of so many."""
        kilobytes = f"{size // 1024:,} KB"
        if not total:
            self._show(Wording(f"{kilobytes} …", f"{kilobytes} …"))
            return
        done = min(size / total, 1.0)
        bar = "#" * int(20 * done)
        self._show(Wording(f"[{bar:<20}] {done:4.0%} {kilobytes}", f"[{bar:<20}] {done:4.0%} {kilobytes}"))

    def _show(self, wording: Wording) -> None:
        if not self._is_shown:
            return
        text = wording.say(self._language)
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = max(self._width, len(text) * 2)
