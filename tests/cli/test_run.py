from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from interpreter.cli.run import run
from interpreter.server.event_loop import loop_name

BOT = """
dialog: 1
name: hello
version: 1.2.0
account:
  token: $(env.MY_TOKEN)
  app_secret: $(env.MY_SECRET)
rules:
  hi|你好: 你好！
  key: $(env.GEO_KEY)
"""


ALONE = "dialog: 1\nname: hello\nrules: {hi: hello}\n"
"""A bot that says nothing of an account."""


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    path = tmp_path / "bot.yaml"
    path.write_text(BOT, encoding="utf-8")
    return path


class Outcome:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def call(*argv: object, environ: Mapping[str, str] | None = None, language: str = "en") -> Outcome:
        try:
            code = run([str(word) for word in argv], language, environ or {})
        except SystemExit as left:
            code = int(left.code or 0)
        return Outcome(code, *capsys.readouterr())

    return call


def test_settings_are_shown_with_who_set_them_and_secrets_are_not(command, bot: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / ".env").write_text("MY_SECRET=canary\nPORT=9001\n")
    outcome = command(
        bot, "--show-settings", "--host", "10.0.0.1", "--env-file", tmp_path / ".env", environ={"MY_TOKEN": "canary1"}
    )
    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "host              10.0.0.1  (flag --host)",
        f"port              9001  ({tmp_path}/.env PORT)",
        "store             sqlite:dialog.db  (default)",
        "window            300  (default)",
        "workers           1  (default)",
        "trust-proxy       -  (default)",
        "allow-from        -  (default)",
        "log-format        text  (default)",
        "metrics           -  (default)",
        "api-url           https://{host}  (default)",
        "api-proxy         -  (default)",
        "token-url         -  (default)",
        "token-kind        stable  (default)",
        "windows           -  (default)",
        "traces            -  (default)",
        f"event-loop        {loop_name()}  (what is installed)",
        "hello.path        /hello  (default)",
        "hello.token       ********  (environment MY_TOKEN)",
        f"hello.app_secret  ********  ({tmp_path}/.env MY_SECRET)",
    ]


def test_what_opentelemetry_is_told_is_shown_too(command, bot: Path) -> None:  # type: ignore[no-untyped-def]
    environ = {"MY_TOKEN": "abc", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}
    out = command(bot, "--show-settings", environ=environ).out
    assert re.search(r"^traces +otlp  \(environment OTEL_EXPORTER_OTLP_ENDPOINT\)$", out, re.MULTILINE)


def test_who_stands_between_the_bot_and_wechats_api_is_shown_without_secrets(command, bot: Path) -> None:  # type: ignore[no-untyped-def]
    environ = {
        "MY_TOKEN": "abc",
        "WX_API_URL": "http://127.0.0.1:8765/{host}",
        "WX_API_PROXY": "http://bot:canary@10.0.0.5:3128",
        "WX_TOKEN_URL": "https://house.example.com/token?key=canary",
        "WX_WINDOWS": "message=20/48h",
    }
    out = command(bot, "--show-settings", environ=environ).out
    for line in (
        r"api-url +http://127\.0\.0\.1:8765/\{host\}  \(environment WX_API_URL\)",
        r"api-proxy +http://10\.0\.0\.5:3128  \(environment WX_API_PROXY\)",
        r"token-url +https://house\.example\.com/token  \(environment WX_TOKEN_URL\)",
        r"windows +message=20/48h  \(environment WX_WINDOWS\)",
    ):
        assert re.search(rf"^{line}$", out, re.MULTILINE)
    assert "canary" not in out


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://CANARY@relay/t#CANARY", "https://relay/t"),
        ("http://usr:CANARY/PW@proxy:3128", "http://..."),
        ("http://usr:CANARY@PW@proxy", "http://..."),
        ("http://usr:12/CANARY@proxy:3128", "http://..."),
        ("http://usr:12?CANARY@proxy:3128", "http://..."),
        ("http://usr:12#CANARY@proxy:3128", "http://..."),
        ("usr:CANARY@proxy:3128", "..."),
        ("http://[::1]:3128", "http://[::1]:3128"),
    ],
)
def test_of_an_address_only_the_place_is_shown_and_nothing_that_may_be_a_secret(  # type: ignore[no-untyped-def]
    command, bot: Path, address: str, shown: str
) -> None:
    out = command(bot, "--show-settings", environ={"MY_TOKEN": "abc", "WX_TOKEN_URL": address, "WX_API_PROXY": address})
    for name in ("token-url", "api-proxy"):
        assert re.search(rf"^{name} +{re.escape(shown)}  \(", out.out, re.MULTILINE)


@pytest.mark.parametrize(
    "store",
    ["redis://u:CANARY@CANARY@host/0", "redis://:CANARY/CANARY@host/0", "redis://host/0?password=CANARY"],
)
def test_of_the_stores_address_no_password_is_shown(command, bot: Path, store: str) -> None:  # type: ignore[no-untyped-def]
    out = command(bot, "--show-settings", "--store", store, environ={"MY_TOKEN": "abc"}).out
    assert re.search(r"^store +redis://.*host/0", out, re.MULTILINE)
    assert "CANARY" not in out


def test_settings_are_shown_in_chinese(command, bot: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = command(bot, "--show-settings", "--window", "60", environ={"MY_TOKEN": "abc"}, language="zh")
    assert "window       60  (命令行 --window)" in outcome.out
    assert "(默认值)" in outcome.out
    assert "(环境变量 MY_TOKEN)" in outcome.out


def test_without_a_token_one_is_made_and_only_the_loopback_listens(command, bot: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = command(bot, "--show-settings")
    assert "host         127.0.0.1  (default)" in outcome.out
    assert "hello.token  ********  (generated)" in outcome.out


@pytest.mark.parametrize("deployed", [["--host", "0.0.0.0"], ["--env-file", "ENV"], []])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_token_that_a_deployed_bot_reads_and_nobody_gives_is_named(  # type: ignore[no-untyped-def]
    command, bot: Path, tmp_path: Path, deployed: list[str], language: str
) -> None:
    (tmp_path / "env").write_text("PORT=9001\n")
    arguments = [str(tmp_path / "env") if word == "ENV" else word for word in deployed]
    environ = {} if deployed else {"HOST": "127.0.0.1"}
    for text, variable in ((BOT, "MY_TOKEN"), (ALONE, "WX_TOKEN")):
        bot.write_text(text, encoding="utf-8")
        outcome = command(bot, *arguments, environ=environ, language=language)
        assert outcome.code == 2
        assert f"{variable} (hello)" in outcome.err
        assert outcome.out == ""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_missing_token_is_shown_as_missing_among_all_other_settings(  # type: ignore[no-untyped-def]
    command, bot: Path, tmp_path: Path, language: str
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(ALONE.replace("hello", "other"), encoding="utf-8")
    why, missing = ("缺少：{} 未设置", "缺少") if language == "zh" else ("missing: {} is not set", "missing")
    outcome = command(bot, "--show-settings", "--host", "0.0.0.0", language=language)
    assert outcome.code == 0
    assert re.search(r"^host +0\.0\.0\.0 ", outcome.out, re.MULTILINE)
    assert re.search(rf"^hello\.token +-  \({why.format('MY_TOKEN')}\)$", outcome.out, re.MULTILINE)
    outcome = command(other, "--show-settings", environ={"HOST": "0.0.0.0"}, language=language)
    assert re.search(rf"^other\.token +-  \({why.format('WX_TOKEN')}\)$", outcome.out, re.MULTILINE)
    outcome = command(bot, other, "--show-settings", environ={"MY_TOKEN": "abc123"}, language=language)
    assert re.search(rf"^other\.token +-  \({missing}\)$", outcome.out, re.MULTILINE)
    assert "hello.token  ********" in outcome.out


def test_a_token_that_is_left_empty_is_no_trial(command, bot: Path) -> None:  # type: ignore[no-untyped-def]
    bot.write_text(ALONE, encoding="utf-8")
    outcome = command(bot, environ={"WX_TOKEN": ""})
    assert outcome.code == 2
    assert "a token is missing: set WX_TOKEN (hello) in" in outcome.err


def test_a_port_alone_is_no_deployment(command, bot: Path) -> None:  # type: ignore[no-untyped-def]
    bot.write_text(ALONE, encoding="utf-8")
    for options, environ in ((("--port", "9001"), {}), ((), {"PORT": "9001"})):
        assert "hello.token  ********  (generated)" in command(bot, "--show-settings", *options, environ=environ).out


def test_one_forgotten_token_keeps_several_bots_from_starting(command, bot: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    other = tmp_path / "other.yaml"
    other.write_text("dialog: 1\nname: other\naccount: {token: $(env.OTHER_TOKEN)}\nrules: {hi: hello}\n")
    outcome = command(bot, other, environ={"MY_TOKEN": "abc123"})
    assert outcome.code == 2
    assert "a token is missing: set OTHER_TOKEN (other) in the environment or in the --env-file" in outcome.err
    outcome = command(bot, other)
    assert "set MY_TOKEN (hello), OTHER_TOKEN (other) in" in outcome.err
    other.write_text("dialog: 1\nname: other\nrules: {hi: hello}\n")
    outcome = command(bot, other, environ={"MY_TOKEN": "abc123"})
    assert outcome.code == 2
    assert "give other `token: $(env.NAME)` in its file" in outcome.err


def test_bots_that_name_no_token_can_be_tried_out_together(command, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(f"dialog: 1\nname: {name}\nrules: {{hi: hello}}\n")
    assert command(tmp_path, "--show-settings").out.count("  ********  (generated)") == 2
    outcome = command(tmp_path, "--host", "0.0.0.0")
    assert outcome.code == 2
    assert "give one, two `token: $(env.NAME)` in its file" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.yaml"], "nowhere.yaml: no bot file is there"),
        (["BOT", "--port", "http", "--show-settings"], "port (flag --port): expected a whole number"),
        (["BOT", "--env-file", "nowhere.env"], "dialog-run: the file nowhere.env cannot be read"),
        (["BOT", "--store", "redis:x"], "store: expected memory, sqlite:FILE or redis://HOST, found `redis:x`"),
        (["BOT", "--store", "sqlite:"], "store: expected memory, sqlite:FILE or redis://HOST, found `sqlite:`"),
        (["BOT", "--store", "sqlite:/nowhere/at/all.db"], "cannot be used: the file cannot be opened or created"),
        (["BOT", "--store", "memory", "--host", "198.51.100.7"], "198.51.100.7 is not an address of this computer"),
        (["BOT", "--workers", "2"], "several processes cannot share the store `sqlite:dialog.db`"),
        (["BOT", "--workers", "2", "--store", "memory"], "give them a Redis with --store redis://HOST"),
        (["BOT", "--workers", "2", "--store", "redis://x"], "hello has no token, and each worker would make up one"),
        (["BOT", "--trust-proxy", "x"], "trust-proxy (flag --trust-proxy): expected networks such as"),
        (["BOT", "BOT2", "--console"], "--console takes one bot"),
        (["BOT", "--prot", "1"], "unknown option --prot; did you mean --port?"),
        ([], "the following arguments are required: PATH"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(  # type: ignore[no-untyped-def]
    command, bot: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "bot2.yaml").write_text(BOT.replace("hello", "other"), encoding="utf-8")
    names = {"BOT": bot, "BOT2": tmp_path / "bot2.yaml"}
    environ = {"MY_TOKEN": "abc123"} if "--host" in arguments else {}
    outcome = command(*(names.get(word, word) for word in arguments), environ=environ)
    assert outcome.code == 2
    assert said in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("change", "arguments", "said"),
    [
        ("", ["--port", "x"], "port (flag --port): expected a whole number"),
        ("states: 7", [], "bot.yaml:11:9: error DL013"),
        ("", ["--metrics", "9100", "--workers", "2"], "several processes cannot share the store"),
    ],
)
def test_what_is_said_is_json_where_the_log_is(  # type: ignore[no-untyped-def]
    command, bot: Path, change: str, arguments: list[str], said: str
) -> None:
    bot.write_text(f"{BOT}{change}", encoding="utf-8")
    err = command(bot, *arguments, environ={"MY_TOKEN": "abc", "DIALOG_LOG_FORMAT": "json"}).err
    assert said in "".join(json.loads(line)["message"] for line in err.splitlines())


def test_a_password_in_a_store_that_is_none_is_not_shown(command, bot: Path) -> None:  # type: ignore[no-untyped-def]
    outcome = command(bot, "--store", "reddis://me:canary@host", environ={"MY_TOKEN": "abc"})
    assert outcome.code == 2
    assert "found `reddis://me:********@host`" in outcome.err


def test_the_sentence_can_be_chinese(command, bot: Path) -> None:  # type: ignore[no-untyped-def]
    assert "应为不大于 65535 的整数" in command(bot, "--port", "x", "--show-settings", language="zh").err
    assert "会话存储" in command(bot, "--store", "sqlite:/", language="zh").err


def test_two_bots_at_one_path_are_refused(command, bot: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    other = BOT.replace("name: hello", "name: other").replace("account:", "account:\n  path: /hello")
    (tmp_path / "bot2.yaml").write_text(other, encoding="utf-8")
    outcome = command(bot, tmp_path / "bot2.yaml", "--store", "memory", environ={"MY_TOKEN": "abc123"})
    assert outcome.code == 2
    assert "hello and other would both be served at /hello" in outcome.err


def test_two_bots_of_one_name_are_refused(command, bot: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "bot2.yaml").write_text(BOT.replace("account:", "account:\n  path: /x"), encoding="utf-8")
    outcome = command(bot, tmp_path / "bot2.yaml", "--store", "memory", environ={"MY_TOKEN": "abc123"})
    assert outcome.code == 2
    assert "two bots or accounts are called hello and would share sessions" in outcome.err
    outcome = command(bot, tmp_path / "bot2.yaml", "--store", "memory", environ={"MY_TOKEN": "abc123"}, language="zh")
    assert "会共用会话" in outcome.err


def test_a_bot_with_errors_is_not_served(command, bot: Path) -> None:  # type: ignore[no-untyped-def]
    bot.write_text(BOT + "  broken: {wait: nowhere}\n", encoding="utf-8")
    outcome = command(bot)
    assert outcome.code == 1
    assert "error[DL101]" in outcome.err
    assert "bot.yaml:11:18" in outcome.err


def test_help_is_there_in_both_languages(command) -> None:  # type: ignore[no-untyped-def]
    assert "Serve bots to WeChat" in command("--help").out
    assert "让机器人接入微信" in command("--help", language="zh").out


def test_a_bot_can_be_talked_to_in_the_terminal(  # type: ignore[no-untyped-def]
    command, bot: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "talk.txt").write_text("hi\nkey\n/quit\n", encoding="utf-8")
    with (tmp_path / "talk.txt").open(encoding="utf-8") as typed:
        monkeypatch.setattr("sys.stdin", typed)
        outcome = command(bot, "--console", environ={"GEO_KEY": "k1", "MY_TOKEN": "abc"})
    assert outcome.code == 0
    assert outcome.out.splitlines()[:2] == ["你好！", "k1"]


def test_an_unset_variable_of_the_bot_is_mentioned(  # type: ignore[no-untyped-def]
    command, bot: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "talk.txt").write_text("")
    with (tmp_path / "talk.txt").open() as typed:
        monkeypatch.setattr("sys.stdin", typed)
        outcome = command(bot, "--console")
    assert "GEO_KEY is not set" in outcome.err
    assert "MY_TOKEN" not in outcome.err
