"""From the fields of WeChat's XML to a message of the language, and to what makes two deliveries the same message."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from operator import itemgetter

from interpreter.machine.events import Message
from interpreter.stores.protocol import MessageKey
from interpreter.values import Value
from interpreter.wechat.errors import MalformedMessage

Raw = Mapping[str, Value]

_ENVELOPE = ("MsgType", "FromUserName", "ToUserName", "CreateTime")
"""What every message has."""
_envelope = itemgetter(*_ENVELOPE)
_SPOKEN = {"text": "Content", "voice": "Recognition"}
"""Where the types that have a text have it."""
_QR_PREFIX = "qrscene_"
_KEYED = frozenset(
    (
        "click",
        "view",
        "view_miniprogram",
        "scan",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    )
)
"""Events that always have a key, be it empty."""


def read_message(raw: Raw) -> Message:
    """A message or an event; a type or an event of which nothing is known keeps all its fields in `raw`.

    Raises:
        MalformedMessage: sender, receiver, time or type are missing.
    """
    try:
        kind, user, account, time = list(map(str.strip, _envelope(raw)))
    except (KeyError, TypeError):
        kind = user = account = time = ""
    if not (kind and user and account and time.isascii() and time.isdigit() and len(time) <= 12):
        raise _no_envelope(raw)
    kind = kind.lower()
    read = _FIELDS.get(kind)
    fields = read(raw) if read is not None else {}
    text = _text(raw, _SPOKEN[kind]) if kind in _SPOKEN else ""
    return Message(kind, user, account, int(time), _text(raw, "MsgId"), text, fields, raw)


def message_key(message: Message, body: bytes) -> MessageKey:
    """The same for all deliveries of a message, different for different messages.

    Messages have an id, unique for one user at most; events have none, and two of them can agree in time, name and
    key, so the body itself takes part.

    Raises:
        MalformedMessage: something that tells them apart is not one text.
    """
    if message.id and message.id != "0":
        return MessageKey(f"{message.account}|{message.user}|{message.id}")
    event = "|".join([_text(message.raw, name) for name in ("CreateTime", "Event", "EventKey", "Ticket")])
    digest = hashlib.sha256(body.strip()).hexdigest()
    return MessageKey(f"{message.account}|{message.user}|{event}|{digest}")


# ---------------------------------------------------------------------------------------------------- by type


def _image(raw: Raw) -> dict[str, Value]:
    return {"pic_url": _text(raw, "PicUrl"), "media_id": _text(raw, "MediaId")}


def _voice(raw: Raw) -> dict[str, Value]:
    fields: dict[str, Value] = {"media_id": _text(raw, "MediaId"), "format": _text(raw, "Format")}
    recognition = _text(raw, "Recognition")
    if recognition:
        fields["recognition"] = recognition
    return fields


def _video(raw: Raw) -> dict[str, Value]:
    return {"media_id": _text(raw, "MediaId"), "thumb_media_id": _text(raw, "ThumbMediaId")}


def _location(raw: Raw) -> dict[str, Value]:
    place = _place(raw)
    if place is None:
        raise MalformedMessage("Location_X or Location_Y is not a number")
    return {"location": place}


def _place(raw: Raw) -> Value:
    """A place by WeChat's names: X is the latitude, Y the longitude; null when it has none."""
    lat, lng = _number(raw, "Location_X"), _number(raw, "Location_Y")
    if lat is None or lng is None:
        return None
    return {"lat": lat, "lng": lng, "scale": _number(raw, "Scale") or 0, "label": _text(raw, "Label")}


def _link(raw: Raw) -> dict[str, Value]:
    return {"link": {"title": _text(raw, "Title"), "text": _text(raw, "Description"), "url": _text(raw, "Url")}}


def _file(raw: Raw) -> dict[str, Value]:
    fields: dict[str, Value] = {"title": _text(raw, "Title")}
    key = _text(raw, "FileKey")
    if key:
        fields["file_key"] = key
    return fields


def _event(raw: Raw) -> dict[str, Value]:
    event, key, ticket = _required(raw, "Event").lower(), _text(raw, "EventKey"), _text(raw, "Ticket")
    fields: dict[str, Value] = {"event": event}
    if key or event in _KEYED:
        fields["key"] = key
    if ticket:
        fields["ticket"] = ticket
    match event:
        case "scan":
            fields["scene"] = key
        case "subscribe" if key.startswith(_QR_PREFIX):
            fields["scene"] = key.removeprefix(_QR_PREFIX)
        case "location":
            fields |= _reported(raw)
        case "location_select":
            sent = raw.get("SendLocationInfo")
            place = _place(sent) if isinstance(sent, Mapping) else None
            if place is not None:
                fields["location"] = place
        case _:
            pass
    return fields


def _reported(raw: Raw) -> dict[str, Value]:
    """Where a user is who lets the account know."""
    lat, lng = _number(raw, "Latitude"), _number(raw, "Longitude")
    if lat is None or lng is None:
        raise MalformedMessage("Latitude or Longitude is not a number")
    precision = _number(raw, "Precision")
    place: Value = {"lat": lat, "lng": lng}
    return {"location": place} if precision is None else {"location": place, "precision": precision}


_FIELDS: dict[str, Callable[[Raw], dict[str, Value]]] = {
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
    "file": _file,
    "event": _event,
}

# ---------------------------------------------------------------------------------------------------- fields


def _text(raw: Raw, name: str) -> str:
    """A field's text, empty when it is missing.

    Raises:
        MalformedMessage: it holds elements, or stands more than once.
    """
    value = raw.get(name, "")
    if not isinstance(value, str):
        raise MalformedMessage(f"{name} is not one text")
    return value


def _required(raw: Raw, name: str) -> str:
    value = _text(raw, name).strip()
    if not value:
        raise MalformedMessage(f"the message has no {name}")
    return value


def _no_envelope(raw: Raw) -> MalformedMessage:
    """What is wrong with what every message has.

    Raises:
        MalformedMessage: this is it, if some of it is missing.
    """
    for name in _ENVELOPE:
        _required(raw, name)
    return MalformedMessage("CreateTime is not a number of seconds")


def _number(raw: Raw, name: str) -> int | float | None:
    """A number, whole where it is written so; null when it is none."""
    value = _text(raw, name).strip()
    if len(value) > 30 or "_" in value or not value.isascii():
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    if number != number or number in (float("inf"), float("-inf")):
        return None
    return int(value) if value.lstrip("+-").isdigit() and abs(number) < 2**53 else number


_LAST_AFTER = range(9, 60)
"""Seconds; WeChat delivers at once, after 5 and after 10. What is much older says nothing."""


def is_last_delivery(message: Message, timestamp: str) -> bool:
    """Whether no other delivery of a message will follow, going by the `timestamp` of this one.

    Both times are of WeChat's clock, so that ours may be wrong.
    """
    try:
        return int(timestamp) - message.time in _LAST_AFTER
    except ValueError:
        return False
