"""A piece of network between two parties, which can swallow what goes through it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

Mood = Literal["fine", "hole", "mute"]
"""`hole` swallows everything, `mute` only what comes back: what was asked for is done, and nobody learns of it."""


class Shim:
    """Passes bytes on to a port."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.mood: Mood = "fine"
        self._target = target
        self._ways: set[asyncio.Task[None]] = set()

    def heal(self) -> None:
        """Pass everything on again; connections on which something was swallowed end."""
        self.mood = "fine"
        for way in self._ways:
            way.cancel()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection, until one side closes it."""
        task = asyncio.current_task()
        assert task is not None
        self._ways.add(task)
        try:
            async with asyncio.TaskGroup() as ways:
                beyond, onward = await asyncio.open_connection("127.0.0.1", self._target)
                try:
                    there = ways.create_task(self._pass(reader, onward, ("hole",)))
                    back = ways.create_task(self._pass(beyond, writer, ("hole", "mute")))
                    await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
                    there.cancel()
                    back.cancel()
                finally:
                    onward.transport.abort()
        except (ExceptionGroup, OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._ways.discard(task)

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, swallowed: tuple[Mood, ...]
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65_536):
                if self.mood not in swallowed:
                    sink.write(data)
                    await sink.drain()


@asynccontextmanager
async def shim(target: int) -> AsyncIterator[Shim]:
    """A shim before a port on the loopback."""
    made = Shim(target)
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    made.heal()
    await asyncio.sleep(0)
