from __future__ import annotations

import pytest
from support.bots import compile_text

from interpreter.compiler.callables import (
    Constant,
    ConstantText,
    EncodedPath,
    EnvironmentText,
    Fits,
    NewList,
    NewMap,
    Reader,
    TextByLocale,
)
from interpreter.compiler.storing import CompiledBot, read_bot, write_bot
from interpreter.expr.env import Env
from interpreter.machine.chance import chance_from
from interpreter.types.kinds import IntType
from interpreter.types.lexicon import Lexicon
from interpreter.values import Value


def env(locale: str = "zh", **variables: Value) -> Env:
    return Env(
        locals={},
        vars={},
        user={},
        roots={"env": variables},
        chance=chance_from(0),
        locale=locale,
        say_text=lambda _: "",
    )


def test_constants() -> None:
    assert Constant(5)(env()) == 5
    assert ConstantText("a")(env()) == "a"


def test_lists_and_maps_are_new_each_time() -> None:
    made = NewMap((("a", NewList((Constant(1), ConstantText("b")))), ("n", Constant(None))))
    first, second = made(env()), made(env())
    assert first == second == {"a": [1, "b"], "n": None}
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first["a"] is not second["a"]


def test_what_holes_of_a_path_give_is_encoded() -> None:
    assert EncodedPath(("/a/", Constant("b/c d"), "?x=", Constant(True)))(env()) == "/a/b%2Fc%20d?x=true"


def test_half_of_a_character_in_a_path_is_replaced() -> None:
    assert EncodedPath(("/", Constant("\ud800a")))(env()) == "/%3Fa"


@pytest.mark.parametrize(("locale", "said"), [("zh", "中"), ("en-GB", "en"), ("en", "en"), ("fr", "中"), ("", "中")])
def test_a_text_is_said_in_the_users_locale_or_the_default_one(locale: str, said: str) -> None:
    chinese = ConstantText("中")
    assert TextByLocale({"zh": chinese, "en": ConstantText("en"), "fr": None}, chinese)(env(locale)) == said
    assert TextByLocale({}, None)(env(locale)) == ""


def test_a_variable_of_the_environment_is_empty_when_it_is_not_set() -> None:
    assert [EnvironmentText(name)(env(A="a")) for name in ("A", "B")] == ["a", ""]


def test_values_are_held_against_types() -> None:
    lexicon = Lexicon()
    assert [Fits(IntType(1, 9), lexicon)(value) for value in (5, 10, "5")] == [True, False, False]
    assert [Reader(IntType(1, 9), lexicon)(text) for text in ("5", "１０", "x")] == [5, None, None]


def test_a_stored_menu_is_filled_in_as_before() -> None:
    program = compile_text(
        "dialog: 1\nname: t\nmenu:\n"
        "  shop: {url: 'https://$(env.SHOP)'}\n"
        "  more: {items: {hi: {reply: hello}}}\n"
        "rules: {a: b}\n"
    ).program
    assert program is not None
    again = read_bot(write_bot(CompiledBot(program, (), {}, 0))).program
    assert program.menu is not None
    assert again.menu is not None
    menu = again.menu(env(SHOP="a.example.com"))
    assert menu == program.menu(env(SHOP="a.example.com"))
    assert [button.url for button in menu.buttons] == ["https://a.example.com", ""]
    assert [item.name for item in menu.buttons[1].items] == ["hi"]
