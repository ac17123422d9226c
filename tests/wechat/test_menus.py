from __future__ import annotations

import pytest
from fakes.menus import FakeMenus

from interpreter.program.menu import Button, ConditionalMenu, Menu
from interpreter.wechat.menus import MenuRefused, current_menu, menu_of_user, push_menu

LIKE = Button("赞", "click", key="LIKE")
SHOP = Button("店", "view", url="https://example.com")
TWO = ConditionalMenu((("tag", "2"),), (SHOP,))
THREE = ConditionalMenu((("tag", "3"),), (LIKE, SHOP))


async def pushed(*menus: Menu) -> FakeMenus:
    """An account on which some menus were put, one after the other."""
    api = FakeMenus()
    for menu in menus:
        api.asked.clear()
        await push_menu(api, await current_menu(api), menu)
        assert await current_menu(api) == menu
    return api


async def test_a_menu_is_put_where_there_was_none() -> None:
    assert (await pushed(Menu((LIKE,)))).asked == ["create"]


async def test_what_is_equal_is_left_alone() -> None:
    assert (await pushed(Menu((LIKE,), (TWO,)), Menu((LIKE,), (TWO,)))).asked == []
    assert (await pushed(Menu((LIKE,), (TWO,)), Menu((SHOP,), (TWO,)))).asked == ["create"]


async def test_there_is_a_menu_at_every_moment() -> None:
    api = await pushed(Menu((LIKE,), (TWO,)), Menu((SHOP,), (THREE,)))
    assert api.asked == ["create", "add 102", "delete 101"]


async def test_the_first_menu_that_fits_is_the_one_that_is_seen() -> None:
    again = ConditionalMenu((("tag", "2"), ("platform", "ios")), (LIKE,))
    api = await pushed(Menu((LIKE,), (again, TWO)))
    assert (await menu_of_user(api, "2")).buttons == again.buttons
    assert (await menu_of_user(api, "4")).buttons == (LIKE,)
    api = await pushed(Menu((LIKE,), (again, TWO)), Menu((LIKE,), (TWO, again)))
    assert (await menu_of_user(api, "2")).buttons == TWO.buttons


async def test_menus_for_some_users_go_when_there_are_none_any_more() -> None:
    assert (await pushed(Menu((LIKE,), (TWO, THREE)), Menu((LIKE,)))).asked == ["delete 102", "delete 101"]


async def test_no_menu_is_one_deleted() -> None:
    assert (await pushed(Menu((LIKE,), (TWO,)), Menu())).asked == ["delete"]


async def test_a_menu_for_some_users_needs_one_for_the_others() -> None:
    with pytest.raises(MenuRefused, match="65303"):
        await push_menu(FakeMenus(), Menu(), Menu((), (TWO,)))


async def test_wecom_calls_a_mini_program_otherwise() -> None:
    api = FakeMenus()
    mini = Button("小", "miniprogram", url="https://example.com", app_id="wx1", page="index")
    await push_menu(api, Menu(), Menu((mini,)), is_wecom=True)
    assert api.default == {
        "button": [
            {
                "type": "view_miniprogram",
                "name": "小",
                "url": "https://example.com",
                "appid": "wx1",
                "pagepath": "index",
            }
        ]
    }
    assert await current_menu(api) == Menu((mini,))
