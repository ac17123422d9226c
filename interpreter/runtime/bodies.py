"""The body of an answer: taken in within bounds, then read as a value.

The length a server declares proves nothing and a few compressed bytes can grow a thousandfold, so both what comes in
and what comes out of decompression is counted as it flows.
"""

from __future__ import annotations

import codecs
import json
import math
import zlib
from collections.abc import AsyncIterable

from interpreter.values import MAX_INT, MAX_ITEMS, MAX_TEXT, Value

MAX_BODY = 256 * 1024
"""Bytes, before and after decompression."""
_MAX_DEPTH = 64
_CHARSETS = frozenset({"utf-8", "ascii", "gbk", "gb2312", "gb18030", "big5", "iso8859-1", "cp1252"})


class BodyTooLarge(Exception):  # noqa: N818  named for what happened
    """The body exceeds what a bot may hold."""

    def __init__(self) -> None:
        super().__init__(f"the answer is larger than {MAX_BODY // 1024} KB, or than a value may be")


class BodyUnreadable(Exception):  # noqa: N818  named for what happened
    """The body is damaged, or compressed in a way that was not asked for."""


async def take_in(chunks: AsyncIterable[bytes], encoding: str) -> bytes:
    """The whole body, decompressed.

    Raises:
        BodyTooLarge: there is more than `MAX_BODY` of it.
        BodyUnreadable: it cannot be decompressed.
    """
    inflate = _inflater(encoding)
    body, received = bytearray(), 0
    async for chunk in chunks:
        received += len(chunk)
        if received > MAX_BODY:
            raise BodyTooLarge
        body += chunk if inflate is None else inflate.decompress(chunk, MAX_BODY + 1 - len(body))
        if len(body) > MAX_BODY:
            raise BodyTooLarge
    if inflate is not None and received and not inflate.finished:
        raise BodyUnreadable("the compressed answer is cut off")
    return bytes(body)


class _Inflater:
    """Decompresses `gzip` and `deflate`, the latter with or without its zlib header, as servers send both."""

    def __init__(self, *, may_be_raw: bool) -> None:
        self._stream = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)
        self._may_be_raw = may_be_raw

    def decompress(self, chunk: bytes, limit: int) -> bytes:
        try:
            plain = self._stream.decompress(chunk, limit)
        except zlib.error as error:
            if not self._may_be_raw:
                raise BodyUnreadable("the compressed answer is damaged") from error
            self._stream, self._may_be_raw = zlib.decompressobj(wbits=-zlib.MAX_WBITS), False
            return self.decompress(chunk, limit)
        self._may_be_raw = False
        if self._stream.unconsumed_tail:
            raise BodyTooLarge
        return plain

    @property
    def finished(self) -> bool:
        return self._stream.eof


def _inflater(encoding: str) -> _Inflater | None:
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return _Inflater(may_be_raw=False)
        case "deflate":
            return _Inflater(may_be_raw=True)
        case _:
            raise BodyUnreadable("the answer is compressed in an unknown way")


def read_body(body: bytes, content_type: str, charset: str | None) -> Value:
    """The body as a value: what JSON says, else text; null for an empty one.

    JSON is read where the type says so, and where the body looks like it: many services mislabel theirs.

    Raises:
        BodyTooLarge: a text or a list in it is larger than a value may be.
    """
    if not body:
        return None
    text = _decode(body, charset)
    if "json" in content_type or text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        try:
            return _value(
                json.loads(text.lstrip("\ufeff"), parse_int=_whole, parse_float=_number, parse_constant=_refuse)
            )
        except (ValueError, RecursionError):
            pass
    return _value(text)


def _decode(body: bytes, charset: str | None) -> str:
    try:
        name = codecs.lookup(charset or "utf-8").name
    except (LookupError, ValueError):
        name = "utf-8"
    return body.decode(name if name in _CHARSETS else "utf-8", "replace")


def _whole(digits: str) -> int | str:
    """A whole number; an id too long to be exact everywhere stays the text it is."""
    number = int(digits) if len(digits) < 20 else MAX_INT + 1
    return number if abs(number) <= MAX_INT else digits


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number beyond all bounds")
    return number


def _refuse(word: str) -> Value:
    raise ValueError(f"{word} is not JSON")


def _value(data: object, depth: int = 0) -> Value:
    """JSON data as a value within the bounds of values."""
    if isinstance(data, str):
        if len(data) > MAX_TEXT:
            raise BodyTooLarge
        return data.encode("utf-8", "replace").decode() if not data.isascii() else data
    if isinstance(data, (dict, list)):
        if len(data) > MAX_ITEMS or depth >= _MAX_DEPTH:
            raise BodyTooLarge
        if isinstance(data, list):
            return [_value(item, depth + 1) for item in data]
        return {str(_value(key)): _value(item, depth + 1) for key, item in data.items()}
    assert data is None or isinstance(data, (bool, int, float))
    return data
