"""`dialog-menu` against WeChat's platform, played."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from fakes.platform import APP_ID, APP_SECRET, Platform, playing

from interpreter.cli.loading import load
from interpreter.cli.menu_account import connect
from interpreter.program.menu import Button, ConditionalMenu, Menu, read_menu
from interpreter.server.environment import Environment
from interpreter.server.errors import SettingsError
from interpreter.wechat.menus import MenuApi, MenuRefused, current_menu, menu_of_user, push_menu

DATA = Path(__file__).parents[1] / "data" / "menus"


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with playing(Platform()) as played:
        yield played


def written(folder: Path, account: str) -> Path:
    path = folder / "bot.yaml"
    path.write_text(f"dialog: 1\nname: t\naccount: {{path: /wechat, {account}}}\nrules: {{hi: hello}}\n", "utf-8")
    return path


def opened(
    folder: Path, platform: Platform, account: str = "kind: service, verified: true", **more: str
) -> AbstractAsyncContextManager[MenuApi]:
    loaded = load(written(folder, account))
    assert loaded.bot is not None
    variables = {"WX_API_URL": platform.origin, "WX_APP_ID": APP_ID, "WX_APP_SECRET": APP_SECRET, **more}
    return connect(loaded, loaded.bot.accounts[0], Environment(variables))


@pytest.mark.parametrize("name", ["click-and-view", "scan-and-photo", "material", "conditional", "awkward"])
async def test_a_menu_of_the_reference_is_pushed_and_comes_back(tmp_path: Path, platform: Platform, name: str) -> None:
    menu = read_menu(json.loads((DATA / f"{name}.json").read_text("utf-8")))
    async with opened(tmp_path, platform) as api:
        assert await current_menu(api) == Menu()
        await push_menu(api, Menu(), menu)
        assert await current_menu(api) == menu
        await push_menu(api, await current_menu(api), Menu(menu.buttons))
        assert await current_menu(api) == Menu(menu.buttons)
        await push_menu(api, menu, Menu())
        assert await current_menu(api) == Menu()
    assert platform.misshapen == []


async def test_names_go_out_as_they_are(tmp_path: Path, platform: Platform) -> None:
    async with opened(tmp_path, platform) as api:
        await push_menu(api, Menu(), read_menu({"button": [{"type": "click", "name": "歌", "key": "歌"}]}))
    (call,) = (call for call in platform.calls if call.path == "/cgi-bin/menu/create")
    assert "歌".encode() in call.body


async def test_what_wechat_refuses_is_told(tmp_path: Path, platform: Platform) -> None:
    platform.fail(45064, path="/cgi-bin/menu/create")
    async with opened(tmp_path, platform) as api:
        with pytest.raises(MenuRefused, match="45064"):
            await push_menu(api, Menu(), read_menu({"button": [{"type": "click", "name": "a", "key": "k"}]}))


async def test_an_account_without_the_right_is_told_before_anything_is_sent(tmp_path: Path, platform: Platform) -> None:
    async with opened(tmp_path, platform, "kind: subscription") as api:
        with pytest.raises(MenuRefused):
            await current_menu(api)
    assert platform.calls == []


async def test_an_account_without_a_secret_is_told(tmp_path: Path, platform: Platform) -> None:
    with pytest.raises(SettingsError, match="WX_APP_SECRET"):
        async with opened(tmp_path, platform, WX_APP_SECRET=""):
            pass


async def test_a_user_sees_the_menu_for_their_tag(tmp_path: Path, platform: Platform) -> None:
    song = Button("歌", "click", key="SONG")
    member = ConditionalMenu((("tag", "7"),), (Button("会员", "click", key="MEMBER"),))
    platform.users["amy"].tags.append(7)
    async with opened(tmp_path, platform) as api:
        await push_menu(api, Menu(), Menu((song,), (member,)))
        assert (await menu_of_user(api, "amy")).buttons == member.buttons
        assert (await menu_of_user(api, "bob")).buttons == (song,)
