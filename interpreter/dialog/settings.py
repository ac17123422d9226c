"""What a bot file says once: its name, version, locales, time zone, sessions, accounts, entities, fallback."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from datetime import timedelta

from msgspec import Struct

from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.durations import read_duration
from interpreter.dialog.leaves import (
    Leaves,
    as_mapping,
    name_of,
    read_flag,
    read_names,
    read_scalars,
)
from interpreter.dialog.model.bot import Entity
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.rules import Fallback
from interpreter.dialog.model.services import Account
from interpreter.dialog.steps import read_steps
from interpreter.dialog.words import MESSAGE_TYPES, REPLY_FORMS
from interpreter.source.tree import Entry, Mapping, Node, Scalar, Sequence

DEFAULT_LOCALES = ("zh",)
DEFAULT_TIMEZONE = "Asia/Shanghai"
DEFAULT_SESSION = timedelta(hours=1)


class Settings(Struct, frozen=True):
    """The plain values of a bot."""

    name: str
    version: str
    description: str
    locales: tuple[str, ...]
    timezone: str
    session: timedelta
    timeout: timedelta | None


def read_settings(leaves: Leaves, tree: Mapping) -> Settings:
    """The plain values of a bot, with the defaults of the language."""
    session = _time(tree.get("session"))
    return Settings(
        name=_word(tree.get("name")),
        version=_word(tree.get("version")) or "0",
        description=_word(tree.get("description")),
        locales=read_locales(tree.get("locales")),
        timezone=_timezone(leaves, tree.get("timezone")),
        session=DEFAULT_SESSION if session is None else session,
        timeout=_time(tree.get("timeout")),
    )


def read_locales(node: Node | None) -> tuple[str, ...]:
    """The bot's locales, each once."""
    return tuple(dict.fromkeys(scalar.text for scalar in read_scalars(node) if scalar.text)) or DEFAULT_LOCALES


def _word(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _time(node: Node | None) -> timedelta | None:
    return read_duration(_word(node))


def _timezone(leaves: Leaves, node: Node | None) -> str:
    if not isinstance(node, Scalar) or not node.text:
        return DEFAULT_TIMEZONE
    from zoneinfo import ZoneInfo, available_timezones

    try:
        return ZoneInfo(node.text).key
    except (KeyError, ValueError, OSError):
        near = nearest(node.text, sorted(available_timezones()))
    leaves.diagnostics.append(
        Diagnostic(
            "DL107",
            node.span,
            Wording(f"no time zone is named `{node.text}`", f"没有名为 `{node.text}` 的时区"),
            label=Wording(f"did you mean `{near}`?", f"是不是想写 `{near}`？") if near else None,
            help=Wording(
                "write a name of the IANA time zone database, such as `Asia/Shanghai`",
                "请写 IANA 时区名，如 `Asia/Shanghai`",
            ),
        )
    )
    return DEFAULT_TIMEZONE


# ---------------------------------------------------------------------------------------------------- accounts


def read_accounts(leaves: Leaves, tree: Mapping) -> tuple[Account, ...]:
    """`account`, or each of `accounts`."""
    single = tree.entry("account")
    accounts = [_account(leaves, None, single)] if single else []
    several = as_mapping(tree.get("accounts")).entries
    return tuple(accounts + [_account(leaves, entry.key.text, entry) for entry in several])


def _account(leaves: Leaves, name: str | None, entry: Entry) -> Account:
    node = as_mapping(entry.value)
    read = {item.key.text: _texts(leaves, item.value) for item in node.entries if item.key.text not in _NOT_TEXT}
    settings: MappingABC[str, Text] = {key: texts[0] for key, texts in read.items() if texts}
    return Account(
        name=name,
        settings=settings,
        verified=read_flag(node.get("verified")),
        slow=read_names(node.get("slow")),
        span=entry.key.span,
        previous={key: texts[1:] for key, texts in read.items() if len(texts) > 1},
    )


def _texts(leaves: Leaves, node: Node) -> tuple[Text, ...]:
    """A text, or the texts of a list."""
    items = node.items if isinstance(node, Sequence) else (node,)
    return tuple(text for item in items if (text := leaves.text(item)) is not None)


_NOT_TEXT = ("verified", "slow")

# ---------------------------------------------------------------------------------------------------- other maps


def read_entities(node: Node | None) -> dict[str, Entity]:
    """The map `entities`."""
    return {entry.key.text: _entity(entry) for entry in as_mapping(node).entries}


def _entity(entry: Entry) -> Entity:
    if isinstance(entry.value, Mapping):
        named = [(thing.key, read_scalars(thing.value)) for thing in entry.value.entries]
    else:
        named = [(scalar, ()) for scalar in read_scalars(entry.value)]
    things = {thing.text: tuple(synonym.text for synonym in synonyms) for thing, synonyms in named}
    words = [(word, thing.text) for thing, synonyms in named for word in (thing, *synonyms)]
    return Entity(name_of(entry.key), things, entry.key.span, tuple(words))


def read_fallback(leaves: Leaves, entry: Entry | None) -> Fallback | None:
    """What is said when nothing matched: steps, or a map of them by message type."""
    if entry is None:
        return None
    node, span = entry.value, entry.key.span
    if not isinstance(node, Mapping) or not _is_by_message({item.key.text for item in node.entries}):
        return Fallback(read_steps(leaves, node), None, span)
    known = (item for item in node.entries if item.key.text in MESSAGE_TYPES)
    return Fallback((), {item.key.text: read_steps(leaves, item.value) for item in known}, span)


def _is_by_message(keys: set[str]) -> bool:
    """Whether a map with these keys is one by message type, in which `image`, `voice` and `video` are never media."""
    return bool(keys) and (keys <= set(MESSAGE_TYPES) or not keys.isdisjoint(set(MESSAGE_TYPES) - REPLY_FORMS))
