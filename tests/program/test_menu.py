"""Menus as JSON: every menu under `tests/data/menus` comes back as it was, through our language and without it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.bots import compile_text

from interpreter.cli.menu_files import mistakes_in
from interpreter.expr.env import Env
from interpreter.machine.chance import chance_from
from interpreter.program.menu import KEYED, Button, ConditionalMenu, Menu, NoMenu, menu_json, places, read_menu
from interpreter.program.menu_text import menu_text

DATA = Path(__file__).parents[1] / "data" / "menus"
FILES = sorted(DATA.glob("*.json"))


def written(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.read_text("utf-8"))
    return found


def bare(json: object) -> object:
    """A menu without what WeChat adds when it gives one: empty submenus, empty conditions, numbers as numbers."""
    if isinstance(json, dict):
        return {
            key: str(value) if key == "menuid" else bare(value)
            for key, value in json.items()
            if not (key == "sub_button" and value == []) and value != ""
        }
    return [bare(item) for item in json] if isinstance(json, list) else json


def in_our_language(menu: Menu) -> Menu:
    """A menu that was written as YAML and compiled again."""
    text = f"dialog: 1\nname: t\n{menu_text(menu)}rules: {{hi: hello}}\n"
    compiled = compile_text(text)
    assert compiled.program is not None, (text, compiled.diagnostics)
    assert compiled.program.menu is not None
    env = Env(locals={}, vars={}, user={}, roots={"env": {}}, chance=chance_from(0), locale="", say_text=lambda _: "")
    return compiled.program.menu(env)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_menu_comes_back_from_json(path: Path) -> None:
    assert menu_json(read_menu(written(path)), is_wecom=path.stem == "wecom") == bare(written(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_menu_comes_back_from_our_language(path: Path) -> None:
    menu = read_menu(written(path))
    assert in_our_language(menu) == menu


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_menu_of_the_reference_has_no_mistakes(path: Path) -> None:
    assert [(each.code, each.message.en) for each in mistakes_in(read_menu(written(path)))] == []


def test_the_menus_of_the_reference_show_every_kind_of_button() -> None:
    menus = [read_menu(written(path)) for path in FILES]
    buttons = [button for menu in menus for each in (menu, *menu.conditional) for _, button in places(each.buttons)]
    assert {button.kind for button in buttons} >= {
        *KEYED,
        *("view", "miniprogram", "media_id", "view_limited", "article_id", "article_view_limited", ""),
    }


names = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=6).filter(
    lambda text: bool(text.strip())
)
plain = st.one_of(
    st.builds(lambda name, key: Button(name, "click", key=key), names, names),
    st.builds(lambda name, url: Button(name, "view", url=url), names, names),
    st.builds(lambda name, kind, key: Button(name, kind, key=key), names, st.sampled_from(KEYED), names),
)
submenus = st.builds(
    lambda name, items: Button(name, items=tuple(items)), names, st.lists(plain, min_size=1, max_size=5)
)
rows = st.lists(st.one_of(plain, submenus), min_size=1, max_size=3).map(tuple)
rules = st.sampled_from([(("tag", "2"),), (("tag", "3"), ("platform", "ios")), (("platform", "android"),)])
menus = st.builds(
    lambda row, others: Menu(row, tuple(ConditionalMenu(*each) for each in others)),
    rows,
    st.lists(st.tuples(rules, rows), max_size=2, unique_by=lambda each: each[0]),
)


@settings(deadline=None, max_examples=60)
@given(menus)
def test_any_menu_comes_back(menu: Menu) -> None:
    assert read_menu(menu_json(menu)) == menu
    assert in_our_language(menu) == menu


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[]", ""),
        ("{}", "button"),
        ('{"button": [{}]}', "button[0].name"),
        ('{"button": [{"name": "", "type": "click"}]}', "button[0].name"),
        ('{"button": [{"name": "a"}]}', "button[0].sub_button"),
        ('{"button": [{"name": "a", "type": "fly"}]}', "button[0].type"),
        ('{"button": [{"name": "a", "type": "click"}]}', "button[0].key"),
        ('{"button": [{"name": "a", "type": "click", "key": true}]}', "button[0].key"),
        ('{"button": [{"name": "a", "sub_button": [{"name": "b", "type": "view"}]}]}', "button[0].sub_button[0].url"),
        ('{"menu": 1}', "menu"),
        ('{"menu": {}, "conditionalmenu": [{"button": []}]}', "conditionalmenu[0].matchrule"),
    ],
)
def test_what_is_no_menu_is_told_by_its_place(text: str, place: str) -> None:
    with pytest.raises(NoMenu) as caught:
        read_menu(json.loads(text))
    assert caught.value.place == place


def test_the_newest_menu_for_some_users_is_tried_first() -> None:
    def one(id: int) -> dict[str, object]:
        button = {"name": "a", "type": "click", "key": "k"}
        return {"menuid": id, "button": [button], "matchrule": {"tag_id": str(id)}}

    menu = read_menu({"menu": {"button": []}, "conditionalmenu": [one(9), one(11), one(10)]})  # type: ignore[dict-item]
    assert [each.id for each in menu.conditional] == ["11", "10", "9"]
