"""Messages on their way: what the machine wants sent, as parcels a store can keep.

A parcel's body is JSON, written by the types of the records themselves: a field with its default is left out, a member
of a union carries the name of its class. So a new kind of message or a new field needs nothing here.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from msgspec import NODEFAULT, Struct, structs

from interpreter.machine.effects import Send
from interpreter.machine.replies import Reply
from interpreter.stores.protocol import Parcel
from interpreter.values import Value, from_json, to_json

REPLY = "reply"
"""The id of a `Send` that the engine made of a reply; those the machine asked for have other ones."""
_CLASS = "is"


class UnreadableParcel(Exception):  # noqa: N818  named for what happened
    """A body that is no message of this version's."""


def write_parcel(send: Send) -> str:
    """A message as JSON."""
    text = json.dumps(_codec(Send).write(send), ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair; escaped it can be stored
        text = json.dumps(_codec(Send).write(send), separators=(",", ":"))
    return text


def read_parcel(body: str) -> Send:
    """The message that was written.

    Raises:
        UnreadableParcel: the text is damaged, or of a version that knew other messages.
    """
    try:
        send = _codec(Send).read(json.loads(body))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableParcel(f"{type(error).__name__} in a stored message") from error
    assert isinstance(send, Send)
    return send


def reply_to(user: str, reply: Reply) -> Send:
    """A reply as a message of its own."""
    return Send(REPLY, user, reply)


@dataclasses.dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that is to be sent: in how many seconds, or else with the answer to the user's next one."""

    send: Send
    delay: float = 0.0
    for_next: bool = False


def pack(cause: str, outgoing: Sequence[Outgoing], at: datetime) -> tuple[Parcel, ...]:
    """Messages as parcels. The same cause gives them the same ids."""
    start = _start(cause)
    return tuple(_packed(f"{start}:{number}", item, at) for number, item in enumerate(outgoing))


def pack_one(cause: str, name: str, item: Outgoing, at: datetime) -> Parcel:
    """A message as a parcel that has a name in the place of a number."""
    return _packed(id_under(cause, name), item, at)


def id_under(cause: str, name: str) -> str:
    """The id of a parcel with a name."""
    return f"{_start(cause)}:{name}"


def _start(cause: str) -> str:
    return hashlib.sha256(cause.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _packed(id: str, item: Outgoing, at: datetime) -> Parcel:
    return Parcel(id, write_parcel(item.send), at + timedelta(seconds=item.delay), item.for_next)


# ---------------------------------------------------------------------------------------------------- by type


@dataclasses.dataclass(frozen=True, slots=True)
class _Codec:
    """How values of one type become JSON data and come back."""

    write: Callable[[typing.Any], object]
    read: Callable[[typing.Any], object]


_PLAIN = _Codec(lambda value: value, lambda data: data)
_VALUE = _Codec(to_json, from_json)


@cache
def _codec(kind: object) -> _Codec:
    if kind in {str, int, float, bool, type(None)}:
        return _exact(kind)
    if kind in {Value, datetime, timedelta}:
        return _VALUE
    origin = typing.get_origin(kind)
    if origin is typing.Literal:
        return _PLAIN
    if origin in {typing.Union, types.UnionType}:
        return _of_union(typing.get_args(kind))
    if origin is tuple and typing.get_args(kind)[1:] == (...,):
        item = _codec(typing.get_args(kind)[0])
        return _Codec(lambda items: [item.write(each) for each in items], lambda data: tuple(map(item.read, data)))
    if origin is Mapping:
        item = _codec(typing.get_args(kind)[1])
        return _Codec(
            lambda items: {key: item.write(each) for key, each in items.items()},
            lambda data: {key: item.read(each) for key, each in data.items()},
        )
    assert isinstance(kind, type), f"no parcel can hold {kind}"
    assert _is_record(kind), f"no parcel can hold {kind}"
    return _of_class(kind)


def _exact(kind: object) -> _Codec:
    assert isinstance(kind, type)
    wanted = (int, float) if kind is float else kind

    def read(data: object) -> object:
        if not isinstance(data, wanted):
            raise TypeError("another type of data")
        return data

    return _Codec(lambda value: value, read)


def _is_record(kind: object) -> bool:
    return isinstance(kind, type) and (dataclasses.is_dataclass(kind) or issubclass(kind, Struct))


def _of_class(kind: type) -> _Codec:
    """A record as a map of the fields that differ from their defaults."""
    hints, defaults = typing.get_type_hints(kind), _defaults(kind)

    def write(value: object) -> object:
        items = {name: getattr(value, name) for name in hints}
        return {
            name: _codec(hints[name]).write(item)
            for name, item in items.items()
            if name not in defaults or not _is_default(item, defaults[name])
        }

    def read(data: Mapping[str, object]) -> object:
        return kind(**{name: _codec(hints[name]).read(item) for name, item in data.items()})

    return _Codec(write, read)


def _defaults(kind: type) -> dict[str, object]:
    """What the fields of a record hold that need not be given."""
    if issubclass(kind, Struct):
        return {field.name: field.default for field in structs.fields(kind) if field.default is not NODEFAULT}
    assert dataclasses.is_dataclass(kind)
    defaults: dict[str, object] = {}
    for field in dataclasses.fields(kind):
        if field.default_factory is not dataclasses.MISSING:
            defaults[field.name] = field.default_factory()
        elif field.default is not dataclasses.MISSING:
            defaults[field.name] = field.default
    return defaults


def _is_default(value: object, default: object) -> bool:
    return value == default and (type(value) is type(default) or isinstance(default, Mapping))


def _of_union(members: tuple[object, ...]) -> _Codec:
    """One of several classes, with its name; or of several plain types, which JSON itself tells apart."""
    classes = {kind.__name__: kind for kind in members if isinstance(kind, type) and _is_record(kind)}
    others = [kind for kind in members if kind not in classes.values() and kind is not type(None)]

    def write(value: object) -> object:
        name = type(value).__name__
        if name in classes:
            written = _codec(classes[name]).write(value)
            assert isinstance(written, dict)
            return {_CLASS: name, **written}
        return None if value is None else _codec(_fitting(others, value)).write(value)

    def read(data: object) -> object:
        if data is None and type(None) in members:
            return None
        if isinstance(data, dict) and _CLASS in data:
            kind = classes[data[_CLASS]]
            return _codec(kind).read({name: item for name, item in data.items() if name != _CLASS})
        return _codec(_fitting(others, data)).read(data)

    return _Codec(write, read)


def _fitting(kinds: Sequence[object], value: object) -> object:
    """The type of a union's that a value has; the last one for whatever is no plain type."""
    for kind in kinds:
        if isinstance(kind, type) and isinstance(value, kind):
            return kind
    rest = [kind for kind in kinds if not isinstance(kind, type)]
    if not rest:
        raise TypeError("another type of data")
    return rest[-1]
