"""What can be offered at a cursor, before it becomes an item of the protocol: the names of a bot, and a few words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lsprotocol.types import CompletionItemKind as Icon

from interpreter.check import accounts
from interpreter.check.events import known_events
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.types.kinds import show
from interpreter.types.notation import BUILT_IN_TYPES


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that may be written."""

    label: str
    icon: Icon
    detail: str = ""
    about: Wording | None = None
    insert: str = ""
    """What is written, when it is not the label."""
    rank: int = 0
    """Smaller ranks come first."""


def words(found: Iterable[str], icon: Icon = Icon.EnumMember) -> Iterator[Offer]:
    """Words without more to say of them."""
    return (Offer(word, icon) for word in found)


def account_types(bot: Bot | None) -> frozenset[str]:
    """The types of a bot's accounts: only what is theirs is offered. A file that is no bot yet has an official one."""
    return accounts.types_of(bot) if bot is not None else frozenset(("official",))


def states(bot: Bot) -> Iterator[Offer]:
    """The states."""
    return words(bot.states, Icon.Class)


def flows(bot: Bot) -> Iterator[Offer]:
    """The flows with their arguments."""
    for name, flow in bot.flows.items():
        arguments = ", ".join(f"{each.name.text}: {show(each.type)}" for each in flow.parameters)
        yield Offer(name, Icon.Function, f"({arguments})" if arguments else "")


def targets(bot: Bot) -> Iterator[Offer]:
    """Every place that `goto` can lead to."""
    rules = dict.fromkeys(rule.name.text for rule in (*bot.rules, *bot.menu_rules))
    yield from words((f"states.{name}" for name in bot.states), Icon.Class)
    yield from words((f"flows.{name}" for name in bot.flows), Icon.Function)
    yield from words((f"rules.{name}" for name in rules), Icon.Event)


def operations(bot: Bot) -> Iterator[Offer]:
    """The operations of services with their arguments."""
    for name, service in bot.services.items():
        for operation in service.operations.values():
            arguments = ", ".join(each.name.text for each in operation.parameters)
            yield Offer(f"{name}.{operation.name.text}", Icon.Method, f"({arguments})")


def variables(bot: Bot) -> Iterator[Offer]:
    """The declared variables."""
    for variable in bot.variables:
        yield Offer(variable.name.text, Icon.Variable, show(variable.type))


def types_of(bot: Bot | None) -> Iterator[Offer]:
    """The types of the language and the bot's entities."""
    yield from words(bot.entities if bot else (), Icon.Enum)
    yield from words(BUILT_IN_TYPES, Icon.TypeParameter)
    yield Offer("list(…)", Icon.TypeParameter, insert="list(")
    yield Offer("digits(…)", Icon.TypeParameter, insert="digits(")


def names_for(key: str, bot: Bot) -> Iterator[Offer]:
    """The names that a key takes."""
    match key:
        case "wait":
            return states(bot)
        case "call":
            return flows(bot)
        case "domain":
            return words(bot.domains, Icon.Module)
        case "into":
            return variables(bot)
        case "event":
            return words(sorted(known_events(account_types(bot))), Icon.Event)
        case _:
            return iter(())
