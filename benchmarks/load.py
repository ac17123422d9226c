"""A client that plays WeChat for many users at once and checks every reply.

    python benchmarks/load.py PORT RULES [--connections 48] [--seconds 6] [--rate 0] [--first 0]

Each connection has users of its own, so that a user's messages stay in order. With a rate the messages are sent at
even intervals whether or not answers have come (open loop: what waits for a free connection counts as waiting time);
without one each connection sends as soon as it has its answer. Prints one line of JSON.

The timers of event loops go by milliseconds, in which a server answers many times: messages would come in bunches and
be counted from a wrong moment. So the client does not sleep until a message is due but keeps looking at the clock; it
has a core of its own. Where the system takes that core away for a while, the messages of that while would come all at
once, and late: so the client's clock stands still meanwhile. For what share of the time it did is printed, too.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from work import PATH, body_of, conversation, query_of

WARM_UP = 1.0
_SHORTEST_STANDSTILL = 100e-6
"""Seconds; what is shorter is how the times are taken."""
USERS_EACH = 50


@dataclass
class Tally:
    """What happened, over all connections."""

    begins: float
    ends: float
    latencies: list[float] = field(default_factory=list)
    wrong: int = 0
    example: str = ""


class Connection(asyncio.Protocol):
    """One keep-alive connection; a request is answered by the next complete response."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, mark, rest = self._buffer.partition(b"\r\n\r\n")
        if not mark:
            return
        lower = head.lower()
        at = lower.find(b"content-length:")
        if at >= 0:
            length = int(lower[at + 15 :].split(b"\r\n", 1)[0])
            if len(rest) < length:
                return
            body, self._buffer = rest[:length], rest[length:]
        elif b"transfer-encoding: chunked" in lower:
            if not rest.endswith(b"0\r\n\r\n"):
                return
            body, self._buffer = rest, b""
        else:
            return
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(body if b" 200 " in head[:15] else head)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer, or the head of one that is not 200."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer


def requests(number: int, rules: int) -> Iterator[tuple[bytes, bytes]]:
    """The requests of one connection, each with the reply it must get."""
    users = tuple(f"oUser{number}x{index}" for index in range(USERS_EACH))
    started, serial = int(time.time()), number * 10_000_000 + int(time.time()) % 1000 * 10_000
    for call in conversation(number, users, rules):
        serial += 1
        now = str(int(time.time()))
        body = body_of(call, 24_000_000_000_000_000 + serial, started)
        head = (
            f"POST {PATH}?{query_of(f'n{serial}', now)} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/4.0\r\n"
            f"Accept: */*\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body, call.reply.encode()


class Clock:
    """`time.perf_counter`, but for the times in which the system did not let us run; wakes to some microseconds."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._serial = 0
        self.stood = 0.0
        """For how long it stood still, in seconds."""

    def moment(self, shown: float) -> float:
        """The moment of `time.perf_counter` at which it showed something not long ago."""
        return shown + self.stood

    async def reach(self, shown: float) -> None:
        """Wait until it shows something, if it does not yet."""
        if shown <= time.perf_counter() - self.stood:
            return
        self._serial += 1
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (shown, self._serial, woken))
        await woken

    async def tick(self) -> None:
        """Go on for ever, without ever sleeping: what has passed and is not our own processor time was taken away."""
        last, last_used = time.perf_counter(), time.thread_time()
        while True:
            passed, used = time.perf_counter(), time.thread_time()
            if (taken := (passed - last) - (used - last_used)) > _SHORTEST_STANDSTILL:
                self.stood += taken
            last, last_used = passed, used
            while self._waiting and self.moment(self._waiting[0][0]) <= passed:
                heapq.heappop(self._waiting)[2].set_result(None)
            await asyncio.sleep(0)


async def drive(
    connection: Connection, number: int, rules: int, tally: Tally, interval: float, offset: float, clock: Clock
) -> None:
    """Send until the time is over."""
    due = tally.begins - WARM_UP + offset
    for request, reply in requests(number, rules):
        if interval:
            await clock.reach(due)
            began, due = clock.moment(due), due + interval
        else:
            began = time.perf_counter()
        if began >= tally.ends:
            return
        answer = await connection.ask(request)
        if reply not in answer:
            tally.wrong += 1
            tally.example = (
                tally.example or f"expected {reply.decode()!r}, got {answer[:300].decode(errors='replace')!r}"
            )
        if began >= tally.begins:
            tally.latencies.append(time.perf_counter() - began)


async def run(port: int, rules: int, connections: int, seconds: float, rate: float, first: int) -> dict[str, object]:
    """Load a server and say how it did."""
    loop = asyncio.get_running_loop()
    opened = [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(connections)]
    begins = time.perf_counter() + WARM_UP
    tally = Tally(begins, begins + seconds)
    interval = connections / rate if rate else 0.0
    clock = Clock()
    work = [
        drive(connection, first + number, rules, tally, interval, number / rate if rate else 0.0, clock)
        for number, connection in enumerate(opened)
    ]
    ticking = asyncio.create_task(clock.tick()) if rate else None
    await asyncio.gather(*work)
    if ticking is not None:
        ticking.cancel()
    latencies = sorted(tally.latencies)
    return {
        "requests_per_second": len(latencies) / seconds,
        "p50_ms": latencies[len(latencies) // 2] * 1000,
        "p99_ms": latencies[int(len(latencies) * 0.99)] * 1000,
        "max_ms": latencies[-1] * 1000,
        "stood_still": clock.stood / (seconds + WARM_UP),
        "wrong": tally.wrong,
        "example": tally.example,
    }


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("rules", type=int)
    parser.add_argument("--connections", type=int, default=48)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--core", type=int)
    parser.add_argument("--first", type=int, default=0, help="the number of its first connection, beside other clients")
    given = parser.parse_args()
    if given.core is not None:
        os.sched_setaffinity(0, {given.core})
    with suppress(ImportError):
        import uvloop

        uvloop.install()
    result = asyncio.run(run(given.port, given.rules, given.connections, given.seconds, given.rate, given.first))
    json.dump(result, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
