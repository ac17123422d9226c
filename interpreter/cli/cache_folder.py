"""A folder of files that nobody but its user has written.

Each file is sealed with a key that is made when the folder is first used and lies in it, readable by its owner only.
Whatever is wrong with the folder, the key or a file (another owner, open to others, damaged, forged, not to be
written), nothing is found and nothing is kept: a cache may fail, and nobody should notice but by the time it takes.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

_NAME = "dialog-interpreter"
_KEY = "key"
_SUFFIX = ".bot"
_SEAL = sha256().digest_size
_OFF = frozenset({"off", "0", "no", "none", "false"})
_MOST_BYTES = 128 << 20
"""How large the folder may grow; the oldest files make room for new ones. A bot of 10,000 rules takes 6 MB."""
_LEFTOVER_SECONDS = 3600.0
"""After which an unfinished file belongs to nobody any more."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def find_folder(environ: Mapping[str, str]) -> CacheFolder | None:
    """Where an environment keeps caches; None when it has no place for them, or does not want any.

    `DIALOG_CACHE` is `off` or a folder; otherwise it is a folder in `XDG_CACHE_HOME`, or where caches usually are.
    """
    wished = environ.get("DIALOG_CACHE", "")
    if wished.strip().lower() in _OFF:
        return None
    if wished:
        return CacheFolder(Path(wished))
    for name, below in (("XDG_CACHE_HOME", ""), ("LOCALAPPDATA", ""), ("HOME", ".cache")):
        place = Path(environ.get(name, ""))
        if place.is_absolute():
            return CacheFolder(place / below / _NAME)
    return None


class CacheFolder:
    """The folder; `owner` is the number of the user whose files count, where users have numbers."""

    def __init__(self, path: Path, *, owner: int | None = None, most_bytes: int = _MOST_BYTES) -> None:
        self.path = path
        self._owner = _this_user() if owner is None else owner
        self._most_bytes = most_bytes

    def read(self, name: str) -> bytes | None:
        """What was kept under a name; None if nothing was, or it cannot be trusted."""
        try:
            key = self._key()
            sealed = self._content(self._file(name)) if key else None
        except (OSError, ValueError):
            return None
        if not key or not sealed:
            return None
        content = sealed[_SEAL:]
        return content if hmac.compare_digest(sealed[:_SEAL], _seal(key, name, content)) else None

    def write(self, name: str, content: bytes) -> None:
        """Keep something under a name, if that can be done."""
        with suppress(OSError, ValueError):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            key = self._key() or self._new_key()
            if key is None:
                return
            kept = self._file(name)
            self._put(kept, _seal(key, name, content) + content)
            self._make_room(kept)

    def _file(self, name: str) -> Path:
        return self.path / f"{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}{_SUFFIX}"

    # ------------------------------------------------------------------------------------------------ the key

    def _key(self) -> bytes | None:
        """The key, if folder and key are its owner's alone; None also when there is none yet."""
        if not self._is_private(self.path.lstat(), stat.S_ISDIR, 0o022):
            return None
        try:
            key = self._content(self.path / _KEY, hidden=True)
        except FileNotFoundError:
            return None
        return key if key and len(key) == _SEAL else None

    def _new_key(self) -> bytes | None:
        """A new key, or that of another process which was faster; None where there is one that cannot be used."""
        if not self._is_private(self.path.lstat(), stat.S_ISDIR, 0o022) or os.path.lexists(self.path / _KEY):
            return self._key()
        made = self._unfinished(secrets.token_bytes(_SEAL))
        try:
            os.link(made, self.path / _KEY)  # unlike a rename it takes nobody's key away
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            made.replace(self.path / _KEY)
        made.unlink(missing_ok=True)
        return self._key()

    def _is_private(self, status: os.stat_result, is_kind: Callable[[int], bool], closed: int) -> bool:
        """Whether something is of a kind, belongs to the owner, and is closed to others in these ways."""
        if not is_kind(status.st_mode):
            return False
        return self._owner is None or (status.st_uid == self._owner and not status.st_mode & closed)

    # ------------------------------------------------------------------------------------------------ files

    def _content(self, file: Path, *, hidden: bool = False) -> bytes | None:
        """The content of a plain file of the owner's that nobody else may write, or with `hidden` read."""
        descriptor = os.open(file, _FLAGS)
        with os.fdopen(descriptor, "rb") as stream:
            status = os.fstat(stream.fileno())
            if not self._is_private(status, stat.S_ISREG, 0o077 if hidden else 0o022):
                return None
            return stream.read() if status.st_size <= self._most_bytes else None

    def _unfinished(self, content: bytes) -> Path:
        descriptor, name = tempfile.mkstemp(dir=self.path, suffix=".tmp")
        made = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
        except OSError:
            made.unlink(missing_ok=True)
            raise
        return made

    def _put(self, file: Path, content: bytes) -> None:
        """Write a file at once and whole."""
        made = self._unfinished(content)
        try:
            made.replace(file)
        except OSError:
            made.unlink(missing_ok=True)
            raise

    def _make_room(self, kept: Path) -> None:
        """Remove what others have left unfinished, and the oldest files until the others fit."""
        files = []
        for file in self.path.iterdir():
            with suppress(FileNotFoundError):  # another process is making room too
                status = file.lstat()
                if file.suffix == _SUFFIX:
                    files.append((file == kept, status.st_mtime, status.st_size, file))
                elif file.suffix == ".tmp" and status.st_mtime < time.time() - _LEFTOVER_SECONDS:
                    file.unlink()
        total = sum(size for _, _, size, _ in files)
        for is_new, _, size, file in sorted(files):
            if is_new or total <= self._most_bytes:
                return
            file.unlink(missing_ok=True)
            total -= size


def _seal(key: bytes, name: str, content: bytes) -> bytes:
    """What only who has the key can make; it goes with this name and this content."""
    sealing = hmac.new(key, digestmod=sha256)
    sealing.update(sha256(name.encode("utf-8", "surrogatepass")).digest())
    sealing.update(content)
    return sealing.digest()


def _this_user() -> int | None:
    return os.getuid() if hasattr(os, "getuid") else None
