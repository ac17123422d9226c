"""The whole bot, its menu and its tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Literal

from msgspec import Struct, field

from interpreter.dialog.model.leaves import Data, Expression, Name, Text
from interpreter.dialog.model.replies import Reply
from interpreter.dialog.model.rules import Domain, Fallback, Flow, Parameter, Rule, State
from interpreter.dialog.model.services import Account, Service
from interpreter.dialog.model.steps import Steps
from interpreter.source.spans import Span
from interpreter.source.tree import Node as YamlNode
from interpreter.source.tree import Scalar


class Button(Struct, frozen=True, eq=False):
    """A button of the custom menu. One with steps has its rule among `Bot.menu_rules`; others are kept as written."""

    name: Name
    key: str | None
    """The EventKey a click on it sends, when it sends one."""
    items: tuple[Button, ...]
    node: YamlNode
    span: Span
    kind: str = "click"
    """What a tap does, by WeChat's name for it; `""` of a button that opens a submenu."""
    path: str = ""
    """Its place in the menu, `更多/赞一下`, which is its key too when it has none of its own."""
    label: Scalar | None = None
    """What phones show, where that is not its name."""
    parts: tuple[tuple[str, Text], ...] = ()
    """What a tap opens: `url`, or `app_id`, `page` and `url`, or the id of `media` or of an `article`."""

    @property
    def shown(self) -> str:
        """What phones show."""
        return self.name.text if self.label is None else self.label.text


class ConditionalMenu(Struct, frozen=True, eq=False):
    """A menu for some users; rules of its buttons are among `Bot.menu_rules` too."""

    conditions: tuple[tuple[Name, Scalar], ...]
    """Its `if`: `tag` and `platform`."""
    buttons: tuple[Button, ...]
    span: Span

    @property
    def audience(self) -> str:
        """Whom it is for, whatever the order it was written in: `tag=2,platform=ios`."""
        return audience_of((name.text, scalar.text) for name, scalar in self.conditions)


def audience_of(conditions: Iterable[tuple[str, str]]) -> str:
    """Whom a menu is for; the paths of its buttons begin with it."""
    return ",".join(f"{name}={value}" for name, value in sorted(conditions, reverse=True))


class TalkLine(Struct, frozen=True, eq=False):
    """One line of a conversation test; see `dialog.talk`."""

    kind: Literal["send", "expect", "clock", "check", "request"]
    text: str
    """What follows the mark, as written."""
    user: str | None
    span: Span
    expression: Expression | None = None
    """Of a `check` line."""


class Test(Struct, frozen=True, eq=False):
    """A conversation that must hold."""

    name: Name
    given: tuple[tuple[Name, Data], ...]
    lines: tuple[TalkLine, ...]
    span: Span


class Entity(Struct, frozen=True, eq=False):
    """A named list of things, each with its synonyms."""

    name: Name
    things: Mapping[str, tuple[str, ...]]
    span: Span
    words: tuple[tuple[Scalar, str], ...] = field(default=())
    """Every name and synonym as it stands in the file, with the thing it means."""


class Bot(Struct, frozen=True, eq=False):
    """A whole bot, its imported files merged in."""

    name: str
    version: str
    description: str
    locales: tuple[str, ...]
    timezone: str
    session: timedelta
    timeout: timedelta | None
    choice: Text | None
    accounts: tuple[Account, ...]
    variables: tuple[Parameter, ...]
    """Names are as written: `answer`, `user.name`."""
    services: Mapping[str, Service]
    entities: Mapping[str, Entity]
    texts: Mapping[str, Reply]
    media: Mapping[str, Scalar]
    domains: Mapping[str, Domain]
    before: Steps
    rules: tuple[Rule, ...]
    menu_rules: tuple[Rule, ...]
    """Rules of menu buttons that have steps; they are tried after `rules`."""
    buttons: tuple[Button, ...]
    states: Mapping[str, State]
    flows: Mapping[str, Flow]
    fallback: Fallback | None
    failure: Steps | None
    after: Steps
    renamed: Mapping[str, str]
    tests: tuple[Test, ...]
    span: Span
    sources: tuple[str, ...] = field(default=())
    """The files it was read from, the bot's own first."""
    conditional_menus: tuple[ConditionalMenu, ...] = field(default=())
    renames: tuple[tuple[Name, Name], ...] = field(default=())
    """`renamed` with its places: the old name and the new one."""
    text_names: tuple[Name, ...] = field(default=())
    """The names under `texts` and where they stand, those of texts that could not be read, too."""
    media_names: tuple[Name, ...] = ()
    """The names under `media` and where they stand."""
