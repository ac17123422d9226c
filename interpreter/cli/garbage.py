"""Keeping the garbage collector out of the way."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = 10_000
"""How many objects more are there before the youngest are looked at; usually 700."""


@contextmanager
def paused_collector() -> Iterator[None]:
    """Building many small objects that all stay: the garbage collector would only get in the way.

    In the end they are put with the oldest at once. As new ones they would all be looked through, for as long as it
    took to read them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if gc.get_freeze_count() == 0:
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def spare_what_stays() -> None:
    """Let the garbage collector never look again at what is there now: a bot that is served stays for long.

    What is made later is looked at more rarely than usual: turns leave next to nothing behind that refers to itself,
    and every look keeps all users waiting. What was spared before and is not used any more is let go.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_SELDOM, 20, 50)
