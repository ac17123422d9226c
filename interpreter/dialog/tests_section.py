"""The conversations that must hold."""

from __future__ import annotations

from interpreter.dialog.data import read_data
from interpreter.dialog.leaves import Leaves, as_mapping, name_of, written
from interpreter.dialog.model.bot import Test
from interpreter.dialog.talk import nothing_sent, parse_talk
from interpreter.source.tree import Entry, Node


def read_tests(leaves: Leaves, node: Node | None) -> tuple[Test, ...]:
    """The map `tests`."""
    return tuple(_test(leaves, entry) for entry in as_mapping(node).entries)


def _test(leaves: Leaves, entry: Entry) -> Test:
    node = as_mapping(entry.value)
    given = as_mapping(node.get("given")).entries
    talk = written(node.get("talk"))
    lines = parse_talk(leaves, talk) if talk else ()
    if (problem := nothing_sent(lines)) is not None:
        leaves.diagnostics.append(problem)
    return Test(
        name=name_of(entry.key),
        given=tuple((name_of(item.key), read_data(leaves, item.value)) for item in given),
        lines=lines,
        span=entry.key.span,
    )
