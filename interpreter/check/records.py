"""The records that are always there: what fields they have and which of these can be null.

A message has the fields of every type of message. Which of them are never null depends on what the rule answers, so
a message's record is made for a set of *variants*: message types and, for events, `event:scan`, `event:*`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, reduce

from interpreter.check.joins import join
from interpreter.diagnostics.suggest import nearest
from interpreter.types.kinds import (
    AnyType,
    BoolType,
    DateTimeType,
    EnumType,
    IntType,
    ListType,
    MapType,
    NumberType,
    OptionalType,
    RecordType,
    TextType,
    Type,
    optional,
)

Variants = frozenset[str]
"""Kinds of messages a place may see."""

_TEXT = TextType()
_TEXT_OR_NULL = OptionalType(_TEXT)
_NUMBER = NumberType()

_LOCATION = RecordType("location", {"lat": _NUMBER, "lng": _NUMBER, "scale": _NUMBER, "label": _TEXT})
_REPORTED_LOCATION = RecordType(
    "location", {"lat": _NUMBER, "lng": _NUMBER, "scale": OptionalType(_NUMBER), "label": _TEXT_OR_NULL}
)
_LINK = RecordType("link", {"title": _TEXT, "text": _TEXT, "url": _TEXT})

_COMMON: Mapping[str, Type] = {
    "id": _TEXT,
    "type": _TEXT,
    "time": IntType(),
    "user": _TEXT,
    "account": _TEXT,
    "text": _TEXT,
    "raw": MapType(AnyType()),
}
_VIDEO: Mapping[str, Type] = {"media_id": _TEXT, "thumb_media_id": _TEXT}
_EVENT: Mapping[str, Type] = {"event": _TEXT, "key": _TEXT_OR_NULL, "ticket": _TEXT_OR_NULL, "scene": _TEXT_OR_NULL}
_KEYED: Mapping[str, Type] = {**_EVENT, "key": _TEXT}

_FIELDS: Mapping[str, Mapping[str, Type]] = {
    "text": {},
    "image": {"pic_url": _TEXT, "media_id": _TEXT},
    "voice": {"media_id": _TEXT, "format": _TEXT, "recognition": _TEXT_OR_NULL},
    "video": _VIDEO,
    "shortvideo": _VIDEO,
    "location": {"location": _LOCATION},
    "link": {"link": _LINK},
    "file": {"title": _TEXT, "file_key": _TEXT_OR_NULL},
    "event:*": _EVENT,
    "event:scan": {**_KEYED, "scene": _TEXT},
    "event:location": {**_EVENT, "location": _REPORTED_LOCATION, "precision": OptionalType(_NUMBER)},
    **{
        f"event:{name}": _KEYED
        for name in (
            "click",
            "view",
            "view_miniprogram",
            "scancode_push",
            "scancode_waitmsg",
            "pic_sysphoto",
            "pic_photo_or_album",
            "pic_weixin",
        )
    },
    "event:location_select": {**_KEYED, "location": OptionalType(_LOCATION)},
}
_NAMES = tuple(dict.fromkeys(name for fields in _FIELDS.values() for name in fields))

EVERY: Variants = frozenset(_FIELDS)
"""Any message at all."""
TEXTUAL: Variants = frozenset({"text", "voice"})
"""What text patterns see, and what answers a question of a text type."""
ANSWERS: Variants = EVERY - {name for name in _FIELDS if name.startswith("event:") and name != "event:click"}
"""What can answer at all: of the events only menu clicks."""
UNDERSTOOD: Variants = TEXTUAL | {"event:click"}
"""What `fallback` answers."""


def variants_of(messages: Iterable[str], events: Iterable[str]) -> Variants:
    """The variants that message types and events (as in a rule's trigger) stand for."""
    found: set[str] = set()
    for message in messages:
        if message == "any":
            return EVERY
        if message == "event":
            found.update(name for name in _FIELDS if name.startswith("event:"))
        else:
            found.update([message] if message in _FIELDS else _meant(message))
    for event in events:
        name = f"event:{event}"
        found.add(name if name in _FIELDS else "event:*")
    return frozenset(found)


def _meant(message: str) -> Iterator[str]:
    """The type a misspelt one most likely means, so that its fields are not reported as well."""
    near = nearest(message, (name for name in _FIELDS if ":" not in name))
    if near is not None:
        yield near


@cache
def message_type(variants: Variants) -> RecordType:
    """The record `message` where one of these variants may have come; of none, where any may."""
    shapes = [_FIELDS[name] for name in sorted(variants or EVERY)]
    return RecordType("message", {**_COMMON, **{name: _field_type(name, shapes) for name in _NAMES}})


def _field_type(name: str, shapes: list[Mapping[str, Type]]) -> Type:
    kinds = [shape[name] for shape in shapes if name in shape]
    if not kinds:
        return optional(next(fields[name] for fields in _FIELDS.values() if name in fields))
    kind = reduce(join, kinds)
    return kind if len(kinds) == len(shapes) else optional(kind)


def user_type(locales: tuple[str, ...], variables: Mapping[str, Type]) -> RecordType:
    """The record `user`: `variables` by name without `user.`."""
    locale: Type = EnumType(locales) if locales else _TEXT
    return RecordType("user", {"id": _TEXT, "locale": locale, **variables})


SESSION = RecordType("session", {"new": BoolType(), "started": DateTimeType(), "turns": IntType()})
STATE = RecordType("state", {"name": _TEXT_OR_NULL, "tries": IntType()})
BOT = RecordType(
    "bot",
    {
        "name": _TEXT,
        "version": _TEXT,
        "rules": ListType(RecordType("rule", {"name": _TEXT, "description": _TEXT_OR_NULL})),
    },
)
ERROR = RecordType(
    "error",
    {"kind": _TEXT, "status": OptionalType(IntType()), "code": OptionalType(IntType()), "message": _TEXT},
)
ENV = RecordType("env", {})
"""Any name is a field of it, and always a text: a bot does not start without what it reads."""
