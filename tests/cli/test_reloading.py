"""Bots that are taken anew while they are talked to."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from support.served import TOKEN, message, signed

from interpreter.cli.assembling import Workshop, assemble
from interpreter.cli.changes import Changes
from interpreter.cli.loading import load
from interpreter.cli.reloading import Reloader, Reread, obstacle_to
from interpreter.runtime.clock import SystemClock
from interpreter.runtime.engine import Engine
from interpreter.runtime.http_service import HttpService
from interpreter.server.app import make_app
from interpreter.server.environment import Environment
from interpreter.server.settings import WrittenAccount, account_settings
from interpreter.stores.memory import MemoryStore
from interpreter.wechat.xml import read_xml


def bot(version: int) -> str:
    return f"dialog: 1\nname: demo\nversion: v{version}\nrules:\n  hi: $(bot.version) v{version}\n"


def read(path: Path) -> Reread:
    loaded = load(path)
    return Reread(path, loaded.program, loaded.diagnostics, loaded.bot.sources if loaded.bot else ())


class Talk:
    """A served bot, the file it is read from, and who takes it anew."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bot.yaml"
        self.path.write_text(bot(0), encoding="utf-8")
        self.read: Callable[[str], Reread] = lambda _: read(self.path)
        self.reloader: Reloader
        self.engine: Engine
        self.changes = Changes()
        self._client: TestClient  # type: ignore[type-arg]
        self._ids = itertools.count()

    async def start(self) -> None:
        program = load(self.path).program
        assert program is not None
        clock = SystemClock()
        written = WrittenAccount("demo", None, {"token": TOKEN}, {})
        account = account_settings(written, Environment({}), is_alone=True)
        served = assemble(program, account, Workshop(MemoryStore(), HttpService(clock), clock, "en", 300))
        self.engine = served.engine
        self._client = TestClient(TestServer(make_app([served])))
        await self._client.start_server()
        self.reloader = Reloader({"demo": served.engine}, self._read, "en", changes=self.changes)

    def _read(self, name: str) -> Reread:
        return self.read(name)

    async def hi(self) -> str:
        body = message("hi", str(next(self._ids)))
        response = await self._client.post(f"/demo?{signed()}", data=body, headers={"Content-Type": "text/xml"})
        assert response.status == 200
        return str(read_xml(await response.read())["Content"])

    async def close(self) -> None:
        await self.reloader.stop()
        await self._client.close()


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    opened = Talk(tmp_path)
    await opened.start()
    yield opened
    await opened.close()


def broken(talk: Talk, number: int) -> None:
    """Break the file in one of the ways in which files are broken."""
    good = bot(1_000 + number)
    match number % 7:
        case 0:
            talk.path.write_text(good + "  x: {wait: nowhere}\n", encoding="utf-8")
        case 1:
            talk.path.write_text(good + "  half: [a,", encoding="utf-8")
        case 2:
            talk.path.write_text(good + "imports: [missing.yaml]\n", encoding="utf-8")
        case 3:
            talk.path.unlink()
        case 4:
            talk.path.write_bytes(b"\xff\xfe\x00")
        case 5:
            talk.path.write_text("", encoding="utf-8")
        case _:
            talk.path.write_text(good.replace("rules", "rulse"), encoding="utf-8")


async def test_a_hundred_versions_of_which_seventy_are_broken_disturb_nobody(talk: Talk) -> None:
    answers: list[str] = []

    async def keep_talking() -> None:
        while True:
            answers.append(await talk.hi())

    talking = [asyncio.create_task(keep_talking()) for _ in range(4)]
    last = 0
    for number in range(1, 101):
        if number % 10 < 3:
            talk.path.write_text(bot(number), encoding="utf-8")
            last = number
            assert await talk.reloader.reload("demo")
        else:
            broken(talk, number)
            assert not await talk.reloader.reload("demo")
        assert talk.engine.version.version == f"v{last}"
        while len(answers) <= number:  # noqa: ASYNC110  they talk on meanwhile
            await asyncio.sleep(0.001)
    assert await talk.hi() == f"v{last} v{last}"
    for task in talking:
        assert not task.done() or task.exception() is None
        task.cancel()
    await asyncio.gather(*talking, return_exceptions=True)
    halves = [answer.split() for answer in answers]
    assert all(first == second for first, second in halves)
    assert {int(first[1:]) % 10 for first, _ in halves} <= {0, 1, 2}


async def test_a_reader_that_fails_leaves_the_running_version(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: str) -> Reread:
        raise OSError("gone")

    talk.read = fail
    assert not await talk.reloader.reload("demo")
    assert "reading it again failed; the running version stays" in caplog.text
    assert await talk.hi() == "v0 v0"


async def test_a_link_to_itself_is_a_file_that_cannot_be_read(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    talk.path.unlink()
    talk.path.symlink_to(talk.path.name)
    assert not await talk.reloader.reload("demo")
    assert "has errors; the running version stays" in caplog.text
    assert "Traceback" not in caplog.text
    assert await talk.hi() == "v0 v0"


async def test_a_change_that_comes_while_a_file_is_read_is_seen_later(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interpreter.cli.reloading._LOOK_SECONDS", 0.01)
    taken = asyncio.Queue[str]()
    renew = talk.engine.renew
    monkeypatch.setattr(talk.engine, "renew", lambda version: (renew(version), taken.put_nowait(version.version)))
    late = bot(222)

    def slow(_: str) -> Reread:
        again = read(talk.path)
        if late not in talk.path.read_text(encoding="utf-8") and "v11" in talk.path.read_text(encoding="utf-8"):
            talk.path.write_text(late, encoding="utf-8")
        return again

    talk.reloader.start(watch=True)
    while not talk.changes.knows("demo"):  # noqa: ASYNC110  nobody tells us
        await asyncio.sleep(0.001)
    talk.read = slow
    talk.path.write_text(bot(11), encoding="utf-8")
    versions = [""]
    while versions[-1] != "v222":
        versions.append(await asyncio.wait_for(taken.get(), 60))
    assert versions[-2] == "v11"


def account(bot: str = "shop", name: str | None = None, **settings: str) -> WrittenAccount:
    return WrittenAccount(bot, name, settings, {})


@pytest.mark.parametrize(
    ("served", "again", "en", "zh"),
    [
        ([account()], [account("inn")], "is called inn now", "改名为 inn"),
        ([account()], [account(name="a")], "accounts are shop-a now, and shop is", "账号变为 shop-a"),
        (
            [account(name="a"), account(name="b")],
            [account(name="a")],
            "shop-a, shop-b is served",
            "运行中的是 shop-a, shop-b",
        ),
        ([account(path="/a")], [account(path="/b")], "another path is given for shop", "shop 的路径已更改"),
        ([account(path="/a")], [account()], "another path", "路径已更改"),
    ],
)
def test_what_would_orphan_conversations_or_move_the_address_needs_a_restart(
    served: list[WrittenAccount], again: list[WrittenAccount], en: str, zh: str
) -> None:
    obstacle = obstacle_to(served, again)
    assert obstacle is not None
    assert en in obstacle.en
    assert zh in obstacle.zh
    assert obstacle_to(served, served) is None
    assert obstacle_to([account(token="old")], [account(token="new")]) is None


async def test_what_needs_a_restart_is_refused_with_the_reason(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    talk.read = lambda _: Reread(talk.path, None, (), (), obstacle_to([account()], [account("inn")]))
    assert not await talk.reloader.reload("demo")
    assert "needs a restart: the bot is called inn now, and is served as shop; the running version stays" in caplog.text
    assert await talk.hi() == "v0 v0"
