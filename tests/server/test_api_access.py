from __future__ import annotations

import pytest
from fakes.clock import FakeClock

from interpreter.catalogue.allowances import ALLOWANCES, Allowance, Allowances
from interpreter.catalogue.rights import Standing
from interpreter.server.api_access import allowances_of, can_call, client_for, standing_of
from interpreter.server.environment import Environment
from interpreter.server.errors import SettingsError
from interpreter.server.settings import AccountSettings, WrittenAccount, account_settings
from interpreter.stores.memory import MemoryStore

KEYS = {"WX_APP_ID": "wx1", "WX_APP_SECRET": "s3cr3t"}


def _account(environment: Environment, **settings: str) -> AccountSettings:
    return account_settings(WrittenAccount("bot", None, settings, {}, is_verified=True), environment, is_alone=True)


def test_an_account_stands_as_its_settings_say() -> None:
    assert standing_of(_account(Environment({}), kind="service")) == Standing(kind="service", verified=True)
    assert standing_of(_account(Environment({}))) == Standing(verified=True)


@pytest.mark.parametrize(
    ("variables", "can"),
    [
        ({}, False),
        ({"WX_APP_ID": "wx1"}, False),
        (KEYS, True),
        ({"WX_APP_ID": "wx1", "WX_TOKEN_URL": "https://a"}, True),
    ],
)
async def test_a_client_needs_the_id_and_a_secret_or_a_relay(variables: dict[str, str], can: bool) -> None:
    environment = Environment(variables)
    account = _account(environment)
    assert can_call(account, environment) == can
    if can:
        await client_for(account, MemoryStore(), FakeClock(), environment).close()
        return
    with pytest.raises(SettingsError, match="WX_APP_SECRET"):
        client_for(account, MemoryStore(), FakeClock(), environment)


@pytest.mark.parametrize(
    "wrong",
    [
        {"WX_API_URL": "http://example.com"},
        {"WX_TOKEN_KIND": "old"},
        {"WX_API_PROXY": "10.0.0.5:3128"},
        {"WX_TOKEN_URL": "http://example.com/token"},
        {"WX_TOKEN_URL": "ftp://10.0.0.5"},
        {"WX_TOKEN_URL": "https://"},
    ],
)
def test_what_cannot_be_is_said(wrong: dict[str, str]) -> None:
    environment = Environment(KEYS | wrong)
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        client_for(_account(environment), MemoryStore(), FakeClock(), environment)


@pytest.mark.parametrize("url", ["https://a.cn/t?k=1", "http://10.0.0.5/t", "http://relay:8000/t", "http://[::1]/t"])
async def test_a_relay_may_stand_in_the_house(url: str) -> None:
    environment = Environment(KEYS | {"WX_TOKEN_URL": url, "WX_API_PROXY": "http://10.0.0.5:3128"})
    await client_for(_account(environment), MemoryStore(), FakeClock(), environment).close()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("message=20/48h", {"message": Allowance(20, 48 * 3600)}),
        ("click=4/2m, scan=any/30s", {"click": Allowance(4, 120), "scan": Allowance(None, 30)}),
    ],
)
def test_windows_may_be_counted_otherwise(written: str, expected: Allowances) -> None:
    assert allowances_of(Environment({"WX_WINDOWS": written})) == {**ALLOWANCES, **expected}


def test_windows_may_be_left_to_wechat() -> None:
    assert allowances_of(Environment({"WX_WINDOWS": "off"})) is None
    assert allowances_of(Environment({})) == ALLOWANCES


@pytest.mark.parametrize("written", ["on", "message=5", "mesage=5/48h", "message=-1/48h", "message=5/48d"])
def test_windows_that_cannot_be_are_said(written: str) -> None:
    with pytest.raises(SettingsError, match="WX_WINDOWS: expected off, or such as message=5/48h"):
        allowances_of(Environment({"WX_WINDOWS": written}))


async def test_the_classic_token_can_be_wanted() -> None:
    environment = Environment(KEYS | {"WX_TOKEN_KIND": "classic"})
    await client_for(_account(environment), MemoryStore(), FakeClock(), environment).close()
