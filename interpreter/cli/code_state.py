"""What of this program decides what a bot is compiled to: its code, the libraries that read bots, and Python."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import interpreter

_PACKAGE = Path(interpreter.__file__).parent
_LIBRARIES = ("re2", "yaml")
"""What a bot is read by; another version may read it otherwise."""
_CODE = (".py", ".lark", ".json", ".so", ".pyd")


def code_state(package: Path = _PACKAGE, version: str = interpreter.__version__) -> str | None:
    """What changes with every change of our code, of the libraries that read bots, and of Python; None if unknown."""
    state = sha256(f"{version}\n{sys.version}\n{sys.implementation.cache_tag}\n{package}\n".encode())
    try:
        for file in (*sorted(_code_below(package)), *_libraries()):
            state.update(repr(file).encode())
    except OSError:  # in an archive, say
        return None
    return state.hexdigest()


def _code_below(folder: str | Path) -> Iterator[tuple[str, int, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _code_below(entry.path)
            elif entry.name.endswith(_CODE):
                yield _stamp(entry.path, entry.stat())


def _libraries() -> Iterator[tuple[str, int, int, int]]:
    for name in _LIBRARIES:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            yield _stamp(spec.origin, os.stat(spec.origin))


def _stamp(path: str, status: os.stat_result) -> tuple[str, int, int, int]:
    """What an edit of a file changes; the last of these nobody can set back."""
    return path, status.st_size, status.st_mtime_ns, status.st_ctime_ns
