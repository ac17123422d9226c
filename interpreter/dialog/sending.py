"""What `send` sends: a reply of any form, a template message, or one of the messages that no reply can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from interpreter.dialog.leaves import Leaves, as_mapping, name_of, written
from interpreter.dialog.model.leaves import Name, Text
from interpreter.dialog.model.messages import Message, MessageKind
from interpreter.dialog.model.replies import Localized
from interpreter.dialog.model.steps import SendStep
from interpreter.dialog.replies import read_localized, read_reply
from interpreter.source.tree import Entry, Mapping, Node, Scalar, Sequence

_KINDS: tuple[MessageKind, ...] = ("choices", "subscribe", "mini_page", "card", "article", "typing")
_FIRST = {"typing": "state", "subscribe": "template"}


def read_send(leaves: Leaves, entry: Entry, node: Mapping) -> SendStep:
    """A `send` step; `node` is the whole of it."""
    inner = as_mapping(entry.value)
    to, agent = leaves.expression(node.get("to")), leaves.text(node.get("as"))
    template = leaves.text(inner.get("template"))
    if template is not None:
        return SendStep(
            None,
            template,
            tuple(_texts(leaves, as_mapping(inner.get("data")).entries)),
            leaves.text(inner.get("url")),
            to,
            node.span,
            mini=tuple(_texts(leaves, as_mapping(inner.get("mini")).entries)),
            agent=agent,
        )
    message = _message(leaves, inner)
    reply = read_reply(leaves, entry.value) if message is None else None
    return SendStep(reply, None, (), None, to, node.span, message=message, agent=agent)


def _texts(leaves: Leaves, entries: Iterable[Entry]) -> Iterator[tuple[Name, Text]]:
    for entry in entries:
        text = leaves.text(written(entry.value))
        if text is not None:
            yield name_of(entry.key), text


def _message(leaves: Leaves, node: Mapping) -> Message | None:
    for kind in _KINDS:
        entry = node.entry(kind)
        if entry is not None:
            parts, entries = tuple(_parts(leaves, kind, entry, node)), tuple(_entries(leaves, kind, node))
            return Message(kind, parts, entries, node.span)
    return None


def _parts(leaves: Leaves, kind: MessageKind, entry: Entry, node: Mapping) -> Iterator[tuple[Name, Localized]]:
    for name, value in _written(kind, entry, node):
        text = read_localized(leaves, value)
        if text is not None:
            yield name, text


def _written(kind: MessageKind, entry: Entry, node: Mapping) -> Iterator[tuple[Name, Node]]:
    """The texts of a message, each with its name; the first one may go by the name of the kind."""
    inner = as_mapping(entry.value).entries
    if kind != "choices" and isinstance(entry.value, Scalar):
        yield Name(_FIRST.get(kind, "id"), entry.key.span), entry.value
    elif kind in ("mini_page", "card"):
        yield from ((name_of(each.key), each.value) for each in inner)
    for each in node.entries:
        if each.key.text in ("head", "tail", "url"):
            yield name_of(each.key), each.value
        elif each.key.text == "mini" and kind == "subscribe":
            yield from ((name_of(part.key), part.value) for part in as_mapping(each.value).entries)


def _entries(leaves: Leaves, kind: MessageKind, node: Mapping) -> Iterator[tuple[Name, Localized]]:
    listed: Node | None = node.get("choices" if kind == "choices" else "data")
    if kind not in ("choices", "subscribe"):
        return
    if isinstance(listed, Sequence):
        for number, item in enumerate(listed.items, start=1):
            text = read_localized(leaves, item)
            if text is not None:
                yield Name(str(number), item.span), text
        return
    for entry in as_mapping(listed).entries:
        text = read_localized(leaves, entry.value)
        if text is not None:
            yield name_of(entry.key), text
