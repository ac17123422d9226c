"""The entry points of the commands. A command's own module is only imported here, inside of what catches Ctrl-C."""

from __future__ import annotations

from importlib import import_module

_INTERRUPTED = 130


def run() -> int:
    """`dialog-run`."""
    return _start("run")


def lint() -> int:
    """`dialog-lint`."""
    return _start("lint", "run")


def send() -> int:
    """`dialog-send`."""
    return _start("send")


def test() -> int:
    """`dialog-test`."""
    return _start("test")


def _start(name: str, function: str = "main") -> int:
    try:
        code: int = getattr(import_module(f"interpreter.cli.{name}"), function)()
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code
