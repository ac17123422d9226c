"""HTTP services and their operations."""

from __future__ import annotations

from typing import Literal

from interpreter.dialog.arguments import read_parameters
from interpreter.dialog.data import read_data
from interpreter.dialog.leaves import Leaves, as_mapping, name_of, read_duration_leaf, read_flag, read_integer
from interpreter.dialog.model.leaves import Data, Name, Text
from interpreter.dialog.model.services import Operation, Service
from interpreter.source.tree import Entry, Mapping, Node

_METHODS: dict[str, Literal["GET", "POST", "PUT", "DELETE"]] = {
    "get": "GET",
    "post": "POST",
    "put": "PUT",
    "delete": "DELETE",
}


def read_services(leaves: Leaves, node: Node | None) -> dict[str, Service]:
    """The map `services`."""
    return {entry.key.text: _service(leaves, entry) for entry in as_mapping(node).entries}


def _service(leaves: Leaves, entry: Entry) -> Service:
    node = as_mapping(entry.value)
    operations = as_mapping(node.get("operations")).entries
    return Service(
        name=name_of(entry.key),
        url=leaves.text(node.get("url")),
        headers=_texts(leaves, node.get("headers")),
        timeout=read_duration_leaf(node.get("timeout")),
        retry=read_integer(node.get("retry")) or 0,
        private=read_flag(node.get("private")),
        operations={operation.key.text: _operation(leaves, operation) for operation in operations},
        span=entry.key.span,
    )


def _operation(leaves: Leaves, entry: Entry) -> Operation:
    node = as_mapping(entry.value)
    verb = next((item for item in node.entries if item.key.text in _METHODS), None)
    form = node.get("form")
    return Operation(
        name=name_of(entry.key),
        parameters=read_parameters(leaves, node.get("args")),
        method=_METHODS[verb.key.text] if verb else "GET",
        path=leaves.text(verb.value) if verb else None,
        query=_texts(leaves, node.get("query")),
        headers=_texts(leaves, node.get("headers")),
        json=_data(leaves, node, "json"),
        form=_texts(leaves, form) if isinstance(form, Mapping) else None,
        timeout=read_duration_leaf(node.get("timeout")),
        retry=read_integer(node.get("retry")),
        cache=read_duration_leaf(node.get("cache")),
        pick=leaves.expression(node.get("pick")),
        mock=_data(leaves, node, "mock"),
        span=entry.key.span,
    )


def _data(leaves: Leaves, node: Mapping, key: str) -> Data | None:
    value = node.get(key)
    return None if value is None else read_data(leaves, value)


def _texts(leaves: Leaves, node: Node | None) -> tuple[tuple[Name, Text], ...]:
    found = ((name_of(entry.key), leaves.text(entry.value)) for entry in as_mapping(node).entries)
    return tuple((name, text) for name, text in found if text is not None)
