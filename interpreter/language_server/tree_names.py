"""The names that stand in maps whose places the model does not keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from interpreter.dialog.leaves import as_items, as_mapping
from interpreter.dialog.model.bot import Bot
from interpreter.language_server.index import Occurrence, Symbol
from interpreter.source.tree import Node, Scalar


def tree_names(bot: Bot, trees: Mapping[str, Node]) -> Iterator[Occurrence]:
    """Named texts, the new names under `renamed`, and the services a pack asks for."""
    for name in bot.sources:
        root = as_mapping(trees.get(name))
        for entry in as_mapping(root.get("texts")).entries:
            yield Occurrence(Symbol("text", entry.key.text), entry.key.span, True)
        for entry in as_mapping(root.get("renamed")).entries:
            if isinstance(entry.value, Scalar):
                yield from _waits(bot, entry.value)
        permissions = as_mapping(as_mapping(root.get("pack")).get("permissions"))
        for item in as_items(permissions.get("services")):
            if isinstance(item, Scalar):
                yield Occurrence(Symbol("service", item.text), item.span)


def _waits(bot: Bot, scalar: Scalar) -> Iterator[Occurrence]:
    if scalar.text in bot.states:
        yield Occurrence(Symbol("state", scalar.text), scalar.span)
    elif scalar.text in bot.flows:
        yield Occurrence(Symbol("flow", scalar.text), scalar.span)
