"""Files opened so that nothing else can stand in their place.

A pipe would keep whoever opens it waiting, and a device may never end; a link may have been put where a file was.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Literal

FileKind = Literal["file", "directory", "pipe", "socket", "device"]

_NEVER_WAITS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_KINDS: tuple[tuple[int, FileKind], ...] = (
    (stat.S_IFREG, "file"),
    (stat.S_IFDIR, "directory"),
    (stat.S_IFIFO, "pipe"),
    (stat.S_IFSOCK, "socket"),
)


class NotRegularError(OSError):
    """Something that is there, but no file; `kind` says what it is."""

    def __init__(self, path: Path, kind: FileKind) -> None:
        super().__init__(errno.EINVAL, f"it is a {kind}, not a file", str(path))
        self.kind: FileKind = kind


def open_regular(path: Path, *, follow_links: bool = True) -> BinaryIO:
    """A file opened for reading. Without `follow_links` a link in its place is refused.

    Raises:
        NotRegularError: it is something else.
        OSError: it cannot be opened.
        ValueError: no file can have this name.
    """
    before = path.stat() if follow_links else path.lstat()
    if not stat.S_ISLNK(before.st_mode):
        _demand_file(path, before)  # not even opened: a tape would rewind, a socket has its own error

    def opened(name: str, flags: int) -> int:
        descriptor = os.open(name, flags | _NEVER_WAITS | (0 if follow_links else _NO_LINK))
        try:
            _demand_file(path, os.fstat(descriptor))
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    return open(path, "rb", opener=opened)


def kind_of(path: Path) -> FileKind | None:
    """What is at a path, through links; None of what is not there, or cannot be looked at."""
    try:
        return _kind(path.stat())
    except (OSError, ValueError):
        return None


def _demand_file(path: Path, status: os.stat_result) -> None:
    kind = _kind(status)
    if kind != "file":
        raise NotRegularError(path, kind)


def _kind(status: os.stat_result) -> FileKind:
    found = stat.S_IFMT(status.st_mode)
    return next((kind for mode, kind in _KINDS if mode == found), "device")
