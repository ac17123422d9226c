from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

import pytest

from interpreter.cli.common import UsageError
from interpreter.cli.send_target import Target, find_target, split_words
from interpreter.server.errors import SettingsError

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OPTIONS = ("url", "port", "token", "aes_key", "app_id", "account", "env_file")
LOCAL = "http://127.0.0.1:8080"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def target(written: str | None, environ: Mapping[str, str], /, **options: str) -> Target:
    """What is found when this is written of the account; with None there is no bot's file."""
    file = None
    if written is not None:
        file = Path("bot.yaml")
        file.write_text(f"dialog: 1\nname: tea\n{written}\nrules:\n  hi: hello\n", encoding="utf-8")
    arguments = Namespace(**(dict.fromkeys(OPTIONS) | options))
    return find_target(file, arguments, {"DIALOG_CACHE": "off", "WX_TOKEN": "abc123", **environ})


@pytest.mark.parametrize(
    ("account", "environ", "options", "url"),
    [
        (None, {}, {}, f"{LOCAL}/wechat"),
        (None, {"WX_PATH": "/x", "PORT": "9000", "HOST": "0.0.0.0"}, {}, "http://127.0.0.1:9000/x"),
        (None, {"HOST": "::1"}, {"port": "9001"}, "http://[::1]:9001/wechat"),
        (None, {"DIALOG_URL": "https://b.example/x"}, {}, "https://b.example/x"),
        (None, {"DIALOG_URL": "https://b.example/x"}, {"url": "http://c.example/"}, "http://c.example/"),
        ("", {}, {}, f"{LOCAL}/tea"),
        ("account: {path: /wechat/tea}", {"PORT": "9000"}, {}, "http://127.0.0.1:9000/wechat/tea"),
        ("accounts: {a: {token: $(env.A)}, b: {path: /b}}", {}, {"account": "b", "token": "t0k"}, f"{LOCAL}/b"),
    ],
)
def test_the_address_is_the_one_the_server_has(
    account: str | None, environ: Mapping[str, str], options: dict[str, str], url: str
) -> None:
    assert target(account, environ, **options).url == url


@pytest.mark.parametrize(
    ("account", "environ", "token"),
    [
        (None, {}, "abc123"),
        (None, {"WX_TOKEN": "new123,old123"}, "new123"),
        ("", {}, "abc123"),
        ("account: {token: $(env.TEA)}", {"TEA": "tea123"}, "tea123"),
        ("account: {token: [$(env.TEA), $(env.OLD)]}", {"TEA": "tea123", "OLD": "old123"}, "tea123"),
    ],
)
def test_the_token_is_the_current_one_of_the_account(
    account: str | None, environ: Mapping[str, str], token: str
) -> None:
    assert target(account, environ).sender.token == token


def test_a_file_of_settings_counts(folder: Path) -> None:
    (folder / "env").write_text("PORT=9000\nTEA=tea123\n")
    found = target("account: {token: $(env.TEA)}", {}, env_file="env")
    assert (found.url, found.sender.token) == ("http://127.0.0.1:9000/tea", "tea123")


@pytest.mark.parametrize(
    ("account", "environ", "is_encrypted"),
    [
        (None, {"WX_AES_KEY": KEY}, False),
        (None, {"WX_AES_KEY": KEY, "WX_APP_ID": "wx1"}, True),
        ("account: {encryption: safe, aes_key: $(env.K), app_id: wx1}", {"K": KEY}, True),
        ("account: {encryption: compatible, aes_key: $(env.K), app_id: wx1}", {"K": KEY}, True),
        ("account: {encryption: plain, aes_key: $(env.K), app_id: wx1}", {"K": KEY}, False),
    ],
)
def test_messages_are_encrypted_when_the_account_opens_them(
    account: str | None, environ: Mapping[str, str], is_encrypted: bool
) -> None:
    assert (target(account, environ).sender.cipher is not None) == is_encrypted


@pytest.mark.parametrize(
    ("account", "environ", "options", "said"),
    [
        (None, {"WX_TOKEN": ""}, {}, "say the token"),
        ("", {"WX_TOKEN": ""}, {}, "or the one dialog-run made up"),
        ("accounts: {a: {path: /a}, b: {path: /b}}", {}, {}, "say --account: a, b"),
        ("accounts: {a: {path: /a}, b: {path: /b}}", {}, {"account": "c"}, "there is no account c: a, b"),
        ("account: {path: 1}\nrule: x", {}, {}, "bot.yaml has errors"),
    ],
)
def test_what_is_missing_is_said(
    account: str | None, environ: Mapping[str, str], options: dict[str, str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        target(account, environ, **options)


def test_a_setting_that_cannot_be_is_said() -> None:
    with pytest.raises(SettingsError, match="port"):
        target(None, {"PORT": "many"})


def test_the_first_word_may_name_a_bot() -> None:
    assert split_words(["bot.yaml", "hi", "you"]) == (Path("bot.yaml"), ["hi", "you"])
    assert split_words(["hi", "bot.yaml"]) == (None, ["hi", "bot.yaml"])


def test_the_first_word_may_name_a_folder(folder: Path) -> None:
    bots = folder / "bots"
    bots.mkdir()
    assert split_words([str(bots), "hi"]) == (bots, ["hi"])
    assert split_words(["bots", "hi"]) == (None, ["bots", "hi"])
    assert split_words(["either/or", "hi"]) == (None, ["either/or", "hi"])
    arguments = Namespace(**dict.fromkeys(OPTIONS))
    environ = {"WX_TOKEN": "abc123", "DIALOG_CACHE": "off"}
    for name in ("a", "b"):
        (bots / f"{name}.yaml").write_text(f"dialog: 1\nname: {name}\nrules: {{hi: hello}}\n")
    with pytest.raises(UsageError, match="bots holds several bots"):
        find_target(bots, arguments, environ)
    (bots / "b.yaml").unlink()
    assert find_target(bots, arguments, environ).url == f"{LOCAL}/a"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, f"404: no bot is at {LOCAL}/tea, where bot.yaml puts it: another bot runs there"),
        (
            {"url": f"{LOCAL}/te"},
            f"404: no bot is at {LOCAL}/te; bot.yaml puts it at /tea: leave --url and DIALOG_URL out",
        ),
    ],
)
def test_where_no_bot_is_though_its_file_was_read(options: dict[str, str], said: str) -> None:
    found = target("", {}, **options).not_found
    assert found is not None
    assert found.en.startswith(said)
    assert target(None, {}).not_found is None
