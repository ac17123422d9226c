"""Lowering what a bot's file says of its accounts."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.compiler.callables import EnvironmentText
from interpreter.compiler.leaves import late_text, place_of
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.leaves import Text
from interpreter.expr.env import TextClosure
from interpreter.expr.inference import infer_template
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.expr.tree import Field, Hole, Name
from interpreter.expr.walk import walk
from interpreter.program.accounts import AccountTable, AccountText
from interpreter.types.kinds import MapType, OptionalType, TextType

_SCOPE = Scope({"env": Binding(MapType(OptionalType(TextType())), Storage.ROOT)})


def lower_accounts(bot: Bot) -> tuple[AccountTable, ...]:
    """The accounts of a bot; one without any settings if its file names none."""
    if not bot.accounts:
        return (AccountTable(bot.name, None),)
    return tuple(
        AccountTable(
            bot.name,
            account.name,
            tuple(_lower_text(key, text) for key, text in account.texts),
            tuple(name.text for name in account.slow),
            account.verified,
        )
        for account in bot.accounts
    )


def _lower_text(key: str, text: Text) -> AccountText:
    match text.template.parts:
        case (Hole(node=Field(target=Name(name="env"), name=name)),):  # nearly all: no need for expressions
            closure: TextClosure = EnvironmentText(name)
        case _:
            closure = late_text(infer_template(text.template, _SCOPE))
    return AccountText(key, closure, tuple(dict.fromkeys(_variables(text))), place_of(text.scalar.span))


def _variables(text: Text) -> Iterator[str]:
    """The names of the environment a text reads."""
    for hole in text.template.holes:
        for node in walk(hole.node):
            match node:
                case Field(target=Name(name="env"), name=name):
                    yield name
