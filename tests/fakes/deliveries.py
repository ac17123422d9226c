"""WeChat's side of a message without any network: three deliveries, five seconds apart, until one is answered.

For a virtual loop, with processes that may die and stores that are slow or fail.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from fakes.engines import EngineHouse, arrival
from fakes.performer import FakePerformer

from interpreter.machine.effects import CallService, Send
from interpreter.runtime.arrival import Arrival, HeldBack, Overloaded
from interpreter.runtime.performer import Call, Completed, Failed, Outcome
from interpreter.stores.protocol import SessionStore, StoreUnavailable

PATIENCE = 5.0


class TimedPerformer(FakePerformer):
    """Lets `call 7.5` take 7.5 seconds, and a push end as `pushing` says. It counts what reached whom."""

    def __init__(self, pushing: Outcome | None = None) -> None:
        super().__init__()
        self.pushing = pushing or Completed(None)
        self.attempts: list[str] = []
        """Texts that were sent, or may have been."""

    async def call(self, effect: Call) -> Outcome:
        """Do it and say how it went."""
        assert isinstance(effect, CallService)
        self.calls.append(effect.operation)
        self.made.append(effect)
        await asyncio.sleep(float(effect.operation))
        return Completed(f"after {effect.operation}")

    async def deliver(self, send: Send, key: str) -> Outcome:
        """Send a message to a user and say how it went."""
        await asyncio.sleep(0.1)
        self.sent.append(send)
        self.keys.append(key)
        if not (isinstance(self.pushing, Failed) and self.pushing.kind == "refused"):
            self.attempts.append(getattr(send.reply, "text", ""))
        return self.pushing


class Process(EngineHouse):
    """An engine that can die: it does nothing more, and nobody reaches it."""

    is_dead = False

    def die(self) -> None:
        """End at once, with everything that was going on."""
        self.is_dead = True
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task() and task.get_name() == str(id(self)):
                task.cancel()

    async def deliver(self, message: Arrival) -> bytes | None:
        """What answers a delivery.

        Raises:
            HeldBack: nothing does.
        """
        if self.is_dead:
            raise HeldBack
        try:
            return await self.engine.handle(message)
        except asyncio.CancelledError:
            if self.is_dead:
                raise HeldBack from None
            raise


class WeChat:
    """Delivers messages to processes; `shown` is what the user saw in answer, `refused` counts the unanswered.

    `lost` answers do not arrive.
    """

    def __init__(self, lost: int = 0) -> None:
        self.shown: list[str] = []
        self.refused = 0
        self.lost = lost

    async def send(self, text: str, processes: Sequence[Process], key: str = "", user: str = "ann") -> None:
        """One message, its deliveries to these processes in turn."""
        message = arrival(text, user, key)
        for process in processes:
            end = asyncio.get_running_loop().time() + PATIENCE
            answering = asyncio.ensure_future(process.deliver(message))  # it goes on when nobody listens any more
            answering.add_done_callback(_is_over)
            with contextlib.suppress(HeldBack, Overloaded, TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    body = await asyncio.shield(answering)
                if self.lost:
                    self.lost -= 1
                    raise TimeoutError
                self.shown += [body.decode()] if body not in {None, b"success"} and body is not None else []
                return
            await asyncio.sleep(end - asyncio.get_running_loop().time())
        self.refused += 1


def _is_over(answering: asyncio.Future[bytes | None]) -> None:
    if not answering.cancelled():
        answering.exception()


class ShakyStore:
    """Another store, whose calls go through `around`: it may wait, fail before or fail after them."""

    def __init__(self, store: SessionStore, around: Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]):
        self._store = store
        self._around = around
        self.at_once = None

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        async def call(*arguments: Any, **keywords: Any) -> Any:
            return await self._around(name, lambda: method(*arguments, **keywords))

        return call


def failing_once(number: int, *, after: bool) -> Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]:
    """Fails at the call of this number, counted from 0: before it is done, or after, so that its answer is lost."""
    numbers: Iterator[int] = iter(range(1_000_000))

    async def around(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        fails = next(numbers) == number
        if fails and not after:
            raise StoreUnavailable(f"no {name}")
        result = await call()
        if fails:
            raise StoreUnavailable(f"no answer to {name}")
        return result

    return around
