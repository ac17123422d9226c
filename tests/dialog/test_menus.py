from __future__ import annotations

from interpreter.dialog.menus import read_menu


def test_menus_are_read(chunk, leaves, tree, outline):
    menu = read_menu(leaves, tree(chunk.source))
    assert outline((*menu.buttons, *menu.conditional, *menu.rules), leaves.diagnostics) == chunk.expected


def test_no_menu_has_no_buttons(leaves):
    menu = read_menu(leaves, None)
    assert (menu.buttons, menu.conditional, menu.rules) == ((), (), ())


def test_a_button_keeps_what_was_written(leaves, tree):
    (button,) = read_menu(leaves, tree("官网: {url: https://a.b}")).buttons
    assert button.node.get("url").text == "https://a.b"
