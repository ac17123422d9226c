"""How far long work has come, on a terminal; nothing where nobody looks."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self, TextIO

from interpreter.diagnostics.wording import Wording


class Progress:
    """One line on standard error that is written over, and gone at the end."""

    def __init__(self, language: str, beside: TextIO | None = None) -> None:
        """`beside` is what is written meanwhile: on a terminal that shows how far it is."""
        self._language = language
        self._is_shown = sys.stderr.isatty() and not (beside is not None and beside.isatty())
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()

    def items(self, count: int, total: int | None = None) -> None:
        """So many items are there, of so many."""
        if not total:
            self._show(Wording(f"{count:,} so far …", f"已有 {count:,} 项 …"))
            return
        bar = _bar(count / total)
        self._show(Wording(f"{bar} {count:,} of {total:,}", f"{bar} {count:,}／{total:,} 项"))

    def waiting(self, seconds: int) -> None:
        """Somebody else is at it, and nobody knows for how long."""
        minutes, rest = divmod(seconds, 60)
        self._show(Wording(f"under way for {minutes}:{rest:02} …", f"正在进行，已等待 {minutes}:{rest:02} …"))

    def bytes(self, size: int, total: int | None) -> None:
        """So many bytes are there, of so many."""
        kilobytes = f"{size // 1024:,} KB"
        if not total:
            self._show(Wording(f"{kilobytes} …", f"{kilobytes} …"))
            return
        bar = _bar(size / total)
        self._show(Wording(f"{bar} {kilobytes}", f"{bar} {kilobytes}"))

    def _show(self, wording: Wording) -> None:
        if not self._is_shown:
            return
        text = wording.say(self._language)
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = max(self._width, len(text) * 2)


def _bar(done: float) -> str:
    done = min(done, 1.0)
    return f"[{'#' * int(20 * done):<20}] {done:4.0%}"
