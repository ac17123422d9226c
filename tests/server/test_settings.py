from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from interpreter.server.credentials import Credentials
from interpreter.server.environment import Environment
from interpreter.server.errors import SettingsError
from interpreter.server.settings import (
    AccountSettings,
    Setting,
    WrittenAccount,
    account_settings,
    every_account,
    is_loopback,
    server_settings,
)

NOTHING = Environment({})


def account(
    settings: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    origins: Mapping[str, tuple[str, ...]] | None = None,
    name: str | None = None,
    is_alone: bool = True,
) -> AccountSettings:
    written = WrittenAccount("demo", name, settings or {}, origins or {})
    return account_settings(written, Environment(environ or {}), is_alone=is_alone)


def told(setting: Setting) -> tuple[str, str, str]:
    return setting.name, setting.value, setting.source.en


def test_without_a_word_everything_has_a_default() -> None:
    settings = account()
    assert told(settings.path) == ("demo.path", "/demo", "default")
    assert settings.has_generated_token
    assert len(settings.token.value) == 32
    assert settings.token.value != account().token.value


def test_the_environment_gives_the_token() -> None:
    settings = account(environ={"WX_TOKEN": "abc123", "WX_PATH": "/x"})
    assert told(settings.token) == ("demo.token", "abc123", "environment WX_TOKEN")
    assert settings.path.value == "/x"
    assert not settings.has_generated_token


def test_what_the_bot_takes_from_the_environment_goes_first() -> None:
    settings = account({"token": "mine1"}, {"WX_TOKEN": "other", "MY_TOKEN": "mine1"}, origins={"token": ("MY_TOKEN",)})
    assert told(settings.token) == ("demo.token", "mine1", "environment MY_TOKEN")


def test_the_environment_goes_before_what_the_bot_spells_out() -> None:
    assert account({"path": "/a"}, {"WX_PATH": "/b"}).path.value == "/b"
    assert told(account({"path": "/a"}).path) == ("demo.path", "/a", "bot file")


def test_a_variable_that_is_not_set_is_as_good_as_not_written() -> None:
    settings = account({"token": ""}, {"WX_TOKEN": "abc123"}, origins={"token": ("MY_TOKEN",)})
    assert settings.token.source.en == "environment WX_TOKEN"
    assert account({"token": ""}, origins={"token": ("MY_TOKEN",)}).has_generated_token


def test_of_several_bots_none_takes_what_is_meant_for_any() -> None:
    assert account(environ={"WX_TOKEN": "abc123"}, is_alone=False).has_generated_token


def test_an_account_with_a_name_has_a_path_of_its_own() -> None:
    settings = account(name="shop")
    assert (settings.name, settings.path.value) == ("demo-shop", "/demo-shop")


def test_what_is_taken_from_a_file_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("abc123\n")
    environment = Environment({"A_FILE": str(tmp_path / "secret")}, {"B": "wx1"}, "prod.env")
    written = WrittenAccount("demo", None, {"token": "abc123", "app_id": "wx1"}, {"token": ("A",), "app_id": ("B",)})
    settings = account_settings(written, environment, is_alone=True)
    assert settings.token.source.en == "environment A_FILE"
    assert settings.token.source.zh == "环境变量 A_FILE"
    assert settings.others[0].source.en == "prod.env B"


def test_a_default_written_for_an_unset_variable_is_the_bot_files() -> None:
    assert account({"path": "/x"}, origins={"path": ("P",)}).path.source.say("zh") == "机器人文件"


def test_accounts_that_would_read_one_variable_share_the_token_made_up_for_it() -> None:
    reads = [WrittenAccount(name, None, {"token": ""}, {"token": (variable,)}) for name, variable in READERS]
    first, second, third, last = every_account([*reads, WrittenAccount("d", None, {}, {})], NOTHING)
    assert first.token.value == second.token.value
    assert len({first.token.value, third.token.value, last.token.value}) == 3
    assert [item.token_variable for item in (first, third, last)] == ["WX_TOKEN", "OTHER", None]
    assert account().token_variable == "WX_TOKEN"


READERS = [("a", "WX_TOKEN"), ("b", "WX_TOKEN"), ("c", "OTHER")]


def test_secrets_are_not_shown() -> None:
    settings = account({"app_secret": "canary", "aes_key": "canary" * 7 + "x", "app_id": "wx1"}, {"WX_TOKEN": "canary"})
    shown = [setting.shown for setting in (settings.path, settings.token, *settings.others)]
    assert shown == ["/demo", "********", "wx1", "********", "********"]


@pytest.mark.parametrize("token", ["ab", "a" * 33, "a b", "令牌abc", "a-b-c", "abc\n"])
def test_a_token_that_wechat_would_not_take_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(SettingsError, match="3 to 32 letters and digits") as refused:
        account(environ={"WX_TOKEN": token})
    assert token not in str(refused.value)


@pytest.mark.parametrize("path", ["wechat", "/a b", "/{x}", "/a?b", "/a#b", "/%73ame"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(SettingsError, match="expected a path such as /wechat"):
        account({"path": path})


def test_what_cannot_be_served_yet_is_said() -> None:
    with pytest.raises(SettingsError, match="type wecom cannot be served yet"):
        account({"type": "wecom"})


@pytest.mark.parametrize("settings", [{}, {"aes_key": "a" * 43}, {"app_id": "wx1"}])
def test_safe_mode_needs_a_key_and_an_app_id(settings: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="encryption `safe` needs"):
        account({"encryption": "safe", **settings})
    assert account({"encryption": "safe", "aes_key": "a" * 43, "app_id": "wx1"}).encryption == "safe"


@pytest.mark.parametrize("key", ["aes_key", "app_id"])
def test_what_safe_mode_lacks_is_named_with_the_variable_that_would_give_it(key: str) -> None:
    given = {"aes_key": "a" * 43, "app_id": "wx1"} | {key: ""}
    with pytest.raises(SettingsError, match=f"`safe` needs {key}, and SAFE_IT is not set$"):
        account({"encryption": "safe", **given}, origins={key: ("SAFE_IT",)})
    with pytest.raises(SettingsError, match=f"`safe` needs {key}, and WX_{key.upper()} is not set$"):
        account({"encryption": "safe", **given})
    with pytest.raises(SettingsError, match=rf"`safe` needs {key}: \$\(env.NAME\) in its file$"):
        account({"encryption": "safe", **given}, is_alone=False)


def test_a_key_of_another_length_is_refused_and_not_shown() -> None:
    with pytest.raises(SettingsError, match="has 43 letters and digits, this one has 12") as refused:
        account({"aes_key": "canarycanary"})
    assert "canary" not in str(refused.value)


def test_secrets_may_be_lists_while_they_are_changed() -> None:
    new, old = "a" * 43, "b" * 43
    settings = account(
        {"token": "new1,old1", "app_id": "wx1", "encryption": "compatible", "app_secret": "s3cret"},
        {"WX_AES_KEY": f"{new}, {old}"},
    )
    assert settings.tokens == ("new1", "old1")
    assert settings.credentials == Credentials(("new1", "old1"), (new, old), "wx1")
    assert set(settings.secrets) == {"new1", "old1", new, old, "s3cret"}
    assert settings.token.shown == "********, ********"
    assert not account({"aes_key": new, "app_id": "wx1"}).credentials.can_decrypt


@pytest.mark.parametrize("value", ["abc,", ",abc", "abc,,abd"])
def test_an_item_that_is_empty_is_none(value: str) -> None:
    assert "" not in account({"token": value}).tokens


@pytest.mark.parametrize(("key", "value"), [("token", "abc,d-e-f"), ("aes_key", "a" * 43 + ",short"), ("token", ",")])
def test_each_item_is_checked(key: str, value: str) -> None:
    with pytest.raises(SettingsError):
        account({key: value})


def test_compatible_mode_without_a_key_is_served_in_clear() -> None:
    assert account({"encryption": "compatible", "type": "official"}).encryption == "compatible"


# ---------------------------------------------------------------------------------------------------- the server


def test_the_server_has_defaults() -> None:
    settings = server_settings({}, NOTHING, is_public=True)
    assert [told(setting) for setting in settings.all] == [
        ("host", "0.0.0.0", "default"),
        ("port", "8080", "default"),
        ("store", "sqlite:dialog.db", "default"),
        ("window", "300", "default"),
        ("workers", "1", "default"),
        ("trust-proxy", "", "default"),
        ("allow-from", "", "default"),
        ("log-format", "text", "default"),
        ("metrics", "", "default"),
    ]
    assert (settings.port_number, settings.window_seconds) == (8080, 300)


def test_without_a_token_of_the_owner_only_this_computer_is_served() -> None:
    assert server_settings({}, NOTHING, is_public=False).host.value == "127.0.0.1"
    assert server_settings({"host": "0.0.0.0"}, NOTHING, is_public=False).host.value == "0.0.0.0"


def test_flags_go_before_the_environment_before_the_file() -> None:
    environment = Environment({"PORT": "1"}, {"PORT": "2", "HOST": "10.0.0.1"}, ".env")
    settings = server_settings({"port": "3", "host": None}, environment, is_public=True)
    assert told(settings.port) == ("port", "3", "flag --port")
    assert told(settings.host) == ("host", "10.0.0.1", ".env HOST")
    assert told(server_settings({}, environment, is_public=True).port) == ("port", "1", "environment PORT")


def test_a_window_of_nothing_is_any_distance() -> None:
    assert server_settings({}, Environment({"DIALOG_WINDOW": "0"}), is_public=True).window_seconds is None


@pytest.mark.parametrize("port", ["http", "-1", "65536", "１", "8080 ", ""])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(SettingsError, match=r"port \(flag --port\): expected a whole number up to 65535"):
        server_settings({"port": port}, NOTHING, is_public=True)


@pytest.mark.parametrize(
    ("name", "variable", "value", "expected"),
    [
        ("workers", "DIALOG_WORKERS", "0", "expected at least one, found `0`"),
        ("workers", "DIALOG_WORKERS", "65", "expected a whole number up to 64"),
        ("trust-proxy", "DIALOG_TRUST_PROXY", "10.0.0.0/99", "expected networks such as 10.0.0.0/8,::1, found"),
        ("allow-from", "DIALOG_ALLOW_FROM", "wechat.com", "expected networks such as"),
        ("log-format", "DIALOG_LOG_FORMAT", "yaml", "expected `text` or `json`, found `yaml`"),
        ("metrics", "DIALOG_METRICS", "on", "expected a port or HOST:PORT, found `on`"),
        ("metrics", "DIALOG_METRICS", "0.0.0.0:99999", "expected a port or HOST:PORT"),
    ],
)
def test_what_cannot_be_is_refused_with_its_source(name: str, variable: str, value: str, expected: str) -> None:
    for flags, environ, source in (({name: value}, {}, f"flag --{name}"), ({}, {variable: value}, variable)):
        with pytest.raises(SettingsError) as refused:
            server_settings(flags, Environment(environ), is_public=True)
        assert f"{name} ({source if flags else 'environment ' + source}): {expected}" in refused.value.wording.en
        assert "应为" in refused.value.wording.zh


def test_how_it_works_is_read() -> None:
    flags = {"workers": "4", "trust-proxy": "10.0.0.0/8, ::1", "allow-from": "203.0.113.7", "log-format": "json"}
    settings = server_settings(flags, Environment({"DIALOG_METRICS": "9100"}), is_public=True)
    assert (settings.worker_count, settings.has_json_log) == (4, True)
    assert list(map(str, settings.peers.trusted)) == ["10.0.0.0/8", "::1/128"]
    assert list(map(str, settings.peers.allowed)) == ["203.0.113.7/32"]
    assert settings.metrics_address == ("127.0.0.1", 9100)
    assert server_settings({"metrics": "[::]:9100"}, NOTHING, is_public=True).metrics_address == ("::", 9100)
    assert server_settings({}, NOTHING, is_public=True).metrics_address is None


def test_the_password_of_a_store_is_not_shown() -> None:
    settings = server_settings({"store": "redis://bot:canary@host:6379/0"}, NOTHING, is_public=True)
    assert settings.store.shown == "redis://bot:********@host:6379/0"
    assert server_settings({}, NOTHING, is_public=True).metrics.shown == "-"


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("example.com", False)],
)
def test_which_hosts_are_the_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
