"""A server with two doors, and clients that send it any bytes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from fakes.house import House

from interpreter.server.app import ENDPOINTS, make_app
from interpreter.server.connection import Port
from interpreter.server.endpoint import Answer, Awaited, Endpoint
from interpreter.server.fast_path import FastPath
from interpreter.server.listening import PROTOCOL, Newcomers, listen
from interpreter.server.peers import Asked, Peers


@dataclass
class Doors:
    """One house with two doors: a port with the short way, and one without it."""

    house: House
    fast: int
    usual: int
    path: FastPath
    handed: list[object] = field(default_factory=list)
    """The connections that were handed over."""

    @property
    def port(self) -> Port:
        """What the connections of the short way have in common."""
        return self.path.port

    async def both(self, request: bytes) -> tuple[bytes, bytes]:
        """The answers to the same bytes."""
        return await ask(self.fast, request), await ask(self.usual, request)


@asynccontextmanager
async def doors_of(
    house: House,
    peers: Peers | None = None,
    *,
    ask_seconds: float = 1.0,
    idle_seconds: float = 1.0,
    prompt_seconds: float = 0.5,
    body_seconds: float = 1.0,
) -> AsyncIterator[Doors]:
    handed = list[object]()
    app = make_app([house.bot], stores=[house.store], clock=house.clock, body_seconds=body_seconds, peers=peers)
    newcomers = Newcomers()
    app.middlewares.append(newcomers.greet)
    runner = web.AppRunner(app, shutdown_timeout=1.0, **PROTOCOL)
    await runner.setup()
    assert runner.server is not None
    make = newcomers.welcome(runner.server)

    def hand() -> asyncio.Protocol:
        connection = make()
        handed.append(connection)
        return connection

    path = FastPath(
        app[ENDPOINTS], hand, ask_seconds=ask_seconds, idle_seconds=idle_seconds, prompt_seconds=prompt_seconds
    )
    ports = [await listen(way, "127.0.0.1", 0) for way in (path, make)]
    fast, usual = (door.sockets[0].getsockname()[1] for door in ports)
    house.app = app
    yield Doors(house, fast, usual, path, handed)
    for door in ports:
        door.close()
    await path.finish(30.0)
    await runner.cleanup()
    await path.close()


async def ask(port: int, request: bytes) -> bytes:
    """What comes back for some bytes until the answer is whole, or the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await read_answer(reader)
    finally:
        writer.transport.abort()


async def ask_slowly(port: int, request: bytes) -> tuple[bytes, bytes]:
    """The answer to bytes behind which nothing comes, and what else comes until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await read_answer(reader)
    async with asyncio.timeout(60):
        rest = await reader.read()
    writer.close()
    return answer, rest


async def read_answer(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(60):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            return error.partial
        length = re.search(rb"(?i)content-length: (\d+)", head)
        return head + (await reader.readexactly(int(length[1])) if length else b"")


def told(answer: bytes) -> tuple[bytes, bytes, set[bytes]]:
    """Status, body, and the headers but for those every server has its own word in."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *headers = head.split(b"\r\n")
    kept = {header.lower() for header in headers if not header.lower().startswith((b"date:", b"server:"))}
    return first.split(b" ")[1] if first else b"", body, kept


def parted(whole: bytes) -> tuple[bytes, bytes]:
    """Head and body of a request."""
    head, end, body = whole.partition(b"\r\n\r\n")
    return head + end, body


def request(house: House, text: str = "hi", *, path: str = "/wechat", id: str = "", **headers: str) -> bytes:
    """A message as WeChat sends it."""
    query = "&".join(f"{name}={value}" for name, value in house.signed().items())
    return posted(f"{path}?{query}", house.text(text, id=id).encode(), **headers)


def posted(target: str, body: bytes, version: str = "1.1", **headers: str) -> bytes:
    named = {"Host": "a", "Content-Type": "text/xml", "Content-Length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value != "none")
    return f"POST {target} HTTP/{version}\r\n{head}\r\n".encode() + body


class Watched:
    """An endpoint, and what it is asked."""

    is_draining = False

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.body_seconds = endpoint.body_seconds
        self.asked = asyncio.Event()
        """Somebody's signature was looked at."""
        self.within: list[float] = []

    def refusal(self, asked: Asked, query: Mapping[str, str]) -> Answer | None:
        self.asked.set()
        return self.endpoint.refusal(asked, query)

    def begin(self, asked: Asked, query: Mapping[str, str], body: bytes, within: float) -> Answer | Awaited:
        self.within.append(within)
        return self.endpoint.begin(asked, query, body, within)

    def conclude(self, ended: Awaited) -> Answer:
        return self.endpoint.conclude(ended)


class Written(asyncio.Transport):
    """A transport that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = list[bytes]()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def pause_reading(self) -> None:
        """Nothing comes by itself."""

    def resume_reading(self) -> None:
        """Nothing comes by itself."""

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is open."""


async def what_is_due() -> None:
    """Let happen what is to happen at once."""
    for _ in range(3):
        await asyncio.sleep(0)
