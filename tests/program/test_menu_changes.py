from __future__ import annotations

from interpreter.program.menu import Button, ConditionalMenu, Menu
from interpreter.program.menu_changes import are_equal, changes, is_other_order

LIKE = Button("赞", "click", key="LIKE")
SHOP = Button("店", "view", url="https://example.com")
HELP = Button("助", "click", key="HELP")


def told(old: Menu, new: Menu) -> list[tuple[str, str, str]]:
    return [(change.kind, change.audience, change.path) for change in changes(old, new)]


def test_equal_menus_have_no_changes() -> None:
    menu = Menu((LIKE, Button("更多", items=(SHOP,))))
    assert told(menu, menu) == [("same", "", "赞"), ("same", "", "更多"), ("same", "", "更多/店")]
    assert are_equal(menu, menu)


def test_a_button_is_added_and_one_removed() -> None:
    assert told(Menu((LIKE, HELP)), Menu((LIKE, SHOP))) == [
        ("same", "", "赞"),
        ("removed", "", "助"),
        ("added", "", "店"),
    ]


def test_a_button_that_does_something_else_is_changed() -> None:
    (change,) = changes(Menu((LIKE,)), Menu((Button("赞", "click", key="GOOD"),)))
    assert (change.kind, change.before, change.after) == ("changed", "click LIKE", "click GOOD")


def test_a_button_that_stands_elsewhere_is_moved() -> None:
    assert ("moved", "", "店") in told(Menu((SHOP, LIKE, HELP)), Menu((LIKE, HELP, SHOP)))


def test_menus_for_some_users_are_told_apart_by_their_users() -> None:
    old = Menu((LIKE,), (ConditionalMenu((("tag", "2"),), (SHOP,)),))
    new = Menu((LIKE,), (ConditionalMenu((("tag", "3"),), (SHOP,)),))
    assert told(old, new) == [("same", "", "赞"), ("added", "tag=3", "店"), ("removed", "tag=2", "店")]


def test_menus_for_some_users_may_be_tried_in_another_order() -> None:
    two, three = (ConditionalMenu((("tag", tag),), (SHOP,)) for tag in "23")
    assert is_other_order(Menu((LIKE,), (two, three)), Menu((LIKE,), (three, two)))
    assert not is_other_order(Menu((LIKE,), (two,)), Menu((LIKE,), (three, two)))


def test_buttons_of_one_name_are_told_apart() -> None:
    assert [path for _, _, path in told(Menu(), Menu((LIKE, LIKE)))] == ["赞", "赞 2"]
