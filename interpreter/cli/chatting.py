"""A chat in the terminal, with the real services of the bot where it has no mock of them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from interpreter.console import Console
from interpreter.machine.effects import CallService
from interpreter.machine.events import EffectCompleted, EffectFailed
from interpreter.program.tables import Program
from interpreter.runtime.clock import SystemClock
from interpreter.runtime.http_service import HttpService
from interpreter.runtime.performer import Completed

_PROMPT = "> "


def chat(program: Program, buttons: Mapping[str, str], language: str) -> None:
    """Chat until the input ends."""
    with _services(program) as perform:
        console = Console(program, lambda: datetime.now(UTC), print, language, dict(buttons))
        console.conversation.perform = perform
        console.conversation.forget = perform.forget if perform is not None else None
        console.run(_lines())


def _lines() -> Iterator[str]:
    """The lines of the input, after a prompt if somebody types them."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    with suppress(ImportError):
        import readline  # noqa: F401 - gives `input` a history and editing
    try:
        with suppress(EOFError):
            while True:
                yield input(_PROMPT)
    finally:  # also after Ctrl-C
        print()


class _Caller:
    """Calls services from code that cannot wait: the chat has nothing else to do meanwhile."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._http = HttpService(SystemClock())

    def __call__(self, call: CallService) -> EffectCompleted | EffectFailed:
        outcome = self._runner.run(self._http.call(call))
        now = datetime.now(UTC)
        if isinstance(outcome, Completed):
            return EffectCompleted(now, 0, call.id, outcome.value)
        return EffectFailed(now, 0, call.id, outcome.kind, outcome.message, outcome.status, outcome.code)

    def forget(self, call: CallService) -> None:
        self._http.forget(call)

    def close(self) -> None:
        self._runner.run(self._http.close())


@contextmanager
def _services(program: Program) -> Iterator[_Caller | None]:
    """Who calls services, if the bot has any: a chat without them need not wait for the HTTP library."""
    if not program.operations:
        yield None
        return
    with asyncio.Runner() as runner:
        caller = _Caller(runner)
        yield caller
        caller.close()
