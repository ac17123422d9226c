"""What can be offered inside an expression: names with their types, fields, functions, and values to compare with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol.types import CompletionItemKind as Icon

from interpreter.dialog.model.bot import Bot
from interpreter.expr.fields import field_names, field_type, path_type
from interpreter.expr.functions.document import signature
from interpreter.expr.functions.library import FUNCTIONS
from interpreter.expr.parser import read_path
from interpreter.expr.scope import Scope, Storage
from interpreter.language_server.offers import Offer, words
from interpreter.types.kinds import EntityType, EnumType, Type, required, show

_PATH = re.compile(r"(?P<target>(?:[^\W\d]\w*\.)*)(?P<word>[^\W\d]?\w*)\Z")
_COMPARED = re.compile(
    r"""(?P<path>[^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*(?:[=!]=|(?:not\s+)?in\s*\[[^\]]*?)\s*(?P<quote>["'])?[^"',\]]*\Z"""
)
_WORDS = ("and", "or", "not", "in", "if", "else", "true", "false", "null")


def open_hole(text: str) -> str | None:
    """What has been written of the expression at the end of a text; None outside of `$(…)`."""
    opening = re.search(r"(?<!\$)\$\((?!.*(?<!\$)\$\()", text, re.DOTALL)
    if opening is None:
        return None
    inside = text[opening.end() :]
    depth = 1
    for piece in re.finditer(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[()]""", inside):
        depth += {"(": 1, ")": -1}.get(piece.group(), 0)
        if depth == 0:
            return None
    return inside


def expression_offers(written: str, scope: Scope, bot: Bot) -> tuple[str, list[Offer]]:
    """What may follow an expression that was begun, and the word of it that an offer replaces."""
    compared = _COMPARED.search(written)
    if compared is not None and compared["quote"]:
        begun = (
            written[compared.end("quote") :] if "[" not in compared.group() else written.rsplit(compared["quote"], 1)[1]
        )
        return begun, list(words(_values(compared["path"], scope, bot), Icon.EnumMember))
    if _is_in_text(written):
        return "", []
    found = _PATH.search(written)
    assert found is not None
    target, word = found["target"].removesuffix("."), found["word"]
    if target:
        return word, list(_fields(target, scope))
    if word == "" and written.endswith("."):
        return "", []
    quoted = [f'"{value}"' for value in _values(compared["path"], scope, bot)] if compared is not None else []
    return word, [*words(quoted, Icon.EnumMember), *_names(scope), *_functions(), *words(_WORDS, Icon.Keyword)]


def _is_in_text(written: str) -> bool:
    rest = re.sub(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""", "", written)
    return '"' in rest or "'" in rest


def _names(scope: Scope) -> Iterator[Offer]:
    for name, binding in scope.bindings.items():
        rank = {Storage.LOCAL: 0, Storage.SESSION: 1}.get(binding.storage, 2)
        yield Offer(name, Icon.Variable, show(binding.type), rank=rank)


def _fields(target: str, scope: Scope) -> Iterator[Offer]:
    node = read_path(target)
    kind = path_type(node, scope) if node is not None else None
    if kind is None:
        return
    kind = required(kind)
    for name in field_names(kind):
        inner = field_type(kind, name)
        yield Offer(name, Icon.Field, show(inner) if inner is not None else "")


def _functions() -> Iterator[Offer]:
    for name, function in FUNCTIONS.items():
        yield Offer(name, Icon.Function, signature(function), function.summary, insert=f"{name}(", rank=3)


def _values(path: str, scope: Scope, bot: Bot) -> tuple[str, ...]:
    """The texts that a path can be compared with."""
    node = read_path(path)
    kind: Type | None = path_type(node, scope) if node is not None else None
    match required(kind) if kind is not None else None:
        case EnumType(values=values):
            return values
        case EntityType(name=name):
            return scope.entities.get(name, ())
        case _ if path == "state.name":
            return tuple(bot.states)
        case _:
            return ()
