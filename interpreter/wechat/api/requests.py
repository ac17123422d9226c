"""A method and its arguments as a request: nothing is sent here.

JSON goes out as raw UTF-8: several interfaces show escapes as they are, menus refuse them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from urllib.parse import quote

from interpreter.catalogue.arguments import FROM_ACCOUNT
from interpreter.catalogue.fields import RAW, Field
from interpreter.catalogue.methods import Method

_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".amr": "audio/amr",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".wma": "audio/x-ms-wma",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
}
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


@dataclass(frozen=True, slots=True)
class Account:
    """What an account proves itself with."""

    app_id: str
    app_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send: from disk, where it is read while it is sent, or from memory."""

    content: Path | bytes = field(repr=False)
    name: str = "file"
    follows_links: bool = True
    """Whether a link may stand in place of the file."""

    @property
    def type(self) -> str:
        """Its media type, by the name."""
        return _TYPES.get(PurePath(self.name).suffix.lower(), "application/octet-stream")

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    @property
    def sent_name(self) -> str:
        """The name in plain ASCII: others are refused or garbled."""
        if _PLAIN_NAME.fullmatch(self.name):
            return self.name
        suffix = PurePath(self.name).suffix
        return f"file{suffix}" if _PLAIN_NAME.fullmatch(suffix) else "file"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form."""

    name: str
    content: str | Upload = field(repr=False)


@dataclass(frozen=True, slots=True)
class Payload:
    """A body as bytes and their type."""

    content: bytes = field(repr=False)
    type: str = "application/json"


Body = Payload | Upload | tuple[Part, ...]
"""A form is a tuple of parts."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, all but the access token."""

    name: str
    """What it is called in messages."""
    verb: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: Body | None = field(default=None, repr=False)
    takes_token: bool = True


def build_request(method: Method, arguments: Mapping[str, object], account: Account, called: str = "") -> Request:
    """The request of a method, under the name it is called by; the arguments are arranged and checked."""
    given = dict(arguments)
    path = _path(method, given)
    filled = fill_in(method, given, account)
    known = {item.name for item in method.body}
    in_query = {item.name for item in method.query}
    further = {name for name in filled if name not in known | in_query | set(method.path_names)}
    if method.sends == "none":
        in_query |= further
    query = tuple((name, _text(value)) for name, value in filled.items() if name in in_query)
    content = {name: value for name, value in filled.items() if name in known or name in further - in_query}
    body = _body(method, content, filled.get("raw"))
    return Request(called or method.full_name, method.verb, method.host, path, query, body, method.takes_token)


def fill_in(method: Method, arguments: Mapping[str, object], account: Account) -> dict[str, object]:
    """The arguments in the order of the catalogue, with what goes without saying."""
    return _filled((*method.query, *method.body), arguments, account, is_top=True)


def json_payload(content: object) -> Payload:
    """JSON as it goes out."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
    return Payload(text.encode("utf-8", "replace"))


def upload(value: object) -> Upload:
    """A file of a path, of bytes, or as it is."""
    match value:
        case Upload():
            return value
        case bytes():
            return Upload(value)
        case _:
            path = Path(str(value))
            return Upload(path, path.name)


def _path(method: Method, given: dict[str, object]) -> str:
    path = method.path
    for name in method.path_names:
        path = path.replace("{" + name + "}", quote(_text(given.get(name)), safe=""))
    return path


def _filled(
    fields: Sequence[Field], given: Mapping[str, object], account: Account, *, is_top: bool
) -> dict[str, object]:
    result: dict[str, object] = {}
    for item in fields:
        value = given.get(item.name)
        if value is None and item.required:
            value = _default(item, account, is_top=is_top)
        if isinstance(value, Mapping) and item.kind == "object" and item.fields:
            value = _filled(item.fields, value, account, is_top=False)
        if value is not None:
            result[item.name] = value
    return result | {name: value for name, value in given.items() if name not in result}


def _default(item: Field, account: Account, *, is_top: bool) -> object:
    constant = item.limits.constant
    if constant is not None:
        return int(constant) if item.kind == "int" else constant
    if is_top and item.name in FROM_ACCOUNT:
        return account.app_secret if "secret" in item.name else account.app_id
    if item.kind == "object" and item.fields:
        return _filled(item.fields, {}, account, is_top=False) or None
    return None


def _body(method: Method, content: Mapping[str, object], raw: object) -> Body | None:
    match method.sends:
        case "json":
            return json_payload(content)
        case "xml":
            return Payload(_xml(content).encode(), "text/xml")
        case "multipart":
            parts = tuple(_part(method, name, value) for name, value in content.items())
            return parts or None
        case "raw":
            is_text = method.body[0].name == RAW and method.body[0].kind == "str"
            return Payload(str(raw).encode(), "text/plain; charset=utf-8") if is_text else upload(raw)
        case _:
            return Payload(b"") if method.verb == "POST" else None


def _part(method: Method, name: str, value: object) -> Part:
    kind = next((item.kind for item in method.body if item.name == name), "str")
    if kind == "file":
        return Part(name, upload(value))
    return Part(name, _text(value))


def _xml(content: Mapping[str, object]) -> str:
    return f"<xml>{''.join(f'<{name}>{_cdata(_text(value))}</{name}>' for name, value in content.items())}</xml>"


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Mapping() | list() | tuple():
            return json_payload(value).content.decode()
        case _:
            return str(value)
