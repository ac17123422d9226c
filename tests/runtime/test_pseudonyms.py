from __future__ import annotations

from interpreter.runtime.pseudonyms import Pseudonyms


def test_a_pseudonym_is_the_same_for_the_same_user_and_secret() -> None:
    assert Pseudonyms("s").of("oUser1") == Pseudonyms("s").of("oUser1")
    assert len({Pseudonyms("s").of("oUser1"), Pseudonyms("s").of("oUser2"), Pseudonyms("t").of("oUser1")}) == 3


def test_a_pseudonym_does_not_show_its_user() -> None:
    assert "oUser1" not in Pseudonyms("s").of("oUser1")
    assert Pseudonyms("s").of("\ud800")
