"""A real Redis server for tests, on a socket of its own; it keeps nothing."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENT = "?socket_timeout=60&socket_connect_timeout=60"
"""Behind an address: a slow machine is no failure of its Redis."""
REASON = "redis-server is not installed: apt-get install redis-server, and the tests of the Redis store run too"


def is_installed() -> bool:
    return shutil.which("redis-server") is not None


@contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """The address of a server that stops at the end."""
    path = folder / "redis.sock"
    command = ["redis-server", "--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen([*command, "--dir", str(folder)], stdout=subprocess.DEVNULL)
    try:
        _wait_until_it_answers(path, server)
        yield f"unix://{path}"
    finally:
        server.kill()
        server.wait()


def _wait_until_it_answers(path: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
            except OSError:
                time.sleep(0.01)
                continue
            return
    raise RuntimeError("redis-server does not come up")
