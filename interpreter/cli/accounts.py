"""What a bot's file says of its accounts, as plain settings: its `$(env.NAME)` are filled in from the environment."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.diagnostics.fault_words import fault_words
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.services import Account
from interpreter.expr.closures import text_closure
from interpreter.expr.env import Env
from interpreter.expr.inference import infer_template
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.expr.tree import Field, Name
from interpreter.expr.walk import walk
from interpreter.machine.chance import chance_from
from interpreter.server.environment import Environment
from interpreter.server.errors import SettingsError
from interpreter.server.settings import WrittenAccount
from interpreter.types.kinds import MapType, OptionalType, TextType
from interpreter.values import Fault

_SCOPE = Scope({"env": Binding(MapType(OptionalType(TextType())), Storage.ROOT)})


def written_accounts(bot: Bot, environment: Environment) -> tuple[WrittenAccount, ...]:
    """The accounts of a bot; one without any settings if its file names none.

    Raises:
        SettingsError: a setting cannot be evaluated.
    """
    if not bot.accounts:
        return (WrittenAccount(bot.name, None, {}, {}),)
    return tuple(_written(bot, account, environment) for account in bot.accounts)


def account_variables(bot: Bot) -> frozenset[str]:
    """The names of the environment that the accounts of a bot read."""
    texts = [text for account in bot.accounts for text in account.settings.values()]
    return frozenset(name for text in texts for name in _names(text))


def _written(bot: Bot, account: Account, environment: Environment) -> WrittenAccount:
    origins = {key: tuple(dict.fromkeys(_names(text))) for key, text in account.settings.items()}
    settings = {key: _evaluated(key, text, environment) for key, text in account.settings.items()}
    return WrittenAccount(bot.name, account.name, settings, origins)


def _names(text: Text) -> Iterator[str]:
    """The names of the environment a text reads."""
    for hole in text.template.holes:
        for node in walk(hole.node):
            match node:
                case Field(target=Name(name="env"), name=name):
                    yield name


def _evaluated(key: str, text: Text, environment: Environment) -> str:
    """A setting as text; one that reads an unset variable is as good as not written."""
    found = {name: environment.find(name) for name in _names(text)}
    values = {name: value.value for name, value in found.items() if value is not None}
    env = Env(
        locals={},
        vars={},
        user={},
        roots={"env": values},
        chance=chance_from(0),
        locale="",
        say_text=lambda _: "",
    )
    try:
        return text_closure(infer_template(text.template, _SCOPE))(env)
    except Fault as fault:
        place, said = text.scalar.span, fault_words(fault.kind, fault.message)
        raise SettingsError(Wording(f"{place}: {key}: {said.en}", f"{place}：{key}：{said.zh}")) from fault
