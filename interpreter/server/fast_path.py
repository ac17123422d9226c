"""A short way for WeChat's messages, past most of the HTTP library.

Nearly all requests are alike: a POST to a bot's path with a few headers and a small body, in one or two pieces, on a
connection that is kept. Those are read here (by a `connection`) and go straight to the endpoint, also when they come in
drips. Anything else, whatever it is, is handed to the HTTP library with every byte as it came, and with it the
connection for the rest of its life. So whatever is special is decided in one place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from importlib.util import find_spec

from interpreter.server.connection import Connection, Port
from interpreter.server.endpoint import Endpoint

_ASK_SECONDS = 5.0
_IDLE_SECONDS = 30.0
_PROMPT_SECONDS = 0.05
"""Between a head and the last of its body; who takes longer is slow."""


def is_there() -> bool:
    """Whether the parser is installed."""
    try:
        return find_spec("httptools") is not None
    except ValueError:  # somebody has said that it is not to be imported
        return False


class FastPath:
    """Makes the connections of a port, and ends them; `usual` makes those of the HTTP library."""

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        usual: Callable[[], asyncio.Protocol],
        *,
        ask_seconds: float = _ASK_SECONDS,
        idle_seconds: float = _IDLE_SECONDS,
        prompt_seconds: float = _PROMPT_SECONDS,
    ) -> None:
        """How long it waits for what, `Port` says."""
        self.port = Port(endpoints, usual, ask_seconds, idle_seconds, prompt_seconds)

    def __call__(self) -> asyncio.Protocol:
        """A connection."""
        return Connection(self.port)

    async def finish(self, seconds: float) -> None:
        """Take no other request, and wait so long for the rest of those that have begun; who is late gets a 408."""
        for _ in range(2):  # what has come is read, then handled
            await asyncio.sleep(0)
        port = self.port
        port.is_closing = True
        slow = [done for connection in list(port.connections) if (done := connection.last()) is not None]
        if slow:
            _, late = await asyncio.wait(slow, timeout=max(seconds, 0))
            if late:
                for connection in list(port.connections):
                    connection.give_up()

    async def close(self) -> None:
        """Let answers that are under way go out, and end all connections."""
        port = self.port
        awaited = [connection.awaited for connection in port.connections if connection.awaited is not None]
        if awaited:
            await asyncio.wait(awaited, timeout=port.ask_seconds)
        for connection in list(port.connections):
            connection.end()
