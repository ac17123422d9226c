"""Ports for servers that must have the same one again, or be told of it before they start.

A port that the system gives away (port 0) may be given to somebody else before it is used, or while the server that
has it is down. These lie below all that systems give away, and no two processes of a test run take the same.
"""

from __future__ import annotations

import itertools
import os
import socket

_FIRST, _EACH, _SHARES = 12_000, 500, 36
"""Up to 29,999: Linux gives away those from 32,768 on, others those from 49,152 on."""
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_steps = itertools.count(os.getpid() % _EACH)


def free_port() -> int:
    """A port nobody listens on, nor will."""
    for step in itertools.islice(_steps, _EACH):
        port = _FIRST + _WORKER % _SHARES * _EACH + step % _EACH
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
