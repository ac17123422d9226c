"""A Redis of its own for those who keep their sessions in one, begun without anything in it."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_START_SECONDS = 10.0


@dataclass(frozen=True)
class Redis:
    """One that answers."""

    pid: int
    port: int


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def running_redis(cores: frozenset[int]) -> Iterator[Redis]:
    """One on some cores that writes what it is told into a log, flushed to the disk each second."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            ["redis-server", "--port", str(port), "--dir", folder, "--save", "", "--appendonly", "yes"],
            stdout=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),  # noqa: PLW1509
        )
        try:
            _await_pong(port, process, Path(folder))
            yield Redis(process.pid, port)
        finally:
            process.kill()
            process.wait()


def _await_pong(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                probe.sendall(b"PING\r\n")
                if probe.recv(16).startswith(b"+PONG") and (folder / "appendonlydir").is_dir():
                    return
        except OSError:
            pass
        time.sleep(0.01)
    raise RuntimeError("redis-server does not come up")
