"""What a program calls besides expressions. Each is a value, equal to another that is made of the same, not a closure.

So a program can be stored and made again from what it was made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from msgspec import Struct

from interpreter.expr.env import Closure, Env, TextClosure
from interpreter.program.menu import Button, ConditionalMenu, Menu
from interpreter.types.answers import fits, read_answer
from interpreter.types.kinds import Type
from interpreter.types.lexicon import Lexicon
from interpreter.values import Value, print_value


class Constant(Struct, frozen=True):
    """Gives the same value whatever the environment is."""

    value: Value

    def __call__(self, _: Env) -> Value:
        """The value."""
        return self.value


class ConstantText(Struct, frozen=True):
    """A text without holes."""

    text: str

    def __call__(self, _: Env) -> str:
        """The text."""
        return self.text


class EnvironmentText(Struct, frozen=True):
    """`$(env.NAME)` and nothing else; an unset variable is empty."""

    name: str

    def __call__(self, env: Env) -> str:
        """The value."""
        variables = env.roots["env"]
        value = variables.get(self.name) if isinstance(variables, Mapping) else None
        return print_value(value)


class EncodedPath(Struct, frozen=True):
    """A piece of a URL: what its holes give is percent-encoded."""

    parts: tuple[str | Closure, ...]

    def __call__(self, env: Env) -> str:
        """The piece."""
        parts = (part if isinstance(part, str) else _quoted(print_value(part(env))) for part in self.parts)
        return "".join(parts)


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")


class NewList(Struct, frozen=True):
    """A list of `json:`, `mock:` or `given:`, a new one each time."""

    items: tuple[Closure, ...]

    def __call__(self, env: Env) -> Value:
        """The list."""
        return [item(env) for item in self.items]


class NewMap(Struct, frozen=True):
    """A map of `json:`, `mock:` or `given:`, a new one each time."""

    entries: tuple[tuple[str, Closure], ...]

    def __call__(self, env: Env) -> Value:
        """The map."""
        return {name: value(env) for name, value in self.entries}


class TextByLocale(Struct, frozen=True):
    """The text of a locale map for the user's locale, or the default one."""

    texts: Mapping[str, TextClosure | None]
    default: TextClosure | None

    def __call__(self, env: Env) -> str:
        """The text."""
        texts = self.texts
        text = texts.get(env.locale) or texts.get(env.locale.partition("-")[0]) or self.default
        return text(env) if text else ""


class Fits(Struct, frozen=True):
    """Whether a value is of a type."""

    kind: Type
    lexicon: Lexicon

    def __call__(self, value: Value) -> bool:
        """Whether it is."""
        return fits(self.kind, value, self.lexicon)


class Reader(Struct, frozen=True):
    """Reads a text as a value of a type."""

    kind: Type
    lexicon: Lexicon

    def __call__(self, text: str) -> Value:
        """The value; None when the text is none."""
        return read_answer(self.kind, text, self.lexicon)


class ButtonPlan(Struct, frozen=True):
    """A button of the menu, as far as it does not depend on the environment, and what does."""

    plain: Button
    parts: tuple[tuple[str, TextClosure], ...]
    items: tuple[ButtonPlan, ...]

    def __call__(self, env: Env) -> Button:
        """The button."""
        filled = {name: text(env) for name, text in self.parts}
        return replace(self.plain, items=tuple(item(env) for item in self.items), **filled)


class WholeMenu(Struct, frozen=True):
    """The menu of everybody, and those of some with their conditions."""

    default: tuple[ButtonPlan, ...]
    conditional: tuple[tuple[tuple[tuple[str, str], ...], tuple[ButtonPlan, ...]], ...]

    def __call__(self, env: Env) -> Menu:
        """The menus."""
        others = (ConditionalMenu(rule, tuple(button(env) for button in buttons)) for rule, buttons in self.conditional)
        return Menu(tuple(button(env) for button in self.default), tuple(others))
