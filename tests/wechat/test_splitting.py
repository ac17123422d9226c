from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.wechat.splitting import MAX_BYTES, split_text


def test_a_short_text_stays_whole() -> None:
    assert split_text("你好\n\n再见") == ["你好\n\n再见"]


def test_a_text_of_exactly_the_limit_stays_whole() -> None:
    assert split_text("a" * MAX_BYTES) == ["a" * MAX_BYTES]
    assert len(split_text("a" * (MAX_BYTES + 1))) == 2


def test_blanks_at_the_end_go() -> None:
    assert split_text("a \n\n") == ["a"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", " " * 5000])
def test_a_text_of_blanks_says_nothing(text: str) -> None:
    assert split_text(text) == []


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("one two\nthree four", 12, ["one two", "three four"]),
        ("ab\ncd\nef\ngh", 9, ["ab\ncd\nef", "gh"]),
        ("你好。再见。走了", 20, ["你好。再见。", "走了"]),
        ("他说：“好！”然后走了", 21, ["他说：“好！”", "然后走了"]),
        ("It is 3.14 now. Right", 16, ["It is 3.14 now.", "Right"]),
        ("alpha beta gamma", 12, ["alpha beta", "gamma"]),
        ("一，二，三四五", 15, ["一，二，", "三四五"]),
        ("a\nbbbbbbbbbbbbbbb", 8, ["a\nbbbbbb", "bbbbbbbb", "b"]),
    ],
)
def test_a_part_ends_where_a_reader_would_pause(text: str, limit: int, parts: list[str]) -> None:
    assert split_text(text, limit) == parts


@pytest.mark.parametrize("cluster", ["e\u0301", "👨\u200d👩\u200d👧", "👍🏽", "🇨🇳", "❤\ufe0f", "का", "\r\n"])
def test_what_a_reader_sees_as_one_is_not_torn(cluster: str) -> None:
    for lead in range(8):
        for part in split_text("x" * lead + cluster * 20, 60):
            assert part.lstrip("x").replace(cluster, "").strip() == ""


def test_a_link_is_not_torn() -> None:
    link = '<a href="https://example.com/some where">click here now</a>'
    parts = split_text("read this and then " + link + " and more of it", 70)
    assert sum(link in part for part in parts) == 1


def test_a_link_longer_than_a_part_is_torn_all_the_same() -> None:
    parts = split_text('<a href="' + "x" * 200 + '">y</a>', 70)
    assert "".join(parts).count("x") == 200


def test_a_character_of_absurd_length_is_cut_all_the_same() -> None:
    parts = split_text("a" + "\u0301" * 5000)
    assert all(len(part.encode()) <= MAX_BYTES for part in parts)


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from("ab 好。，\n!👍🏽🇨🇳\u0301\u200d<a>"), max_size=120), st.integers(30, 90))
def test_parts_fit_and_only_blanks_are_lost(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(len(part.encode()) <= limit and part.strip() for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
