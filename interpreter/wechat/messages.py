"""From the fields of WeChat's XML to a message of the language, and to what makes two deliveries the same message."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from interpreter.machine.events import Message
from interpreter.stores.protocol import MessageKey
from interpreter.values import Value
from interpreter.wechat.errors import MalformedMessage

Raw = Mapping[str, Value]

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
    kind = _required(raw, "MsgType").lower()
    fields = _FIELDS.get(kind, _no_fields)(raw)
    return Message(
        type=kind,
        user=_required(raw, "FromUserName"),
        account=_required(raw, "ToUserName"),
        time=_seconds(raw),
        id=_text(raw, "MsgId"),
        text=_spoken(kind, raw),
        fields={name: value for name, value in fields.items() if value is not None},
        raw=raw,
    )


def message_key(raw: Raw, body: bytes) -> MessageKey:
    """The same for all deliveries of a message, different for different messages.

    Messages have an id, unique for one user at most; events have none, and two of them can agree in time, name and
    key, so the body itself takes part.
    """
    number = _text(raw, "MsgId")
    ends = f"{_text(raw, 'ToUserName')}|{_text(raw, 'FromUserName')}"
    if number not in {"", "0"}:
        return MessageKey(f"{ends}|{number}")
    event = "|".join(_text(raw, name) for name in ("CreateTime", "Event", "EventKey", "Ticket"))
    return MessageKey(f"{ends}|{event}|{hashlib.sha256(body.strip()).hexdigest()}")


def _spoken(kind: str, raw: Raw) -> str:
    """What text patterns see: the content of a text, the recognition of a voice."""
    if kind == "text":
        return _text(raw, "Content")
    return _text(raw, "Recognition") if kind == "voice" else ""


# ---------------------------------------------------------------------------------------------------- by type


def _no_fields(_: Raw) -> dict[str, Value]:
    return {}


def _image(raw: Raw) -> dict[str, Value]:
    return {"pic_url": _text(raw, "PicUrl"), "media_id": _text(raw, "MediaId")}


def _voice(raw: Raw) -> dict[str, Value]:
    return {
        "media_id": _text(raw, "MediaId"),
        "format": _text(raw, "Format"),
        "recognition": _text(raw, "Recognition") or None,
    }


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
    return {"title": _text(raw, "Title"), "file_key": _text(raw, "FileKey") or None}


def _event(raw: Raw) -> dict[str, Value]:
    event, key = _required(raw, "Event").lower(), _text(raw, "EventKey")
    return {
        "event": event,
        "key": key if key or event in _KEYED else None,
        "ticket": _text(raw, "Ticket") or None,
        "scene": _scene(event, key),
        **_event_location(event, raw),
    }


def _scene(event: str, key: str) -> str | None:
    if event == "subscribe" and key.startswith(_QR_PREFIX):
        return key.removeprefix(_QR_PREFIX)
    return key if event == "scan" else None


def _event_location(event: str, raw: Raw) -> dict[str, Value]:
    if event == "location":
        lat, lng = _number(raw, "Latitude"), _number(raw, "Longitude")
        if lat is None or lng is None:
            raise MalformedMessage("Latitude or Longitude is not a number")
        return {"location": {"lat": lat, "lng": lng}, "precision": _number(raw, "Precision")}
    sent = raw.get("SendLocationInfo")
    return {"location": _place(sent)} if event == "location_select" and isinstance(sent, Mapping) else {}


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


def _seconds(raw: Raw) -> int:
    value = _required(raw, "CreateTime")
    if not (value.isascii() and value.isdigit() and len(value) <= 12):
        raise MalformedMessage("CreateTime is not a number of seconds")
    return int(value)


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
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return int(timestamp) - message.time in _LAST_AFTER
