"""Offsets of a mended copy lead back to the original."""

from hypothesis import given
from hypothesis import strategies as st

from interpreter.source.drafts import Draft


def test_an_untouched_draft_is_its_original() -> None:
    assert [Draft("abc").origin(place) for place in range(4)] == [0, 1, 2, 3]


def test_what_is_put_in_stands_where_it_was_put() -> None:
    draft = Draft("abcdef").mended([(2, 2, "XY"), (4, 4, "Z")])
    assert draft.text == "abXYcdZef"
    assert [draft.origin(place) for place in range(10)] == [0, 1, 2, 2, 2, 3, 4, 4, 5, 6]


def test_what_replaces_stands_where_the_replaced_stood() -> None:
    draft = Draft("abcdef").mended([(1, 4, "X")])
    assert draft.text == "aXef"
    assert [draft.origin(place) for place in range(5)] == [0, 1, 4, 5, 6]


def test_drafts_of_drafts_lead_to_the_first() -> None:
    draft = Draft("abcdef").mended([(1, 1, "(")]).mended([(4, 4, ")"), (0, 1, "")]).mended([(1, 3, "X")])
    assert draft.text == "(X)def"
    assert [draft.origin(place) for place in (3, 4, 5, 6)] == [3, 4, 5, 6]


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 4), st.text("XYZ", max_size=3)), max_size=3)),
)
def test_untouched_characters_keep_their_places(rounds: list[list[tuple[int, int, str]]]) -> None:
    original = "abcdefghijklmnopqrst"
    draft = Draft(original)
    for edits in rounds[:4]:
        clean: list[tuple[int, int, str]] = []
        for start, length, text in sorted(edits):
            first = min(start, len(draft.text))
            if not clean or first > clean[-1][1]:
                clean.append((first, min(first + length, len(draft.text)), text))
        draft = draft.mended(clean)
    places = [draft.origin(place) for place in range(len(draft.text) + 1)]
    assert places == sorted(places)
    for place, char in enumerate(draft.text):
        if char in original:
            assert original[places[place]] == char
