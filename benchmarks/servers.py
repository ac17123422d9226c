"""Starting a server that is measured, and watching what it uses."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from redis_server import Redis, free_port, running_redis
from work import FALLBACK, PATH, Call, body_of, query_of

HERE = Path(__file__).parent
SERVER_CORE, CLIENT_CORE = 0, min(1, (os.cpu_count() or 1) - 1)
_START_SECONDS = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


class NotServed(SystemExit):
    """A server did not do what it is measured for. Where nobody minds it ends the benchmark."""


@dataclass(frozen=True)
class Contender:
    """A server of the benchmark: its name, how it is started, and what that needs."""

    name: str
    command: tuple[str, ...]
    """`{port}`, `{rules}`, `{bot}` and `{file}` are filled in, `{redis}` with the port of a Redis."""
    group: str = "peer"
    needs: tuple[str, ...] = ()
    """Programs, and paths below this folder."""

    @property
    def missing(self) -> str:
        """What it needs and is not here; mostly nothing."""
        lacking = (need for need in self.needs if not ((HERE / need).exists() if "/" in need else shutil.which(need)))
        return next(lacking, "")


@dataclass
class Running:
    """A server that answers."""

    pid: int
    port: int
    started_in: float
    """Seconds from the start of the process to its first right reply."""
    redis: Redis | None = None
    """Where it keeps its sessions, if there."""

    @property
    def resident(self) -> int:
        """Bytes of memory it holds, with its children."""
        return sum(_resident(pid) for pid in _family(self.pid))

    @property
    def processor_seconds(self) -> float:
        """Processor time it has used, with its children."""
        return sum(processor_seconds(pid) for pid in _family(self.pid))


def cache_beside(file: Path) -> Path:
    """Where our server keeps compiled bots while it is measured."""
    return file.parent / "cache"


@contextmanager
def running(
    contender: Contender, rules: int, bot: Path, file: Path, *, cores: frozenset[int] = frozenset({SERVER_CORE})
) -> Iterator[Running]:
    """Start it, wait for its first right reply, and stop it afterwards.

    A Redis that it needs runs beside the client, so that the server has its core to itself, or on the same cores as
    the server if that has several.
    """
    with ExitStack() as stack:
        redis = None
        if any("{redis}" in word for word in contender.command):
            redis = stack.enter_context(running_redis(cores if len(cores) > 1 else frozenset({CLIENT_CORE})))
        words = {"rules": str(rules), "bot": str(bot), "file": str(file), "redis": str(redis.port if redis else "")}
        port = free_port()
        began = time.perf_counter()
        process = subprocess.Popen(
            [word.format(port=port, **words) for word in contender.command],
            env={
                **os.environ,
                "WX_TOKEN": "benchmark",
                "PYTHONHASHSEED": "0",
                "PYTHONDONTWRITEBYTECODE": "",  # each side may keep its byte code
                "NODE_ENV": "production",
                "DIALOG_CACHE": str(cache_beside(file)),
            },
            cwd=HERE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),  # noqa: PLW1509
        )
        try:
            _await_reply(process, port)
            yield Running(process.pid, port, time.perf_counter() - began, redis)
        finally:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(15)
            process.kill()
            process.wait()


def _await_reply(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.perf_counter() + _START_SECONDS
    serial = 0
    while True:
        serial += 1
        call = Call(f"oFirst{serial}", "什么都不是", FALLBACK)
        now = str(int(time.time()))
        url = f"http://127.0.0.1:{port}{PATH}?{query_of(f'first{serial}', now)}"
        body = body_of(call, 9_000_000_000_000_000 + int(time.time() * 1000) + serial, int(now))
        request = urllib.request.Request(url, data=body, headers={"Content-Type": "text/xml"})
        try:
            with urllib.request.urlopen(request, timeout=_START_SECONDS) as answer:
                if answer.status == 200 and b"<Content>" in answer.read():
                    return
        except (urllib.error.URLError, OSError):
            pass
        if process.poll() is not None:
            raise NotServed(f"{' '.join(map(str, process.args))} ended with {process.returncode}")
        if time.perf_counter() > deadline:
            raise NotServed(f"{' '.join(map(str, process.args))} did not answer in {_START_SECONDS} s")
        time.sleep(0.005)


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{parent}/task").iterdir():
                found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _resident(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


def processor_seconds(pid: int) -> float:
    """Processor time a process has used."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0
