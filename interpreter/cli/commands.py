"""The entry points of the commands. A command's own module is only imported here, inside of what catches Ctrl-C."""

from __future__ import annotations

import gc
from importlib import import_module
from types import ModuleType

_INTERRUPTED = 130


def api() -> int:
    """`dialog-api`."""
    return _start("api")


def run() -> int:
    """`dialog-run`."""
    return _start("run")


def doctor() -> int:
    """`dialog-doctor`."""
    return _start("doctor")


def lint() -> int:
    """`dialog-lint`."""
    return _start("lint", "run")


def menu() -> int:
    """`dialog-menu`."""
    return _start("menu")


def send() -> int:
    """`dialog-send`."""
    return _start("send")


def store() -> int:
    """`dialog-store`."""
    return _start("store")


def test() -> int:
    """`dialog-test`."""
    return _start("test")


def _start(name: str, function: str = "main") -> int:
    try:
        code: int = getattr(_imported(f"interpreter.cli.{name}"), function)()
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code


def _imported(name: str) -> ModuleType:
    """A module; what is imported stays, so nobody looks for garbage in it meanwhile."""
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.enable()
