"""What the files of bots look like, to see which of them have changed since they were read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_Stamp = tuple[tuple[str, int, int], ...]
_TICK = 10_000_000
"""Nanoseconds by which the time of a file may lie before the moment in which it was written: systems count in ticks."""
_UNSURE = -2
"""The size of a file that was written while it was read: whatever it looks like next is a change."""


@dataclass(frozen=True, slots=True)
class Before:
    """A moment before a bot is read, in nanoseconds, and what its files looked like, as far as they were known."""

    moment: int
    stamp: _Stamp = ()


class Changes:
    """Knows the files of bots, by the names of their accounts."""

    def __init__(self) -> None:
        self._known: dict[str, _Stamp] = {}
        self._seen: dict[str, _Stamp] = {}

    def knows(self, name: str) -> bool:
        """Whether the files of an account's bot were read."""
        return name in self._known

    def before(self, name: str = "") -> Before:
        """To be asked before a bot is read."""
        moment = time.time_ns() - _TICK
        return Before(moment, tuple(_stamp(source) for source, *_ in self._known.get(name, ())))

    def was_read(self, name: str, path: Path, sources: Sequence[str], before: Before) -> None:
        """A bot was read, whose files are `sources` if that could be known. What changed meanwhile is a change."""
        stamps = {stamp[0]: stamp for stamp in before.stamp}
        names = dict.fromkeys([str(path), *(sources or stamps)])
        self._known[name] = tuple(stamps.get(source) or _stamp(source, before.moment) for source in names)
        self._seen.pop(name, None)

    def settled(self) -> list[str]:
        """Accounts whose bot has changed, and looks as it did when this was asked before: whoever writes is done."""
        found = []
        for name, known in self._known.items():
            stamp = tuple(_stamp(source) for source, *_ in known)
            if stamp != known and stamp == self._seen.get(name):
                found.append(name)
            self._seen[name] = stamp
        return found


def _stamp(source: str, began: int | None = None) -> tuple[str, int, int]:
    """What a change of a file changes; one that is not there has a stamp too."""
    try:
        status = Path(source).stat()
    except OSError:
        return source, 0, -1
    if began is not None and max(status.st_mtime_ns, status.st_ctime_ns) >= began:
        return source, status.st_mtime_ns, _UNSURE
    return source, status.st_mtime_ns, status.st_size
