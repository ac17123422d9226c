"""Commands that share a round trip to a Redis, and what each of them hears when it goes wrong."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
import redis
import redis.asyncio
from redis.exceptions import RedisError, ResponseError
from support.redis_server import REASON, is_installed, running_redis

from interpreter.stores.breaker import FAILURES, Breaker, CircuitOpen
from interpreter.stores.redis_client import RedisServer
from interpreter.stores.redis_pipelines import AT_ONCE, SOCKET_TIMEOUT, Pipelines, Pool, pack


class Rig:
    """Pipelines to a server of their own, patient unless told otherwise, and how many of them have set out."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.wait_for(60)
        self.set_out = 0
        self.refusals: list[BaseException] = []
        self.count(RedisError)
        with redis.Redis.from_url(url) as client:
            self.process = int(client.info("server")["process_id"])

    def count(self, *failures: type[BaseException]) -> None:
        """Leave the server alone for a while after several of such failures."""
        breaker = Breaker(failures, lambda: 0.0)  # a while never ends here
        self.pipelines = Pipelines(cast("Pool", self), breaker, self.refusals.append)

    def wait_for(self, seconds: float) -> None:
        once = redis.asyncio.retry.Retry(redis.backoff.NoBackoff(), 0)
        self.pool = redis.asyncio.ConnectionPool.from_url(self.url, socket_timeout=seconds, retry=once)

    async def get_connection(self) -> object:
        self.set_out += 1
        return await self.pool.get_connection()

    async def release(self, connection: redis.asyncio.Connection) -> None:
        await self.pool.release(connection)

    async def ask(self, *commands: tuple[str | int, ...]) -> list[object]:
        """What is answered to commands that are asked for in the same moment."""
        return await asyncio.gather(*(self.pipelines.ask(*command) for command in commands))

    async def ask_before_the_next(self, *command: str) -> asyncio.Future[object]:
        """Ask, and wait until the command has set out or waits for others."""
        answer = self.pipelines.ask(*command)
        for _ in range(9):
            await asyncio.sleep(0)
        return answer


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    if not is_installed():
        pytest.skip(REASON)
    with running_redis(tmp_path) as url:
        rig = Rig(url)
        yield rig
        os.kill(rig.process, signal.SIGCONT)
        await rig.pipelines.finish()
        await rig.pool.aclose()


async def test_commands_of_one_moment_share_a_round_trip_and_each_hears_its_own_answer(rig: Rig) -> None:
    assert await rig.ask(*(("ECHO", number) for number in range(100))) == [b"%d" % number for number in range(100)]
    assert rig.set_out == 1


async def test_one_that_is_refused_keeps_nobody_else_from_an_answer(rig: Rig) -> None:
    first, second, refused, third = await rig.ask(("SET", "a", "x"), ("GET", "a"), ("INCR", "a"), ("GET", "a"))
    assert (first, second, third) == (b"OK", b"x", b"x")
    assert isinstance(refused, ResponseError)
    assert rig.refusals == [refused]


async def test_commands_that_go_together_are_answered_together(rig: Rig) -> None:
    both = rig.pipelines.ask_together(("SET", "a", "x"), ("INCR", "a"), ("GET", "a"))
    done, refused, found = await both
    assert (done, found, await rig.ask(("ECHO", "1"))) == (b"OK", b"x", [b"1"])
    assert isinstance(refused, ResponseError)
    assert rig.refusals == [refused]


async def test_commands_that_go_together_fail_together(rig: Rig) -> None:
    die = ("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no")
    assert isinstance(await rig.pipelines.ask_together(("ECHO", "1"), die, ("ECHO", "2")), RedisError)
    assert isinstance(await rig.pipelines.ask_together(("ECHO", "1"), ("ECHO", "\ud800")), UnicodeError)


async def test_a_command_that_is_no_text_keeps_nobody_else_from_an_answer(rig: Rig) -> None:
    wrong, right = await rig.ask(("ECHO", "\ud800"), ("ECHO", "x"))
    assert isinstance(wrong, UnicodeError)
    assert right == b"x"


async def test_a_connection_that_dies_fails_those_on_their_way_that_are_not_answered(rig: Rig) -> None:
    die = ("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no")  # after this answer
    answers = await rig.ask(("ECHO", "1"), die, ("INCR", "n"), ("INCR", "n"))
    assert answers[:2] == [b"1", 1]
    assert all(isinstance(answer, RedisError) for answer in answers[2:])
    assert await rig.ask(("GET", "n")) == [None]
    assert rig.set_out == 2


async def test_whoever_waits_no_longer_harms_nobody_else(rig: Rig) -> None:
    sent, unsent = rig.pipelines.ask("BLPOP", "list", 30), rig.pipelines.ask("ECHO", "x")
    unsent.cancel()
    other = await rig.ask_before_the_next("LLEN", "list")
    assert rig.set_out == 1
    sent.cancel()
    assert await rig.ask(("RPUSH", "list", "x")) == [1]
    assert await other == 0
    assert await rig.ask(("ECHO", "after")) == [b"after"]


async def test_nothing_is_sent_when_nobody_waits_any_longer(rig: Rig) -> None:
    rig.pipelines.ask("ECHO", "1").cancel()
    await rig.pipelines.finish()
    assert rig.set_out == 0


async def test_several_pipelines_are_on_their_way_at_once(rig: Rig) -> None:
    slow = await rig.ask_before_the_next("BLPOP", "list", "30")
    assert await rig.ask(("RPUSH", "list", "x")) == [1]
    assert await slow == [b"list", b"x"]


async def test_those_who_wait_behind_a_silent_server_do_not_wait_anew(rig: Rig) -> None:
    rig.count()  # nothing, so that it is never left alone
    rig.wait_for(4 * SOCKET_TIMEOUT)
    os.kill(rig.process, signal.SIGSTOP)
    answers = [await rig.ask_before_the_next("ECHO", str(number)) for number in range(AT_ONCE + 5)]
    assert all(isinstance(answer, RedisError) for answer in await asyncio.gather(*answers))
    assert rig.set_out == AT_ONCE


async def test_who_has_just_come_is_not_failed_with_a_silent_connection(rig: Rig) -> None:
    rig.count()
    rig.wait_for(SOCKET_TIMEOUT)
    silent = await rig.ask_before_the_next("BLPOP", "nothing", "30")
    answers = []
    while not silent.done():
        answers.append(rig.pipelines.ask("ECHO", "x"))
        await asyncio.sleep(0)
    assert isinstance(await silent, RedisError)
    assert set(await asyncio.gather(*answers)) == {b"x"}


async def test_a_silent_pipeline_is_one_failure_however_many_commands_it_has(rig: Rig) -> None:
    rig.wait_for(SOCKET_TIMEOUT)
    os.kill(rig.process, signal.SIGSTOP)
    for _ in range(FAILURES):
        answers = await rig.ask(*(("ECHO", number) for number in range(10)))
        assert all(isinstance(answer, RedisError) for answer in answers)
    assert [type(answer) for answer in await rig.ask(("ECHO", 1), ("ECHO", 2))] == [CircuitOpen] * 2
    assert rig.set_out == FAILURES


async def test_all_that_was_asked_for_is_done_before_the_end(rig: Rig) -> None:
    answer = rig.pipelines.ask("ECHO", "x")
    await rig.pipelines.finish()
    assert answer.result() == b"x"


def test_a_loop_that_ends_leaves_nobody_waiting_and_the_next_one_is_served(redis_url: str) -> None:
    server = RedisServer(redis_url)
    assert server._pipelines is not None
    ask = server._pipelines.ask

    async def leave() -> asyncio.Future[object]:
        left = ask("BLPOP", "nothing", 60)
        await asyncio.sleep(0.01)
        return left

    async def stay() -> object:
        answer = await ask("ECHO", "x")
        await server.close()
        return answer

    assert asyncio.run(leave()).cancelled()
    assert asyncio.run(stay()) == b"x"


@pytest.mark.parametrize(
    "parts", [("PING",), ("ECHO", "安"), ("SET", b"\xff\r\n", -1, 0.5, ""), ("ECHO", "x" * 10_000)]
)
def test_commands_are_written_the_same_with_and_without_the_fast_library(parts: tuple[str, ...]) -> None:
    hiredis = pytest.importorskip("hiredis")
    assert pack(parts) == hiredis.pack_command(parts)


def test_a_command_is_written_with_the_lengths_of_its_parts() -> None:
    assert pack(("SET", "安", 12)) == b"*3\r\n$3\r\nSET\r\n$3\r\n\xe5\xae\x89\r\n$2\r\n12\r\n"
