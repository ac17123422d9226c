"""The outline of a file: its rules, states, flows and tests, and its other named things."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lsprotocol import types

from interpreter.dialog.leaves import as_mapping
from interpreter.source.spans import Span
from interpreter.source.tree import Entry, Mapping, Node
from interpreter.source.tree import Sequence as List

Icon = types.SymbolKind
_SECTIONS = {
    "vars": Icon.Variable,
    "services": Icon.Interface,
    "entities": Icon.Enum,
    "texts": Icon.String,
    "domains": Icon.Module,
    "rules": Icon.Event,
    "states": Icon.Class,
    "flows": Icon.Function,
    "menu": Icon.Field,
    "tests": Icon.Method,
}
"""The maps of a bot that have names in them, and how an editor shows these."""
_INNER = {
    "operations": Icon.Method,
    "rules": Icon.Event,
    "choices": Icon.Event,
    "replies": Icon.Event,
    "items": Icon.Field,
}

ToRange = Callable[[Span], types.Range]


def outline(tree: Node | None, to_range: ToRange) -> list[types.DocumentSymbol]:
    """The named things of a file."""
    return [
        _symbol(entry, Icon.Namespace, list(_children(entry.value, _SECTIONS[entry.key.text], to_range)), to_range)
        for entry in as_mapping(tree).entries
        if entry.key.text in _SECTIONS and as_mapping(entry.value).entries
    ]


def _children(node: Node, icon: Icon, to_range: ToRange) -> Iterator[types.DocumentSymbol]:
    for entry in as_mapping(node).entries:
        inner: list[types.DocumentSymbol] = []
        if isinstance(entry.value, Mapping):
            for part in entry.value.entries:
                if part.key.text in _INNER:
                    inner += _children(part.value, _INNER[part.key.text], to_range)
        yield _symbol(entry, icon, inner, to_range)


def _symbol(entry: Entry, icon: Icon, children: list[types.DocumentSymbol], to_range: ToRange) -> types.DocumentSymbol:
    key = entry.key.span
    end = max(key.end, _end(entry.value, key))
    return types.DocumentSymbol(
        name=entry.key.text or "?",
        kind=icon,
        range=to_range(Span(key.file, key.start, end)),
        selection_range=to_range(key),
        children=children,
    )


def _end(node: Node, key: Span) -> int:
    """Where a node ends: at the end of the last thing in it, for a map of lines ends where the next one begins."""
    while True:
        match node:
            case Mapping(entries=(*_, last), flow=False):
                node = last.value if last.value.span.file is key.file else last.key
            case List(items=(*_, item), flow=False):
                node = item
            case _:
                return node.span.end if node.span.file is key.file else key.end
