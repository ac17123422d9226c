"""`dialog-doctor` with real bots, behind web servers that spoil what they are given."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from fakes.certificates import Authority
from fakes.house import TOKEN, House
from fakes.proxies import Proxy

from interpreter.cli.doctor import doctor
from interpreter.cli.doctor_visits import World
from interpreter.server.diagnosis.address import read_address
from interpreter.server.diagnosis.answers import Unanswered
from interpreter.server.diagnosis.platform import Verdict
from interpreter.wechat.crypto import MessageCipher

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID, SECRET = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef"
BOT = """
dialog: 1
name: demo
account:
  path: /wechat
  token: $(env.TOKEN)
  app_id: $(env.APP_ID)
  app_secret: $(env.SECRET)
  aes_key: $(env.KEY)
  encryption: {encryption}
rules:
  hi: hello
"""
TWO = """
dialog: 1
name: demo
accounts:
  a: {token: $(env.TOKEN), path: /wechat}
  b: {token: $(env.OTHER), path: /other}
rules: {hi: hello}
"""
PLAIN = {"TOKEN": TOKEN, "PORT": "0", "DIALOG_STORE": "memory"}
SAFE = {**PLAIN, "APP_ID": APP_ID, "KEY": KEY}


class FakePlatform:
    """Says one thing, and remembers who asked."""

    def __init__(self, verdict: Verdict | Unanswered) -> None:
        self.verdict = verdict
        self.asked: list[tuple[str, str, bool]] = []

    async def ask(self, app_id: str, app_secret: str, *, pushes: bool) -> Verdict | Unanswered:
        self.asked.append((app_id, app_secret, pushes))
        return self.verdict


class Outcome:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def codes(self) -> dict[str, str]:
        """The codes that were found, with their levels."""
        return {item["code"]: item["level"] for item in json.loads(self.out)["findings"]}


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    path = tmp_path / "bot.yaml"
    path.write_text(BOT.format(encryption="plain"), encoding="utf-8")
    return path


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def call(
        *argv: object, environ: Mapping[str, str] = PLAIN, language: str = "en", world: World | None = None
    ) -> Outcome:
        words = [str(word) for word in argv]
        try:
            code = doctor(words, language, environ, world or World(None, None, seconds=60.0))
        except SystemExit as left:
            code = int(left.code or 0)
        return Outcome(code, *capsys.readouterr())

    return call


@pytest.fixture(params=["plain", "safe"])
def mode(request: pytest.FixtureRequest, bot: Path) -> str:
    """How the bot's messages come."""
    bot.write_text(BOT.format(encryption=request.param), encoding="utf-8")
    return str(request.param)


@pytest.fixture
async def house(mode: str) -> AsyncIterator[House]:
    safe = mode == "safe"
    opened = House(window=None, cipher=MessageCipher(TOKEN, (KEY,), APP_ID) if safe else None, must_encrypt=safe)
    await opened.start()
    yield opened
    opened.performer.release.set()
    await opened.client.close()


def environ_of(house: House) -> Mapping[str, str]:
    return SAFE if house.bot.must_encrypt else PLAIN


async def visit(ask, house: House, bot: Path, spoil: str, **environ: str) -> Outcome:  # type: ignore[no-untyped-def]
    proxy = Proxy(str(house.client.make_url("/")), spoil)
    url = await proxy.start()
    try:
        every = {**environ_of(house), **environ}
        world = World(None, None, seconds=1.0 if spoil == "is silent" else 60.0)
        return await asyncio.to_thread(ask, bot, "--url", url, "--format", "json", environ=every, world=world)  # type: ignore[no-any-return]
    finally:
        await proxy.close()


LOCAL = {"url-port", "url-local", "url-http"}
"""What there is to say about any address of a test."""


async def test_a_bot_behind_a_faithful_server_is_fine(ask, house: House, bot: Path) -> None:  # type: ignore[no-untyped-def]
    codes = (await visit(ask, house, bot, "nothing")).codes
    assert {
        "url-verifies": "fine",
        "url-refuses": "fine",
        "delivery-fine": "fine",
        "clock-fine": "fine",
    }.items() <= codes.items()
    assert {code for code, level in codes.items() if level == "problem"} <= LOCAL


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ("loses the query", "url-query-lost"),
        ("loses the query of posts", "delivery-refused"),
        ("redirects to a slash", "url-slash"),
        ("knows only a slash", "url-slash"),
        ("redirects to a login", "url-redirects"),
        ("compresses", "url-compressed"),
        ("adds a byte-order mark", "url-bom"),
        ("adds a line break", "url-space"),
        ("makes JSON", "url-quoted"),
        ("injects a script", "url-wrapped"),
        ("cuts bodies", "delivery-body"),
        ("drops bodies", "delivery-body"),
        ("is a start page", "url-page"),
        ("has a page for posts", "delivery-page"),
        ("takes no posts", "url-method"),
        ("limits bodies", "url-body-limit"),
        ("wants a password", "url-password"),
        ("reaches no bot", "url-no-bot"),
        ("is a firewall", "url-forbidden"),
        ("is silent", "url-timeout"),
        ("hangs up", "url-reset"),
        ("lives in the past", "clock-off"),
        ("answers everybody", "url-unsigned"),
    ],
)
async def test_what_a_server_spoils_is_named(ask, house: House, bot: Path, spoil: str, code: str) -> None:  # type: ignore[no-untyped-def]
    outcome = await visit(ask, house, bot, spoil)
    assert outcome.code == 1
    assert outcome.codes.get(code) == "problem", outcome.codes


async def test_a_message_whose_characters_were_rewritten_is_not_read(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    house = House(window=None)
    await house.start()
    outcome = await visit(ask, house, bot, "rewrites characters")
    await house.client.close()
    assert outcome.codes["delivery-body"] == "problem"


async def test_another_token_is_named(ask, house: House, bot: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = await visit(ask, house, bot, "nothing", TOKEN="other123")
    assert outcome.codes["url-token"] == "problem"
    assert "delivery-fine" not in outcome.codes


async def test_a_message_in_clear_to_a_bot_that_wants_encryption_is_named(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    house = House(window=None, cipher=MessageCipher(TOKEN, (KEY,), APP_ID), must_encrypt=True)
    await house.start()
    proxy = Proxy(str(house.client.make_url("/")), "nothing")
    url = await proxy.start()
    outcome = await asyncio.to_thread(ask, bot, "--url", url, "--format", "json")
    await proxy.close()
    await house.client.close()
    assert outcome.codes["delivery-refused"] == "problem"


def test_an_address_nobody_listens_at_is_refused(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    assert "url-refused" in ask(bot, "--url", "http://127.0.0.1:9/wechat", "--format", "json").codes


def test_a_name_nobody_knows_is_named(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    assert "url-dns" in ask(bot, "--url", "https://bot.invalid/wechat", "--format", "json").codes


async def test_a_port_with_a_bot_is_told_from_a_port_with_something_else(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    house = House()
    await house.start()
    proxy = Proxy("http://127.0.0.1:9", "is a start page")
    other = read_address(await proxy.start())
    assert other is not None
    bots, taken = [
        await asyncio.to_thread(ask, bot, "--offline", "--format", "json", environ={**PLAIN, "PORT": str(port)})
        for port in (house.client.port, other.port)
    ]
    await proxy.close()
    await house.client.close()
    assert bots.codes["port-bot"] == "fine"
    assert taken.codes["port-taken"] == "problem"


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        ({"days": 10}, {"url-certificate-ends": "warning", "url-verifies": "fine"}),
        ({"days": -0.1}, {"url-tls-expired": "problem"}),
        ({"days": 90}, {"url-verifies": "fine", "delivery-fine": "fine"}),
    ],
)
async def test_a_certificate_is_looked_at(  # type: ignore[no-untyped-def]
    ask, bot: Path, tmp_path: Path, settings: dict[str, float], codes: dict[str, str]
) -> None:
    house, authority = House(window=None), Authority(tmp_path)
    await house.start()
    proxy = Proxy(str(house.client.make_url("/")), "nothing")
    url = await proxy.start(authority.server(**settings))  # type: ignore[arg-type]
    world = World(None, None, authority.trusted)
    outcome = await asyncio.to_thread(ask, bot, "--url", url, "--format", "json", world=world)
    await proxy.close()
    await house.client.close()
    assert codes.items() <= outcome.codes.items(), outcome.codes


def test_a_clock_nobody_compares_is_left_alone(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    assert ask(bot, "--format", "json", world=World(None, "http://127.0.0.1:9/")).codes["clock-skipped"] == "skipped"


async def test_at_the_root_there_is_no_other_slash(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    proxy = Proxy("http://127.0.0.1:9", "redirects to a login")
    url = (await proxy.start()).removesuffix("wechat")
    outcome = await asyncio.to_thread(ask, bot, "--url", url, "--format", "json")
    await proxy.close()
    assert outcome.codes["url-redirects"] == "problem"


def test_of_several_accounts_the_path_chooses(ask, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "bot.yaml"
    path.write_text(TWO)
    environ = {"TOKEN": TOKEN, "OTHER": "other123", "PORT": "0", "DIALOG_STORE": "memory"}
    asked = ask(path, "--url", "http://127.0.0.1:9/other", "--format", "json", environ=environ)
    assert "url-refused" in asked.codes
    behind = ask(path, "--url", "http://127.0.0.1:9/bots/other/", environ=environ)
    assert "enter http://127.0.0.1:9/other, unless your web server changes paths" in behind.out
    assert "[url-refused]" in behind.out
    lost = ask(path, "--url", "http://127.0.0.1:9/third", "--format", "json", environ=environ)
    assert {"url-path": "warning", "url-skipped": "skipped"}.items() <= lost.codes.items()


async def test_of_several_bots_behind_a_prefix_the_end_of_the_path_chooses(ask, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "bot.yaml"
    path.write_text(TWO)
    environ = {"TOKEN": TOKEN, "OTHER": "other123", "PORT": "0", "DIALOG_STORE": "memory"}
    house = House(window=None)
    await house.start()
    proxy = Proxy(str(house.client.make_url("/")), "takes a prefix away")
    url = (await proxy.start()).replace("/wechat", "/bots/wechat")
    outcome = await asyncio.to_thread(ask, path, "--url", url, "--format", "json", environ=environ)
    await proxy.close()
    await house.client.close()
    assert {"url-verifies": "fine", "delivery-fine": "fine", "url-path": "warning"}.items() <= outcome.codes.items()


async def test_a_visit_leaves_no_alarm_in_the_bots_log(  # type: ignore[no-untyped-def]
    ask, house: House, bot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert (await visit(ask, house, bot, "nothing")).codes["url-verifies"] == "fine"
    told = [record for record in caplog.records if record.name == "interpreter.server"]
    assert ["with a wrong token, to see that it is refused" in record.getMessage() for record in told] == [True]
    assert told[0].levelname == "INFO"


@pytest.mark.parametrize(
    ("given", "lacks"),
    [({}, "app_id and app_secret"), ({"APP_ID": APP_ID}, "app_secret"), ({"SECRET": SECRET}, "app_id")],
)
def test_what_is_missing_to_ask_wechats_api_is_named(ask, bot: Path, given: Mapping[str, str], lacks: str) -> None:  # type: ignore[no-untyped-def]
    outcome = ask(bot, environ={**PLAIN, **given}, world=World(FakePlatform(Verdict()), None))
    assert f"demo has no {lacks}: WeChat's API was not asked" in outcome.out


def test_findings_in_clear_words(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = ask(bot, "--offline", environ={"PORT": "0", "DIALOG_STORE": "memory"})
    assert outcome.code == 1
    assert "problem  demo has no token" in outcome.out
    assert "\n         → set TOKEN to 3 to 32 letters and digits" in outcome.out
    assert outcome.out.endswith("1 problem, 2 warnings\n") or "computer-" in outcome.out


def test_findings_in_chinese_and_in_colour(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = ask(bot, "--offline", "--color", "always", environ={"PORT": "0", "DIALOG_STORE": "memory"}, language="zh")
    assert "\x1b[31m问题\x1b[0m  demo 没有 token" in outcome.out
    assert "1 个问题" in outcome.out


def test_a_bot_with_nothing_wrong_ends_with_0(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = ask(bot, "--offline", "--format", "json")
    assert outcome.code == 0, outcome.out
    assert json.loads(outcome.out)["problems"] == 0


def test_a_broken_bot_is_named_and_the_rest_is_looked_at(ask, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "bot.yaml"
    path.write_text("dialog: 1\nname: demo\nrules: {hi: {wait: nowhere}}\n")
    outcome = ask(path, "--offline")
    assert "DL101" in outcome.out
    assert f"→ dialog-lint {path}" in outcome.out
    assert "[store-memory]" in outcome.out


@pytest.mark.parametrize(
    ("environ", "said"),
    [({"PORT": "eighty"}, "expected a whole number"), ({"TOKEN": TOKEN, "MISSING_FILE": "x", "TOKEN_FILE": "x"}, "")],
)
def test_settings_a_server_refuses_are_named(ask, bot: Path, environ: Mapping[str, str], said: str) -> None:  # type: ignore[no-untyped-def]
    outcome = ask(bot, "--offline", environ={**PLAIN, **environ})
    assert ("[settings-refused]" in outcome.out) == bool(said)
    assert said in outcome.out


def test_a_secret_that_cannot_be_read_is_named(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = ask(bot, "--offline", environ={"TOKEN_FILE": "/nowhere/token"})
    assert outcome.code == 1
    assert "/nowhere/token cannot be read" in outcome.out


@pytest.mark.parametrize(
    ("store", "code"),
    [("memory", "store-memory"), ("nowhere", "store-unknown"), ("sqlite:/nowhere/x.db", "store-unusable")],
)
def test_the_store_is_looked_at(ask, bot: Path, store: str, code: str) -> None:  # type: ignore[no-untyped-def]
    assert code in ask(bot, "--offline", "--store", store, "--format", "json").codes


def test_workers_need_a_store_they_can_share(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    environ = {**PLAIN, "DIALOG_WORKERS": "2", "DIALOG_STORE": "sqlite:dialog.db"}
    assert ask(bot, "--offline", "--format", "json", environ=environ).codes["store-not-shared"] == "problem"


def test_a_redis_is_asked(ask, bot: Path, redis_url: str) -> None:  # type: ignore[no-untyped-def]
    outcome = ask(bot, "--offline", "--store", redis_url, "--format", "json")
    assert outcome.codes["store-redis-forgets"] == "warning"


def test_a_redis_behind_sentinel_that_does_not_answer_is_named(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = ask(bot, "--offline", "--store", "redis+sentinel://127.0.0.1:9/main", "--format", "json")
    assert outcome.codes["store-redis-unreachable"] == "problem"


def test_the_platform_is_asked_about_accounts_with_a_secret(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    platform = FakePlatform(Verdict(40164, "invalid ip 203.0.113.7, not in whitelist"))
    world = World(platform, None)
    outcome = ask(bot, environ={**PLAIN, "APP_ID": APP_ID, "SECRET": SECRET}, world=world)
    assert platform.asked == [(APP_ID, SECRET, False)]
    assert "→ add 203.0.113.7" in outcome.out


def test_of_an_account_that_pushes_the_right_to_do_so_is_asked(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    bot.write_text(BOT.format(encryption="plain").replace("account:\n", "account:\n  slow: [push, later]\n"))
    platform = FakePlatform(Verdict(48001, "api unauthorized"))
    outcome = ask(bot, environ={**PLAIN, "APP_ID": APP_ID, "SECRET": SECRET}, world=World(platform, None))
    assert platform.asked == [(APP_ID, SECRET, True)]
    assert "[api-permission]" in outcome.out


def test_an_account_of_another_kind_is_left_to_the_server(ask, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "bot.yaml"
    path.write_text("dialog: 1\nname: demo\naccount: {type: wecom, token: $(env.TOKEN)}\nrules: {hi: hello}\n")
    outcome = ask(path, "--offline")
    assert "[settings-refused]" in outcome.out
    assert "[account-" not in outcome.out


def test_the_platform_is_not_asked_without_a_secret(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    platform = FakePlatform(Verdict())
    assert ask(bot, "--format", "json", world=World(platform, None)).codes["api-skipped"] == "skipped"
    assert not platform.asked


async def test_the_clock_is_compared_with_the_platforms(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    house = House()
    await house.start()
    proxy = Proxy(str(house.client.make_url("/")), "lives in the past")
    url = await proxy.start()
    world = World(None, url)
    outcome = await asyncio.to_thread(ask, bot, "--format", "json", world=world)
    await proxy.close()
    await house.client.close()
    assert outcome.codes["clock-off"] == "problem"


def test_no_secret_is_shown(ask, bot: Path) -> None:  # type: ignore[no-untyped-def]
    canaries = {"TOKEN": "canary 1", "APP_ID": "wrong", "SECRET": "canary2", "KEY": "canary3"}
    outcome = ask(bot, "--offline", environ={**PLAIN, **canaries, "DIALOG_STORE": "redis://u:canary4@127.0.0.1:9/0"})
    assert outcome.code == 1
    assert "canary" not in outcome.out + outcome.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.yaml"], "nowhere.yaml: no bot file is there"),
        (["--url", "bot.example.com", "BOT"], "expected an address such as"),
        (["--url", "https://a/b", "--offline", "BOT"], "exclude one another"),
        (["--env-file", "/nowhere/.env", "BOT"], "cannot be read"),
        (["--formt", "json", "BOT"], "did you mean --format"),
    ],
)
def test_wrong_usage_is_exit_code_2(ask, bot: Path, arguments: list[str], said: str) -> None:  # type: ignore[no-untyped-def]
    outcome = ask(*(bot if word == "BOT" else word for word in arguments))
    assert outcome.code == 2
    assert said in outcome.err


def test_settings_come_from_a_file_too(ask, bot: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / ".env").write_text("TOKEN=from-file\nPORT=0\nDIALOG_STORE=memory\n")
    outcome = ask(bot, "--offline", "--env-file", tmp_path / ".env", "--format", "json", environ={})
    assert "account-token-form" in outcome.codes
