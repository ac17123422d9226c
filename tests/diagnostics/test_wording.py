"""Sentences in two languages."""

from interpreter.diagnostics.wording import Wording


def test_a_wording_says_itself_in_both_languages() -> None:
    wording = Wording("yes", "是")
    assert (wording.say("zh"), wording.say("en"), wording.say("fr")) == ("是", "yes", "yes")
