from __future__ import annotations

import pytest
from support.bots import compile_text

from interpreter.cli.accounts import account_variables, written_accounts
from interpreter.compiler.accounts import lower_accounts
from interpreter.dialog.model.bot import Bot
from interpreter.server.environment import Environment
from interpreter.server.errors import SettingsError
from interpreter.server.settings import WrittenAccount, every_account


def bot(account: str) -> Bot:
    compiled = compile_text(f"dialog: 1\nname: demo\n{account}\nrules:\n  hi: hello\n")
    assert compiled.bot is not None
    return compiled.bot


def test_a_bot_without_an_account_has_one_without_settings() -> None:
    assert written_accounts(bot(""), Environment({})) == (WrittenAccount("demo", None, {}, {}),)


def test_settings_are_filled_in_from_the_environment() -> None:
    account = bot("account: {path: /x, token: $(env.A), app_id: wx$(env.B)}")
    (written,) = written_accounts(account, Environment({"A": "1", "B": "2"}))
    assert written.settings == {"path": "/x", "token": "1", "app_id": "wx2"}
    assert written.origins == {"path": (), "token": ("A",), "app_id": ("B",)}
    assert account_variables(lower_accounts(account)) == {"A", "B"}


def test_an_unset_variable_leaves_a_setting_empty() -> None:
    (written,) = written_accounts(bot("account: {token: $(env.A)}"), Environment({}))
    assert written.settings == {"token": ""}


def test_a_default_can_be_written() -> None:
    (written,) = written_accounts(bot('account: {path: $(env.P ?? "/x")}'), Environment({}))
    assert written.settings == {"path": "/x"}


@pytest.mark.parametrize(
    ("account", "notice"), [("", None), ("account: {notice: 稍等，马上}", "稍等，马上"), ('account: {notice: ""}', "")]
)
def test_what_a_user_is_told_whose_answer_is_late(account: str, notice: str | None) -> None:
    (settings,) = every_account(written_accounts(bot(account), Environment({})), Environment({}))
    assert settings.notice == notice


def test_a_list_is_joined_with_the_current_secret_first() -> None:
    account = bot("account: {token: [$(env.A), $(env.B), $(env.C)], aes_key: [$(env.A)]}")
    (written,) = written_accounts(account, Environment({"A": "a1", "C": "c1"}))
    assert written.settings == {"token": "a1,c1", "aes_key": "a1"}
    assert written.origins == {"token": ("A", "B", "C"), "aes_key": ("A",)}
    assert account_variables(lower_accounts(account)) == {"A", "B", "C"}


def test_every_account_has_its_settings() -> None:
    both = bot("accounts: {shop: {token: $(env.A)}, club: {path: /club}}")
    names = [account.full_name for account in written_accounts(both, Environment({}))]
    assert names == ["demo-shop", "demo-club"]


def test_a_setting_that_fails_is_named_with_its_place() -> None:
    with pytest.raises(SettingsError, match=r"bot.yaml:3:17: path – "):
        written_accounts(bot("account: {path: $(1 // 0)}"), Environment({}))
