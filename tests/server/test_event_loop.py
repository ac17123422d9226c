from __future__ import annotations

import asyncio
import sys

import pytest

from interpreter.server.event_loop import fast_loop, loop_name


def test_uvloop_is_taken_where_it_is() -> None:
    pytest.importorskip("uvloop")
    make = fast_loop()
    assert loop_name() == "uvloop"
    assert make is not None
    with asyncio.Runner(loop_factory=make) as runner:
        assert type(runner.get_loop()).__module__.startswith("uvloop")


def test_without_it_the_usual_loop_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert loop_name() == "asyncio"
    assert fast_loop() is None
