"""Giving a name of a bot another one, everywhere at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.naming import BUILT_IN
from interpreter.diagnostics.diagnostic import Edit
from interpreter.diagnostics.wording import Wording
from interpreter.language_server.checked import Checked
from interpreter.language_server.hover import NOUNS
from interpreter.language_server.index import Occurrence, Symbol
from interpreter.types.names import is_name

RENAMED = frozenset(("state", "flow", "domain", "text", "service", "operation", "entity", "variable", "local"))
"""What can be renamed. The name of a rule often is its pattern, and functions are the language's own."""
_LOOSE = frozenset(("state", "flow", "domain"))
_LOOSE_NAME = re.compile(r"\w[\w-]*\Z")


class RefusedError(Exception):
    """A name cannot be renamed, or not so."""

    def __init__(self, reason: Wording) -> None:
        super().__init__(reason.en)
        self.reason = reason


def renameable(checked: Checked, file: str, offset: int) -> Occurrence:
    """The name at a place, which can be renamed."""
    occurrence = checked.index.at(file, offset)
    if occurrence is None:
        raise RefusedError(Wording("there is no name here", "这里没有名称"))
    symbol = occurrence.symbol
    noun = NOUNS[symbol.kind]
    if symbol.kind not in RENAMED:
        raise RefusedError(Wording(f"a {noun.en} cannot be renamed", f"{noun.zh}不能重命名"))
    if not checked.index.definitions(symbol):
        shown = symbol.name
        raise RefusedError(Wording(f"`{shown}` is not defined in this bot", f"`{shown}` 不是在这个机器人里定义的"))
    return occurrence


def rename(checked: Checked, file: str, offset: int, new: str) -> tuple[Edit, ...]:
    """The edits that give the name at a place another one."""
    symbol = renameable(checked, file, offset).symbol
    own = new.removeprefix("user.") if symbol.name.startswith("user.") else new
    _check(checked, symbol, own)
    return tuple(Edit(each.span, own) for each in checked.index.of(symbol))


def _check(checked: Checked, symbol: Symbol, new: str) -> None:
    if symbol.kind in _LOOSE:
        if _LOOSE_NAME.match(new) is None:
            raise RefusedError(
                Wording(
                    f"`{new}` is no name: write letters, digits, `_` and `-`",
                    f"`{new}` 不是合法的名称：请用字母、汉字、数字、`_`、`-`",
                )
            )
    elif not is_name(new):
        raise RefusedError(
            Wording(
                f"`{new}` is no name: write letters, digits and `_`, no digit first, and no word of the language",
                f"`{new}` 不是合法的名称：由字母、汉字、数字和 `_` 组成，不以数字开头，也不能是语言的关键字",
            )
        )
    elif symbol.kind in ("variable", "local") and not symbol.name.startswith("user.") and new in BUILT_IN:
        raise RefusedError(Wording(f"`{new}` is always there", f"`{new}` 是内置名"))
    for other in _rivals(symbol, new):
        taken = checked.index.definitions(other)
        if taken and other != symbol:
            where = taken[0].span
            raise RefusedError(Wording(f"`{new}` is taken: {where}", f"`{new}` 已被使用：{where}"))
    if symbol.kind == "variable" and checked.index.has_local(new):
        raise RefusedError(Wording(f"`{new}` is a local somewhere", f"`{new}` 已是某处的局部变量"))


def _rivals(symbol: Symbol, new: str) -> Iterator[Symbol]:
    """What the new name would meet."""
    if symbol.name.startswith("user."):
        yield Symbol("variable", f"user.{new}")
        return
    yield Symbol(symbol.kind, new, symbol.owner)
    if symbol.kind == "local":
        yield Symbol("variable", new)
    if symbol.kind in ("state", "flow"):  # both are waits, and `state.name` tells them by their names
        yield Symbol("flow" if symbol.kind == "state" else "state", new)
