from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from fakes.clock import FakeClock
from support.disks import fill, small_disk
from support.served import TOKEN, Server, running, until

from interpreter.server.readiness import Readiness
from interpreter.stores.protocol import StoreUnavailable


class Store:
    """Answers, fails or hangs, as it is told."""

    def __init__(self) -> None:
        self.asked = 0
        self.error: Exception | None = None
        self.hangs = False

    async def ping(self) -> None:
        self.asked += 1
        if self.error is not None:
            raise self.error
        if self.hangs:
            await asyncio.Event().wait()


async def test_a_store_is_asked_once_a_second() -> None:
    clock, store = FakeClock(), Store()
    readiness = Readiness([store], clock)
    assert await asyncio.gather(*(readiness.lack() for _ in range(10))) == [None] * 10
    assert store.asked == 1
    clock.move(1)
    await readiness.lack()
    assert store.asked == 2


async def test_a_store_that_fails_is_asked_again_soon() -> None:
    clock, store = FakeClock(), Store()
    readiness = Readiness([store], clock)
    store.error = StoreUnavailable("gone")
    assert [await readiness.lack() is None for _ in range(2)] == [False, False]
    assert store.asked == 1
    store.error = None
    clock.move(0.25)
    assert await readiness.lack() is None


async def test_why_it_is_not_ready_names_no_secret_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    clock, store = FakeClock(), Store()
    readiness = Readiness([store], clock)
    store.error = StoreUnavailable("redis://:password@host does not answer")
    for _ in range(3):
        lack = await readiness.lack()
        assert lack is not None
        assert lack.en == "the store cannot be read or written; the log says why"
        clock.move(1)
    assert len(caplog.records) == 1
    store.error = None
    assert await readiness.lack() is None


async def test_why_it_is_not_ready_is_logged_though_the_store_was_silent_before(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, store = FakeClock(), Store()
    readiness = Readiness([store], clock)
    store.hangs = True
    assert await readiness.lack() is not None
    store.error = StoreUnavailable("gone")
    clock.move(1)
    assert await readiness.lack() is not None
    assert caplog.messages == ["not ready: the session store does not answer: gone"]


async def test_a_store_that_hangs_is_given_half_a_second() -> None:
    store = Store()
    store.hangs = True
    lack = await Readiness([store], FakeClock()).lack()
    assert lack is not None
    assert "0.5" in lack.zh


async def test_once_the_end_was_asked_for_there_is_little_time_left() -> None:
    clock = FakeClock()
    readiness = Readiness([], clock)
    assert readiness.seconds_left == float("inf")
    readiness.drain()
    clock.move(2)
    readiness.drain()
    assert readiness.seconds_left == 3.5
    lack = await readiness.lack()
    assert lack is not None
    assert lack.en == "the server is about to end"
    clock.move(20)
    assert readiness.seconds_left == 0


def test_a_server_is_not_ready_while_its_disk_is_full(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk") as disk,
        running(tmp_path, f"--store=sqlite:{disk}/dialog.db", WX_TOKEN=TOKEN) as server,
    ):
        assert until(lambda: server.get("/readyz") == (200, b"ok\n"))
        filling = fill(disk)
        assert until(lambda: says_why(server))
        assert server.get("/readyz")[0] == 503
        filling.unlink()
        assert until(lambda: server.get("/readyz")[0] == 200)
        assert server.say("hi", "1") == "1"
        assert until(lambda: "by=rules.hi" in server.log)
        said = [line for line in server.log.splitlines() if "not ready: " in line]
        assert said
        assert all("database or disk is full" in line for line in said)


def says_why(server: Server) -> bool:
    status, said = server.get("/readyz")
    return status == 503 and b"cannot be read or written; the log says why" in said
