"""Bad inputs 1, 2 and 5: bodies that are too large, too slow or no HTTP, and encrypted nonsense, from strangers."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import random
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

from faults.figures import amount, figures, is_long
from faults.ledger import Judge
from faults.rig import AES_KEY, APP_ID, TOKEN, Server, Wechat, percentile, serving, wechat

from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.signature import sign

SLOW_CLIENTS = int(amount("slow_clients", short=100, full=500))
BODIES = int(amount("bodies", short=8, full=100))
TRIES = int(amount("tries", short=20, full=300))
DAWDLES = 10.0 if is_long() else 60.0
"""Seconds after which a slow client gives up; it is to be shown out long before."""
MEGABYTE = 1024 * 1024


def query() -> str:
    """What a signed request asks with."""
    now, nonce = str(int(time.time())), secrets.token_hex(8)
    return f"/wechat?signature={sign(TOKEN, now, nonce)}&timestamp={now}&nonce={nonce}"


async def request(port: int, data: bytes, *, more: bytes = b"", times: int = 0) -> tuple[bytes, float]:
    """The first line of the answer to some bytes, and the seconds it took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.perf_counter()
    with contextlib.suppress(OSError):
        writer.write(data)
        for _ in range(times):
            writer.write(more)
            await writer.drain()
    try:
        line = await asyncio.wait_for(reader.readline(), 60)
    except OSError:
        line = b""
    took = time.perf_counter() - began
    writer.transport.abort()
    return line, took


def posted(*headers: str) -> bytes:
    lines = [f"POST {query()} HTTP/1.1", "Host: a", "Content-Type: text/xml", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@asynccontextmanager
async def others(client: Wechat, server: Server) -> AsyncIterator[Judge]:
    """Users who write meanwhile, one after the other."""
    judge, over = Judge(), asyncio.Event()

    async def talk(user: str) -> None:
        number = 0
        while not over.is_set():
            number += 1
            await client.write(judge, [server.url], user, f"{user}-{number}")
            await asyncio.sleep(0.05)

    talks = [asyncio.create_task(talk(f"user{number}")) for number in range(8)]
    yield judge
    over.set()
    await asyncio.gather(*talks)


@asynccontextmanager
async def weighing(server: Server) -> AsyncIterator[list[float]]:
    """The memory that a server holds, again and again."""
    weights, over = [server.megabytes], asyncio.Event()

    async def weigh() -> None:
        while not over.is_set():
            await asyncio.sleep(0.1)
            weights.append(server.megabytes)

    weighed = asyncio.create_task(weigh())
    yield weights
    over.set()
    await weighed


async def test_large_and_slow_bodies_cost_nobody_anything(tmp_path: Path) -> None:
    with serving(tmp_path, f"sqlite:{tmp_path / 'dialog.db'}") as (server,):
        await warm_up(server)
        async with wechat(attempts=1) as client, others(client, server) as judge:
            await asyncio.sleep(1.0)
            await large_bodies(server, 3)
            memory = [server.megabytes]
            answers = await large_bodies(server, BODIES)
            memory.append(server.megabytes)
            async with weighing(server) as weights:
                slow = await slow_clients(server)
            memory.append(max(weights))
        assert server.stop() == 0
    p99, by_bodies, by_clients = percentile(client.latencies, 0.99), memory[1] - memory[0], memory[2] - memory[1]
    figures(
        "input 1",
        "bodies of 64 KB and a byte, 10 MB, without end, and clients that dawdle",
        bodies=len(answers),
        refused=sum(line.split()[1:2] == [b"413"] for line in answers),
        slow_clients=SLOW_CLIENTS,
        shown_out=sum(seconds < 8 for seconds in slow),
        longest_s=max(slow),
        memory_growth_mb_by_bodies=by_bodies,
        memory_growth_mb_by_clients=by_clients,
        p99_ms_of_others=p99 * 1000,
        faults=len(judge.faults()),
    )
    assert {line.split()[1] for line in answers if line} == {b"413"}
    assert judge.faults() == []
    assert judge.acknowledged == len(judge.entries)
    assert max(slow) < DAWDLES - 1
    assert by_bodies + by_clients <= (5.0 if is_long() else 20.0)
    assert p99 <= (0.2 if is_long() else 3.0)


async def warm_up(server: Server) -> None:
    """What is done for the first time takes memory once, and so do as many users as there may be."""
    async with wechat() as client:
        messages = [client.say([server.url], f"early{number}", "记 w") for number in range(BODIES * 30)]
        for first in range(0, len(messages), 64):
            await asyncio.gather(*messages[first : first + 64])


async def large_bodies(server: Server, rounds: int) -> list[bytes]:
    answers = []
    for _ in range(rounds):
        for head, more, times in (
            (posted("Content-Length: 65537"), b"x" * 65_537, 1),
            (posted(f"Content-Length: {10 * MEGABYTE}"), b"x" * MEGABYTE, 10),
            (posted("Transfer-Encoding: chunked"), b"3e8\r\n" + b"x" * 1000 + b"\r\n", 500),
        ):
            line, _ = await request(server.port, head, more=more, times=times)
            answers.append(line)
    return answers


async def slow_clients(server: Server) -> list[float]:
    """Clients that send a byte now and then; the seconds after which each was shown out."""

    async def one(number: int) -> float:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        began = time.monotonic()
        writer.write(b"POST /wec" if number % 2 else posted("Content-Length: 60000"))
        while time.monotonic() - began < DAWDLES:
            try:
                if await asyncio.wait_for(reader.read(100), 1.0) or reader.at_eof():
                    break
            except TimeoutError:
                writer.write(b"x")
            except OSError:  # cut off
                break
        writer.transport.abort()
        return time.monotonic() - began

    return list(await asyncio.gather(*map(one, range(SLOW_CLIENTS))))


NOISE = random.Random(2)
ROUGH = {
    "packed": lambda: posted("Content-Encoding: gzip", "Content-Length: 3") + b"abc",
    "two lengths": lambda: posted("Content-Length: 5", "Content-Length: 6") + b"hello!",
    "length and chunks": lambda: posted("Content-Length: 4", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "header of 100 KB": lambda: posted("X: " + "a" * 100_000),
    "address of 100 KB": lambda: b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "strange percentage": lambda: b"POST /wechat?signature=%zz&timestamp=% HTTP/1.1\r\nHost: a\r\n\r\n",
    "form": lambda: posted("Content-Length: 3").replace(b"text/xml", b"multipart/form-data") + b"abc",
    "no signature": lambda: b"POST /wechat HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    "noise": lambda: NOISE.randbytes(200) + b"\r\n\r\n",
}


async def test_what_is_no_message_is_refused_at_once(tmp_path: Path) -> None:
    took, strange = [], []
    with serving(tmp_path, "memory") as (server,):
        for _ in range(TRIES):
            for name, make in ROUGH.items():
                line, seconds = await request(server.port, make())
                took.append(seconds)
                if not line.split()[1:2] or not line.split()[1].startswith(b"4"):
                    strange.append(f"{name}: {line!r}")
        async with wechat() as client:
            assert await client.say([server.url], "ann", "全部") == ["0"]
        assert server.stop() == 0
    figures(
        "input 2",
        "requests that are no deliveries",
        requests=len(took),
        refused=len(took) - len(strange),
        p50_ms=percentile(took, 0.5) * 1000,
        p99_ms=percentile(took, 0.99) * 1000,
    )
    assert strange == []
    assert "Traceback" not in server.log
    assert percentile(took, 0.5) <= (0.01 if is_long() else 1.0)


def sealed_nonsense() -> dict[str, str]:
    """Encrypted texts that are wrong in different places, some of them early, some late."""
    cipher = MessageCipher(TOKEN, (AES_KEY,), APP_ID)
    stranger = MessageCipher(TOKEN, (AES_KEY,), "wx-somebody-else")
    good = cipher.encrypt(b"<xml><a>1</a></xml>" * 20, os.urandom(16))
    raw = bytearray(base64.b64decode(good))
    raw[-1] ^= 1
    return {
        "no base64": "%" * len(good),
        "cut": good[: len(good) // 2 // 4 * 4],
        "padding": base64.b64encode(bytes(raw)).decode(),
        "another account": stranger.encrypt(b"<xml><a>1</a></xml>" * 20, os.urandom(16)),
        "noise": base64.b64encode(os.urandom(len(raw))).decode(),
    }


async def test_how_long_a_refusal_takes_does_not_tell_what_was_wrong(tmp_path: Path) -> None:
    took: dict[str, list[float]] = {}
    answers = set()
    with serving(tmp_path, "memory") as (server,):
        async with wechat() as client:
            for _ in range(TRIES * 2):
                for name, inside in random.sample(list(sealed_nonsense().items()), 5):
                    now, nonce = str(int(time.time())), secrets.token_hex(8)
                    asked = {
                        "encrypt_type": "aes",
                        "timestamp": now,
                        "nonce": nonce,
                        "signature": sign(TOKEN, now, nonce),
                    }
                    asked["msg_signature"] = sign(TOKEN, now, nonce, inside)
                    body = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{inside}]]></Encrypt></xml>"
                    began = time.perf_counter()
                    answers.add(await client.lines.post(f"{server.url}?{urlencode(asked)}", body.encode()))
                    took.setdefault(name, []).append(time.perf_counter() - began)
        assert server.stop() == 0
    medians = [percentile(times, 0.5) * 1000 for times in took.values()]
    figures(
        "input 5",
        "encrypted nonsense of five kinds",
        requests=sum(map(len, took.values())),
        different_answers=len(answers),
        difference_of_p50_ms=max(medians) - min(medians),
    )
    assert answers == {(403, b"forbidden\n")}
    assert max(medians) - min(medians) <= (1.0 if is_long() else 200.0)
