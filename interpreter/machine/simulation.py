"""Messages made from words, for whoever plays a user: conversation tests and the console.

`text hi`, `image URL`, `location 30.28,120.06 西湖`, `scan SCENE`, `event NAME k=v…`: the words after `@` in a test
and after `/` in the console.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from math import isfinite

from interpreter.machine.events import Message
from interpreter.values import Value

Fields = dict[str, Value]

_PLACE = re.compile(r"(?P<lat>[^\s,，]+)\s*[,，]\s*(?P<lng>[^\s,，]+)(?:\s+(?P<label>.*))?", re.DOTALL)
"""Coordinates, however the comma between them is typed, and the name of the place."""


class UnknownWords(Exception):  # noqa: N818  what a person typed, not an error of ours
    """The words name no message; `word` is the first of them."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def simulate(
    words: str, *, user: str, account: str, time: int, id: str, buttons: Mapping[str, str] | None = None
) -> Message:
    """The message that a command and its words describe; `buttons` gives the keys of menu buttons by their names.

    Raises:
        UnknownWords: the command is unknown, or what must follow it is missing.
    """
    command, _, rest = words.strip().partition(" ")
    rest = rest.strip()
    make = _MAKERS.get(command)
    if make is None:
        raise UnknownWords(command)
    if command == "click" and buttons:
        rest = buttons.get(rest, rest)
    kind, text, fields, raw = make(rest)
    is_event = kind == "event"
    return Message(
        type=kind,
        user=user,
        account=account,
        time=time,
        id="" if is_event else id,
        text=text,
        fields=fields,
        raw={"MsgType": kind, "FromUserName": user, "ToUserName": account, "CreateTime": str(time), **raw},
    )


def text_message(text: str, *, user: str, account: str, time: int, id: str) -> Message:
    """A text of the user."""
    raw = {"MsgType": "text", "FromUserName": user, "ToUserName": account, "CreateTime": str(time), "Content": text}
    return Message(type="text", user=user, account=account, time=time, id=id, text=text, raw=raw)


Made = tuple[str, str, Fields, Fields]


def _event(name: str, fields: Fields | None = None, raw: Fields | None = None) -> Made:
    return "event", "", {"event": name.lower(), **(fields or {})}, {"Event": name, **(raw or {})}


def _subscribe(scene: str) -> Made:
    if not scene:
        return _event("subscribe", {}, {"EventKey": ""})
    key = f"qrscene_{scene}"
    return _event("subscribe", {"key": key, "scene": scene, "ticket": "ticket"}, {"EventKey": key, "Ticket": "ticket"})


def _scan(scene: str) -> Made:
    scene = _wanted(scene, "scan")
    fields: Fields = {"key": scene, "scene": scene, "ticket": "ticket"}
    return _event("SCAN", fields, {"EventKey": scene, "Ticket": "ticket"})


def _keyed(event: str) -> Callable[[str], Made]:
    def make(key: str) -> Made:
        key = _wanted(key, event.lower())
        return _event(event, {"key": key}, {"EventKey": key})

    return make


def _image(url: str) -> Made:
    url = _wanted(url, "image")
    fields: Fields = {"pic_url": url, "media_id": "media-image"}
    return "image", "", fields, {"PicUrl": url, "MediaId": "media-image"}


def _location(words: str) -> Made:
    written = _PLACE.fullmatch(words)
    lat, lng, label = written.groups("") if written else ("", "", "")
    found = _point(lat, lng)
    if found is None:
        raise UnknownWords("location")
    location: Fields = {**found, "scale": 16, "label": label}
    raw: Fields = {"Location_X": lat, "Location_Y": lng, "Scale": "16", "Label": label}
    return "location", "", {"location": location}, raw


def _point(lat: str, lng: str) -> Fields | None:
    """A place on the map; None when its coordinates are no numbers."""
    try:
        point = {"lat": float(lat), "lng": float(lng)}
    except ValueError:
        return None
    return dict(point) if all(map(isfinite, point.values())) else None


def _voice(recognition: str) -> Made:
    fields: Fields = {"media_id": "media-voice", "format": "amr", "recognition": recognition}
    raw: Fields = {"MediaId": "media-voice", "Format": "amr", "Recognition": recognition}
    return "voice", recognition, fields, raw


def _video(kind: str) -> Callable[[str], Made]:
    def make(media: str) -> Made:
        media = _wanted(media, kind)
        fields: Fields = {"media_id": media, "thumb_media_id": f"{media}-thumb"}
        return kind, "", fields, {"MediaId": media, "ThumbMediaId": f"{media}-thumb"}

    return make


def _link(words: str) -> Made:
    url, _, title = _wanted(words, "link").partition(" ")
    link: Fields = {"title": title.strip(), "text": "", "url": url}
    return "link", "", {"link": link}, {"Title": title.strip(), "Description": "", "Url": url}


def _file(title: str) -> Made:
    title = _wanted(title, "file")
    return "file", "", {"title": title, "text": "", "file_key": "file-key"}, {"Title": title, "FileKey": "file-key"}


def _any_event(words: str) -> Made:
    """`CLICK some key a=b`: words before the pairs are the key."""
    name, _, rest = _wanted(words, "event").partition(" ")
    bare, pairs = _pairs(rest)
    if bare:
        pairs = {"EventKey": bare, **pairs}
    key = pairs.get("EventKey", pairs.get("key"))
    fields: Fields = {**pairs, **({"key": key} if key is not None else {})}
    if "lat" in pairs and "lng" in pairs:
        point = _point(str(pairs["lat"]), str(pairs["lng"]))
        if point is None:
            raise UnknownWords("event")
        fields["location"] = point
    return _event(name, fields, pairs)


def _any_message(words: str) -> Made:
    kind, _, rest = _wanted(words, "message").partition(" ")
    bare, pairs = _pairs(rest)
    if bare:
        raise UnknownWords("message")
    text = pairs.get("text", pairs.get("Content", ""))
    return kind.lower(), str(text), {key: value for key, value in pairs.items() if key != "text"}, pairs


def _pairs(words: str) -> tuple[str, Fields]:
    """Words before the first pair, and the pairs; a pair with a space in it stands in quotation marks."""
    try:
        parts = shlex.split(words)
    except ValueError:
        parts = words.split()
    first = next((number for number, part in enumerate(parts) if "=" in part), len(parts))
    pairs = (part.partition("=") for part in parts[first:])
    return " ".join(parts[:first]), {key: value for key, _, value in pairs if key}


def _wanted(words: str, command: str) -> str:
    if not words:
        raise UnknownWords(command)
    return words


_MAKERS: dict[str, Callable[[str], Made]] = {
    "subscribe": _subscribe,
    "unsubscribe": lambda _: _event("unsubscribe", {}, {"EventKey": ""}),
    "click": _keyed("CLICK"),
    "view": _keyed("VIEW"),
    "scan": _scan,
    "image": _image,
    "location": _location,
    "voice": _voice,
    "video": _video("video"),
    "shortvideo": _video("shortvideo"),
    "link": _link,
    "file": _file,
    "event": _any_event,
    "message": _any_message,
}

COMMANDS = tuple(_MAKERS)
"""The commands there are."""

_FORMS = {
    "text": ("TEXT", "文本"),
    "click": ("KEY or the name of a button", "键或按钮名"),
    "view": ("URL", "地址"),
    "scan": ("SCENE", "场景"),
    "image": ("URL", "地址"),
    "location": ("LAT,LNG LABEL, such as `30.28,120.06 West Lake`", "纬度,经度 地名，例如 `30.28,120.06 西湖`"),
    "video": ("ID", "编号"),
    "shortvideo": ("ID", "编号"),
    "link": ("URL TITLE", "地址 标题"),
    "file": ("TITLE", "文件名"),
    "event": ("NAME [KEY] k=v…, with lat and lng as numbers", "名称 [键] k=v…，其中 lat、lng 是数字"),
    "message": ("TYPE k=v…", "类型 k=v…"),
}


def lacking(mark: str, command: str) -> tuple[str, str]:
    """What must follow a command, in English and Chinese, for somebody who left it out."""
    form = _FORMS.get(command)
    if form is None:
        return f"there is no `{mark}{command}`", f"没有 `{mark}{command}`"
    return f"after `{mark}{command}` comes {form[0]}", f"`{mark}{command}` 后面要写：{form[1]}"
