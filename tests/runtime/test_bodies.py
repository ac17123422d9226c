from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.runtime.bodies import MAX_BODY, BodyTooLarge, BodyUnreadable, read_body, take_in
from interpreter.values import MAX_INT, Value


async def chunks(body: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_compressed_chunks_are_put_together(size: int) -> None:
    assert await take_in(chunks(gzip.compress(b"hello" * 50), size), "GZip ") == b"hello" * 50


@pytest.mark.parametrize("encoding", ["", "identity"])
async def test_a_body_of_exactly_the_limit_is_taken_in(encoding: str) -> None:
    assert len(await take_in(chunks(b"x" * MAX_BODY), encoding)) == MAX_BODY
    with pytest.raises(BodyTooLarge):
        await take_in(chunks(b"x" * (MAX_BODY + 1)), encoding)


@pytest.mark.parametrize("size", [100, 100_000])
async def test_a_compressed_body_counts_unpacked(size: int) -> None:
    assert len(await take_in(chunks(gzip.compress(b"x" * MAX_BODY), size), "gzip")) == MAX_BODY
    with pytest.raises(BodyTooLarge):
        await take_in(chunks(gzip.compress(b"x" * (MAX_BODY + 1)), size), "gzip")


async def test_an_empty_compressed_body_is_empty() -> None:
    assert await take_in(chunks(b""), "gzip") == b""


async def test_a_damaged_body_is_unreadable() -> None:
    with pytest.raises(BodyUnreadable):
        await take_in(chunks(b"\x1f\x8b\x08\x00" + b"\xff" * 50), "gzip")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", None),
        (b'{"a": [1, 2.5, true, null, "x"]}', {"a": [1, 2.5, True, None, "x"]}),
        (b'"x"', "x"),
        (b"3", 3),
        (b"\xef\xbb\xbf{}", {}),
        (str(MAX_INT).encode(), MAX_INT),
        (str(MAX_INT + 1).encode(), str(MAX_INT + 1)),
        (b"-" + b"9" * 30, "-" + "9" * 30),
        (b'{"id": 24000000000000001}', {"id": "24000000000000001"}),
        (b'"\\ud800"', "?"),
        (b"1e999", "1e999"),
        (b"NaN", "NaN"),
        (b"[1, Infinity]", "[1, Infinity]"),
        (b"{broken", "{broken"),
        (b"\xff", "\ufffd"),
    ],
)
def test_json_becomes_values_and_what_is_none_stays_text(body: bytes, expected: Value) -> None:
    assert read_body(body, "application/json", None) == expected


def test_json_that_calls_itself_text_is_read_all_the_same() -> None:
    assert read_body(b' {"a": 1}', "text/html", None) == {"a": 1}
    assert read_body(b"3", "text/plain", None) == "3"


@pytest.mark.parametrize(
    ("charset", "expected"),
    [
        ("gbk", "你好"),
        ("GB2312", "你好"),
        ("rot13", "\ufffd\ufffd\ufffd"),
        ("\x00", "\ufffd\ufffd\ufffd"),
        (None, "\ufffd\ufffd\ufffd"),
    ],
)
def test_known_charsets_are_decoded(charset: str | None, expected: str) -> None:
    assert read_body("你好".encode("gbk"), "text/plain", charset) == expected


@pytest.mark.parametrize(
    "body",
    [b'"' + b"x" * 65537 + b'"', b"[" + b"1," * 10_000 + b"1]", b"[" * 65 + b"]" * 65, b"x" * 65537],
    ids=["text", "list", "depth", "plain"],
)
def test_what_is_larger_than_a_value_may_be_is_refused(body: bytes) -> None:
    with pytest.raises(BodyTooLarge):
        read_body(body, "application/json", None)


def test_absurd_depth_is_text() -> None:
    assert read_body(b"[" * 60_000, "application/json", None) == "[" * 60_000


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INT, MAX_INT)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@settings(deadline=None, max_examples=100)
@given(json_values)
def test_json_within_bounds_is_read_as_it_is(value: Value) -> None:
    assert read_body(json.dumps(value).encode(), "application/json", "utf-8") == value


@settings(deadline=None, max_examples=200)
@given(
    st.binary(max_size=60),
    st.sampled_from(["application/json", "text/plain"]),
    st.sampled_from([None, "gbk", "utf-16", "x"]),
)
def test_any_body_is_read(body: bytes, content_type: str, charset: str | None) -> None:
    read_body(body, content_type, charset)
