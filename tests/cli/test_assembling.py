from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from fakes.platform import APP_ID, APP_SECRET, Platform, playing
from fakes.platform_delivery import deliver
from support.bots import compile_text

from interpreter.cli.assembling import Workshop, assemble, is_shared_store, open_store, shared_part
from interpreter.cli.bot_files import file_in
from interpreter.cli.loading import load
from interpreter.machine.replies import NewsReply, TextReply
from interpreter.machine.simulation import text_message
from interpreter.program.tables import Program
from interpreter.runtime.clock import SystemClock
from interpreter.runtime.http_service import HttpService
from interpreter.server.app import make_app
from interpreter.server.endpoint import ServedBot
from interpreter.server.environment import Environment
from interpreter.server.errors import SettingsError
from interpreter.server.settings import WrittenAccount, account_settings
from interpreter.stores.memory import MemoryStore
from interpreter.wechat.api.errors import CallRefused
from interpreter.wechat.deliveries import Sender


@pytest.fixture(scope="module")
def program() -> Program:
    compiled = compile_text("dialog: 1\nname: demo\nrules:\n  hi: hello\n").program
    assert compiled is not None
    return compiled


async def test_a_bot_is_put_together_from_its_account(program: Program) -> None:
    clock = SystemClock()
    workshop = Workshop(MemoryStore(), HttpService(clock), clock, "en", 60)
    written = WrittenAccount("demo", None, {"token": "new1,old1", "path": "/x"}, {})
    bot = assemble(program, account_settings(written, Environment({}), is_alone=True), workshop)
    assert (bot.name, bot.path, bot.credentials.tokens, bot.window) == ("demo", "/x", ("new1", "old1"), 60)
    assert bot.shared is None
    assert workshop.performers == []
    await workshop.close()


async def test_an_account_with_what_it_takes_calls_wechats_api(program: Program, tmp_path: Path) -> None:
    clock = SystemClock()
    workshop = Workshop(MemoryStore(), HttpService(clock), clock, "en", None)
    written = WrittenAccount("demo", None, {"token": "abc", "app_id": "wx1", "app_secret": "s"}, {}, is_verified=True)
    assemble(program, account_settings(written, Environment({}), is_alone=True), workshop, tmp_path)
    assert len(workshop.performers) == 1
    assert workshop.programs == {"demo": program}
    await workshop.close()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("memory", False),
        ("sqlite:a.db", False),
        ("redis://localhost", True),
        ("redis+sentinel://a,b/x", True),
        ("redis:localhost", False),
        ("unix:///run/redis.sock", True),
    ],
)
def test_which_stores_can_be_shared(written: str, expected: bool) -> None:
    assert is_shared_store(written) is expected


async def test_only_redis_is_asked_what_other_processes_know(tmp_path: Path) -> None:
    assert shared_part(open_store("memory")) is None
    file = open_store(f"sqlite:{tmp_path}/a.db")
    assert shared_part(file) is None
    await file.close()
    pytest.importorskip("redis")
    redis = open_store("redis://localhost")
    assert shared_part(redis) is redis
    await redis.close()


@pytest.mark.parametrize("written", ["", "memory:x", "sqlite:", "redis:x", "mysql://x"])
def test_a_store_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(SettingsError, match="expected memory, sqlite:FILE or redis://HOST"):
        open_store(written)


@pytest.mark.parametrize(("rule", "is_told"), [("hi: hello", False), ("hi: {do: [{send: hello}]}", True)])
async def test_a_bot_that_needs_the_api_and_has_none_says_so_at_the_start(
    rule: str, is_told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    program = compile_text(f"dialog: 1\nname: demo\nrules: {{{rule}}}\n").program
    assert program is not None
    clock = SystemClock()
    workshop = Workshop(MemoryStore(), HttpService(clock), clock, "en", 60)
    account = account_settings(WrittenAccount("demo", None, {}, {}), Environment({}), is_alone=True)
    assemble(program, account, workshop)
    assert ("the account has no app_id and app_secret" in caplog.text) is is_told
    await workshop.close()


async def test_only_files_of_its_folder_are_sent_whatever_is_put_in_their_place(tmp_path: Path) -> None:
    folder = tmp_path / "bot"
    folder.mkdir()
    (folder / "cat.jpg").write_bytes(b"a cat")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    assert file_in(folder, "cat.jpg") == folder / "cat.jpg"
    (folder / "inner.jpg").symlink_to("cat.jpg")
    assert file_in(folder, "inner.jpg") == folder / "cat.jpg"
    (folder / "outer.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "up").symlink_to("..")
    for name in ("outer.jpg", "up/secret.jpg", "../secret.jpg", str(tmp_path / "secret.jpg"), "a\0b"):
        assert file_in(folder, name) is None


async def test_a_file_that_became_a_link_out_of_the_folder_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "cat.jpg").write_bytes(b"a cat")
    text = "dialog: 1\nname: demo\nmedia: {cat: cat.jpg}\nrules: {hi: {reply: {image: cat}}}\n"
    (tmp_path / "bot.yaml").write_text(text)
    program = load(tmp_path / "bot.yaml").program
    assert program is not None
    clock = SystemClock()
    workshop = Workshop(MemoryStore(), HttpService(clock), clock, "en", None)
    written = WrittenAccount("demo", None, {"token": "abc", "app_id": "wx1", "app_secret": "s"}, {}, is_verified=True)
    assemble(program, account_settings(written, Environment({}), is_alone=True), workshop, tmp_path)
    (tmp_path / "cat.jpg").unlink()
    (tmp_path / "cat.jpg").symlink_to("/etc/passwd")
    for name in program.media:
        with pytest.raises(CallRefused, match="there is no file called"):
            await workshop.performers[0].media_id(name, "image")
    assert program.media
    await workshop.close()


PUSHY = """
dialog: 1
name: pushy
account: {kind: service, verified: true}
vars:
  said: text = ""
rules:
  go:
    do:
      - each: n in range(0, 6)
        do:
          - api: customer_message.text
            with: {touser: user.id, text.content: text(n)}
            failed: {set: said = error.kind + " " + text(error.code)}
      - reply: $(said)
  show:
    do:
      - each: n in range(0, 7)
        do: [{reply: {news: {title: $(n), url: https://example.com}}}]
"""


@asynccontextmanager
async def served(
    platform: Platform, **setting: str
) -> AsyncIterator[tuple[ServedBot, Callable[[str], Awaitable[object]]]]:
    """The bot, served, and what a user of it gets who says something."""
    clock, program = SystemClock(), compile_text(PUSHY).program
    assert program is not None
    environment = Environment({"WX_API_URL": platform.origin, **setting})
    workshop = Workshop(MemoryStore(), HttpService(clock), clock, "en", 300, environment=environment)
    settings = {"token": "token123", "app_id": APP_ID, "app_secret": APP_SECRET}
    written = WrittenAccount("pushy", None, settings, {}, is_verified=True)
    bot = assemble(program, account_settings(written, environment, is_alone=True), workshop)
    ids = itertools.count(1)
    async with TestClient(TestServer(make_app([bot], stores=[workshop.store], clock=clock))) as client:

        async def say(text: str) -> object:
            now = int(clock.now().timestamp())
            message = text_message(text, user="o1", account="gh", time=now, id=str(next(ids)))
            return await deliver(platform, Sender("token123"), str(client.make_url(bot.path)), message)

        yield bot, say
    await workshop.close()


@pytest.mark.parametrize(
    ("setting", "said", "calls"), [({}, "refused 45047", 5), ({"WX_WINDOWS": "off"}, "api 45047", 6)]
)
async def test_a_served_bot_counts_what_a_users_message_allows(setting: dict[str, str], said: str, calls: int) -> None:
    async with playing(Platform()) as platform, served(platform, **setting) as (_, say):
        assert await say("go") == TextReply(said)
    assert [message["text"] for message in platform.sent] == [{"content": str(number)} for number in range(5)]
    assert platform.paths() == ["/cgi-bin/message/custom/send"] * calls


async def test_a_reply_beyond_what_is_allowed_comes_with_the_next_answer() -> None:
    async with playing(Platform()) as platform, served(platform) as (bot, say):
        assert _titles(await say("show")) == ["0"]
        while bot.engine.unsent:  # noqa: ASYNC110 - there is nothing else to wait for
            await asyncio.sleep(0)
        assert len(platform.sent) == len(platform.paths()) == 5
        assert _titles(await say("hm")) == ["6"]


def _titles(seen: object) -> list[str]:
    assert isinstance(seen, NewsReply)
    return [article.title for article in seen.articles]
