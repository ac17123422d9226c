"""Words of consent and refusal."""

import pytest

from interpreter.types.consent import consent_words, refusal_words
from interpreter.types.folding import fold
from interpreter.types.lexicon import Lexicon


@pytest.mark.parametrize("locale", ["zh", "zh-CN", "zh_TW", "en", "en-US", "ja", "ko"])
def test_no_word_is_both(locale: str) -> None:
    assert not {*map(fold, consent_words([locale]))} & {*map(fold, refusal_words([locale]))}


def test_a_region_has_the_words_of_its_language() -> None:
    assert consent_words(["zh-CN"]) == consent_words(["zh"])


def test_an_unknown_language_has_the_words_of_english() -> None:
    assert refusal_words(["xx"]) == refusal_words([]) == refusal_words(["en"])


def test_several_locales_have_the_words_of_all() -> None:
    assert {"好的", "sure", "はい"} <= {*consent_words(["zh", "en", "ja"])}
    assert "好的" not in consent_words(["en"])


def test_a_lexicon_knows_the_words_of_its_locales() -> None:
    assert Lexicon(locales=("en",)).consent["sounds good"] is True
    assert Lexicon(locales=("zh",)).consent["算了"] is False
    assert all(word for word in Lexicon(locales=("zh", "en", "ja", "ko")).consent)
