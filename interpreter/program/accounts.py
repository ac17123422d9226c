"""What a bot's file says of the accounts it serves."""

from __future__ import annotations

from dataclasses import dataclass

from interpreter.expr.env import TextClosure
from interpreter.program.names import Place


@dataclass(frozen=True, slots=True)
class AccountText:
    """A setting as written; it sees nothing but `env`."""

    key: str
    text: TextClosure
    variables: tuple[str, ...]
    """The names of the environment it reads."""
    place: Place


@dataclass(frozen=True, slots=True)
class AccountTable:
    """How a bot connects to WeChat. One whose file says nothing of it has one account without texts."""

    bot: str
    name: str | None
    """Its name under `accounts:`; None for a single `account:`."""
    texts: tuple[AccountText, ...] = ()
    """A list has a text for each of its items, the current one first."""
    slow: tuple[str, ...] = ()
    is_verified: bool = False
