"""A declarative dialog interpreter for WeChat: bots written as YAML, compiled into a state machine.

The names below are the public surface for Python; everything else may change. They are loaded when first used, so
`import interpreter` costs next to nothing.

    program = interpreter.compile_file("bot.yaml")
    outcome = interpreter.step(program, interpreter.Session("user"), event)
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interpreter.cli.assembling import open_store
    from interpreter.cli.mounting import make_app
    from interpreter.diagnostics.diagnostic import Diagnostic
    from interpreter.machine.events import EffectCompleted, EffectFailed, Message, MessageReceived, TimerFired
    from interpreter.machine.form import is_compiled
    from interpreter.machine.session import Session, Step
    from interpreter.machine.step import step
    from interpreter.machine.waits import wake_at
    from interpreter.program.tables import Program
    from interpreter.wechat.api.client import ApiClient
    from interpreter.wechat.api.errors import ApiError
    from interpreter.wechat.api.opening import open_client

__all__ = [
    "ApiClient",
    "ApiError",
    "CompileError",
    "Diagnostic",
    "EffectCompleted",
    "EffectFailed",
    "Message",
    "MessageReceived",
    "Program",
    "Session",
    "Step",
    "TimerFired",
    "compile_file",
    "is_compiled",
    "make_app",
    "open_client",
    "open_store",
    "step",
    "wake_at",
]

__version__ = "0.1.0"

_HOMES = {
    "ApiClient": "interpreter.wechat.api.client",
    "ApiError": "interpreter.wechat.api.errors",
    "Diagnostic": "interpreter.diagnostics.diagnostic",
    "EffectCompleted": "interpreter.machine.events",
    "EffectFailed": "interpreter.machine.events",
    "Message": "interpreter.machine.events",
    "MessageReceived": "interpreter.machine.events",
    "Program": "interpreter.program.tables",
    "Session": "interpreter.machine.session",
    "Step": "interpreter.machine.session",
    "TimerFired": "interpreter.machine.events",
    "is_compiled": "interpreter.machine.form",
    "make_app": "interpreter.cli.mounting",
    "open_client": "interpreter.wechat.api.opening",
    "open_store": "interpreter.cli.assembling",
    "step": "interpreter.machine.step",
    "wake_at": "interpreter.machine.waits",
}


class CompileError(Exception):
    """A bot that cannot be run; `diagnostics` say why, each with its place."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        """One line for each diagnostic."""
        return "\n".join(f"{item.span}: {item.code} {item.message.en}" for item in self.diagnostics)


def compile_file(path: str | Path) -> Program:
    """Read, check and compile a bot file and the files it imports.

    Raises:
        CompileError: the bot has errors.
    """
    from interpreter.cli.loading import load

    loaded = load(Path(path))
    if loaded.program is None:
        raise CompileError(loaded.diagnostics)
    return loaded.program


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value
