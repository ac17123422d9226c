"""Menus as WeChat's JSON, checked as the menu of a bot."""

from interpreter.cli.menu_files import mistakes_in
from interpreter.program.menu import Button, Menu


def test_a_menu_of_wecom_is_judged_by_itself_though_no_bot_can_be_served_with_it() -> None:
    button = Button("官网", "view", url="https://example.com")
    assert mistakes_in(Menu((button,)), is_wecom=True) == ()
    assert [each.code for each in mistakes_in(Menu((button,) * 4), is_wecom=True)] == ["DL502"]
