"""Offsets and the places of editors are the same thing, counted in another way."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol.types import Position

from interpreter.language_server.positions import to_offset, to_position, to_range
from interpreter.source.spans import SourceFile, Span

ENCODINGS = ("utf-8", "utf-16", "utf-32")
texts = st.text(alphabet="aé好😀\n\r\u2028", max_size=40)


@given(texts, st.sampled_from(ENCODINGS), st.integers(0, 40))
@settings(deadline=None, max_examples=150)
def test_an_offset_comes_back_from_its_place(text: str, encoding: str, offset: int) -> None:
    offset = min(offset, len(text))
    file = SourceFile("bot.yaml", text)
    back = to_offset(file, to_position(file, offset, encoding), encoding)
    assert text[min(back, offset) : max(back, offset)].strip("\r\n") == ""


def test_characters_count_as_the_encoding_has_them() -> None:
    file = SourceFile("bot.yaml", "a\n好😀b")
    assert [to_position(file, 4, encoding).character for encoding in ENCODINGS] == [7, 3, 2]


def test_a_place_behind_the_end_is_the_end() -> None:
    file = SourceFile("bot.yaml", "ab\r\nc")
    assert to_offset(file, Position(0, 9), "utf-16") == 2
    assert to_offset(file, Position(9, 0), "utf-16") == 5


def test_a_place_within_a_character_is_its_beginning() -> None:
    assert to_offset(SourceFile("bot.yaml", "😀b"), Position(0, 1), "utf-16") == 0


def test_a_span_is_a_range() -> None:
    shown = to_range(Span(SourceFile("bot.yaml", "a\nbc"), 2, 4), "utf-16")
    assert (shown.start, shown.end) == (Position(1, 0), Position(1, 2))
