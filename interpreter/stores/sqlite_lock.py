"""Who serves from a session file: one process at a time, which holds a lock on a file beside it.

SQLite's own locks do not say so: whoever looks into the file has them, too, and none while they do nothing. This one is
the system's (`flock`), so it ends with its process, however that ends; a file that is left behind says nothing. It also
holds between containers, but not between computers; and there is none on Windows, or where the file system has none.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_PAUSE_SECONDS = 0.05


class InUse(Exception):  # noqa: N818  named for what is the case
    """Another one holds the lock."""


class SoleUse:
    """The right to serve from a file, until it is let go of."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Let somebody else have it."""
        if self._descriptor is not None:
            if _is_at(self._path, self._descriptor):
                with suppress(OSError):
                    self._path.unlink()  # whoever has opened it meanwhile sees that it is gone, and looks again
            os.close(self._descriptor)
            self._descriptor = None


def take(path: Path, seconds: float = 0.0) -> SoleUse:
    """The right to serve from a session file; it may take so long until another process, which is about to end, has.

    Raises:
        InUse: another one has it.
        OSError: no file can be made beside it.
    """
    home = Path(os.path.realpath(path))
    beside, deadline = home.with_name(f"{home.name}-lock"), time.monotonic() + seconds
    while True:
        descriptor = _opened(beside, home if home.exists() else home.parent)
        if _lock(descriptor) and _is_at(beside, descriptor):
            return SoleUse(beside, descriptor)
        os.close(descriptor)  # another one has it, or had it and has removed the file
        if time.monotonic() >= deadline:
            raise InUse
        time.sleep(_PAUSE_SECONDS)


def belong_like(descriptor: int, model: Path) -> None:
    """Give a file that root has made to the owner of another one or of a folder, who could not use it otherwise."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    status = model.stat()
    if status.st_uid != 0:
        os.fchown(descriptor, status.st_uid, status.st_gid)


def _opened(beside: Path, model: Path) -> int:
    descriptor = os.open(beside, os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        belong_like(descriptor, model)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _lock(descriptor: int) -> bool:
    """Whether the lock was to be had. Where there are no locks it is."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks, of which the start warns
        return True
    return True


def _is_at(beside: Path, descriptor: int) -> bool:
    with suppress(OSError):
        return os.path.samestat(os.fstat(descriptor), beside.stat())
    return False
