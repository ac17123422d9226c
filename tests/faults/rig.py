"""Real servers that are loaded, killed, paused and starved, and a client that behaves like WeChat.

WeChat gives up a delivery after five seconds and delivers again, three times in all. The rig can hurry: its patience
and its pauses are parameters, the order of things stays the same.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from faults.ledger import BOT, Entry, Judge
from faults.lines import Lines
from support.ports import free_port

from interpreter.machine.events import Message
from interpreter.machine.replies import TextReply
from interpreter.machine.simulation import text_message
from interpreter.wechat.crypto import MessageCipher
from interpreter.wechat.deliveries import Delivery, Sender

TOKEN = "rigtoken123"
APP_ID = "wx0123456789abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ENVIRONMENT = {"WX_TOKEN": TOKEN, "WX_APP_ID": APP_ID, "WX_AES_KEY": AES_KEY}
SECRETS = (TOKEN, AES_KEY)
"""What must not be in any log, whatever happens."""
_READY_SECONDS = 60.0
_SELDOM = 50_000
"""How many objects more are there before the client looks for garbage, which would count as the server's time."""


def _meant(handle: Path) -> str:
    """What a handle of a process is one of; nothing if it was closed meanwhile."""
    try:
        return os.readlink(handle)
    except FileNotFoundError:
        return ""


@dataclass(slots=True)
class Server:
    """One `dialog-run`, which can be killed and started again at the same address."""

    folder: Path
    store: str
    port: int = field(default_factory=free_port)
    bot: str = BOT
    arguments: Sequence[str] = ()
    environment: dict[str, str] = field(default_factory=dict)
    log_to: int | None = None
    """A file descriptor its log goes to instead of a file."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it receives messages."""
        return self.at("/wechat")

    def at(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def log(self) -> str:
        """What it wrote to stderr so far, over all its lives."""
        return (self.folder / f"server-{self.port}.log").read_text(encoding="utf-8", errors="replace")

    @property
    def pid(self) -> int:
        """The process that runs now."""
        assert self.process is not None
        return self.process.pid

    @property
    def megabytes(self) -> float:
        """Memory that it holds."""
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("no VmRSS")

    @property
    def handles(self) -> int:
        """Files and connections that it has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    @property
    def files(self) -> int:
        """Handles that are no connections."""
        handles = Path(f"/proc/{self.pid}/fd")
        return sum(bool(name) and not name.startswith("socket:") for name in map(_meant, handles.iterdir()))

    @property
    def threads(self) -> int:
        """Threads that it runs."""
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def start(self) -> float:
        """Start it and wait until it answers; how many seconds that took."""
        path = self.folder / "bot.yaml"
        if not path.exists():
            path.write_text(self.bot, encoding="utf-8")
        began = time.monotonic()
        with (self.folder / f"server-{self.port}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "interpreter.cli.run", str(path)),
                    *("--host", "127.0.0.1", "--port", str(self.port), "--store", self.store),
                    *self.arguments,
                ],
                env={**os.environ, **ENVIRONMENT, **self.environment},
                stdout=subprocess.DEVNULL,
                stderr=log if self.log_to is None else self.log_to,
            )
        while time.monotonic() - began < _READY_SECONDS:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.log[-3000:]}")
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return time.monotonic() - began
            time.sleep(0.01)
        raise RuntimeError(f"the server does not come up:\n{self.log[-3000:]}")

    def kill(self) -> None:
        """`kill -9`, at once."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        """Stop it in its tracks, as a machine that is suspended is."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)

    def stop(self, within: float = 60.0, *, politely: bool = False) -> int:
        """SIGTERM, and unless it is `politely` meant a second one, which does without the second of grace."""
        assert self.process is not None
        self.process.terminate()
        if not politely:
            time.sleep(0.05)
            self.process.terminate()
        return self.process.wait(within)


@contextmanager
def serving(folder: Path, store: str, count: int = 1, **options: object) -> Iterator[list[Server]]:
    """Some servers with one store, on ports of their own."""
    servers = [Server(folder, store, **options) for _ in range(count)]  # type: ignore[arg-type]
    try:
        for server in servers:
            server.start()
        yield servers
        for server in servers:
            assert not [secret for secret in SECRETS if secret in server.log], "a secret is in the log"
    finally:
        for server in servers:
            if server.process is not None and server.process.poll() is None:
                server.process.kill()
                server.process.wait()


@contextmanager
def redis_with_a_port(folder: Path, *arguments: str) -> Iterator[RedisServer]:
    """A Redis of its own, which can be stopped, paused and started again."""
    server = RedisServer(folder, arguments)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@dataclass(slots=True)
class RedisServer:
    """One `redis-server` on a port; without persistence unless its arguments say so."""

    folder: Path
    arguments: Sequence[str] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        persistence = [] if self.arguments else ["--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([*command, *persistence, *self.arguments], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        raise RuntimeError("redis-server does not come up")

    def ask(self, *words: str) -> None:
        """Give it a command."""
        import redis

        with redis.Redis(port=self.port) as client:
            client.execute_command(*words)

    def is_replica(self) -> bool:
        """Whether it follows another one and has all that one had."""
        import redis

        with redis.Redis(port=self.port) as client:
            told = client.info("replication")
        return bool(told["role"] == "slave" and told["master_link_status"] == "up")

    def kill(self) -> None:
        """`kill -9`, paused or not."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def pause(self) -> None:
        """Stop it in its tracks: connections stay open, nothing is answered."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@dataclass(slots=True)
class Wechat:
    """Delivers messages as WeChat does: a delivery that is not answered in time is repeated, `attempts` times in all.

    Half of the users write encrypted, unless it does not seal anything.
    """

    lines: Lines = field(default_factory=Lines)
    patience: float = 5.0
    pause: float = 0.2
    attempts: int = 3
    seals: bool = True
    latencies: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """Of answers that were no answers: 0 where there was not even a status."""
    late: set[asyncio.Task[None]] = field(default_factory=set)
    """Copies that are still to be delivered."""
    _ids: Iterator[int] = field(
        default_factory=lambda: itertools.count(24_000_000_000_000_000 + secrets.randbelow(10**9))
    )
    _plain: Sender = field(default_factory=lambda: Sender(TOKEN))
    _sealed: Sender = field(default_factory=lambda: Sender(TOKEN, MessageCipher(TOKEN, (AES_KEY,), APP_ID)))

    async def say(self, urls: Sequence[str], user: str, text: str, *, copies: int = 1) -> list[str]:
        """Deliver one message; all texts it was answered with.

        Each delivery goes to any of the addresses. Of several copies each is delivered (and repeated) for itself, at
        once: what a proxy does that retries.
        """
        message = self.text(user, text)
        answers = await asyncio.gather(*(self.deliver(urls, message) for _ in range(copies)))
        return [answer for answer in answers if answer is not None]

    def text(self, user: str, text: str) -> Message:
        """A text that was not sent before."""
        return text_message(text, user=user, account="gh_ledger", time=int(time.time()), id=str(next(self._ids)))

    async def deliver(self, urls: Sequence[str], message: Message, *, after: float = 0.0) -> str | None:
        """Deliver a message until it is answered; the text of the answer."""
        await asyncio.sleep(after)
        for attempt in range(self.attempts):
            if attempt:
                await asyncio.sleep(self.pause)
            began = time.perf_counter()
            body = await self.post(random.choice(urls), message)
            if body is None:
                continue
            self.latencies.append(time.perf_counter() - began)
            reply = self._sender(message).answer(body)
            return reply.text if isinstance(reply, TextReply) else None
        return None

    async def post(self, url: str, message: Message) -> bytes | None:
        """One delivery; the answer, if there is one in time."""
        delivery = self.signed(message)
        try:
            status, body = await self.lines.post(f"{url}?{urlencode(delivery.query)}", delivery.body, self.patience)
        except OSError:  # which a timeout is, too
            status, body = 0, b""
        if status == 200:
            return body
        self.statuses.append(status)
        return None

    def signed(self, message: Message) -> Delivery:
        """A message as it is posted, signed afresh."""
        return self._sender(message).delivery(
            message, timestamp=int(time.time()), nonce=secrets.token_hex(8), random=secrets.token_bytes(16)
        )

    def _sender(self, message: Message) -> Sender:
        return self._sealed if self.seals and sum(message.user.encode()) % 2 else self._plain

    async def write(
        self, judge: Judge, urls: Sequence[str], user: str, word: str, *, copies: int = 1, apart: float = 0.0
    ) -> Entry:
        """Send one entry and note what came of it; copies that come later are waited for by `settle`."""
        entry, message = judge.sent(user, word), self.text(user, f"记 {word}")

        async def copy(after: float) -> None:
            judge.heard(entry, await self.deliver(urls, message, after=after))

        late = [asyncio.create_task(copy(random.uniform(0, apart))) for _ in range(copies - 1)]
        await copy(0)
        if apart:
            self.late.update(late)
            for task in late:
                task.add_done_callback(self.late.discard)
        else:
            await asyncio.gather(*late)
        return entry

    async def settle(self) -> None:
        """Wait for all copies that come late."""
        while self.late:
            await asyncio.gather(*self.late)

    async def ask_finals(self, judge: Judge, urls: Sequence[str]) -> None:
        """Ask for every ledger; everybody must get an answer."""
        for user in judge.users:
            (answer,) = await self.say(urls, user, "全部")
            judge.heard_all(user, answer)


@asynccontextmanager
async def wechat(**options: float) -> AsyncIterator[Wechat]:
    """A client with as many connections as it needs. What was there before it, the garbage collector leaves alone."""
    client = Wechat(**options)  # type: ignore[arg-type]
    gc.freeze()
    thresholds = gc.get_threshold()
    gc.set_threshold(_SELDOM, *thresholds[1:])
    try:
        yield client
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
        client.lines.close()


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which that part of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


async def until(condition: Callable[[], bool], seconds: float) -> float:
    """Wait for what another process does, but not for ever; how many seconds it took."""
    began = time.monotonic()
    while not condition() and time.monotonic() - began < seconds:  # noqa: ASYNC110  nobody tells us
        await asyncio.sleep(0.01)
    return time.monotonic() - began


def size_of(files: Iterable[Path]) -> int:
    """Bytes of some files."""
    return sum(file.stat().st_size for file in files)
