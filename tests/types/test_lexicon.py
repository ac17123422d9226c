"""Names of things."""

from interpreter.types.lexicon import Lexicon, Names


def test_a_name_goes_before_a_synonym() -> None:
    lexicon = Lexicon({"fruit": {"apple": ("pear",), "pear": ()}})
    assert lexicon.things["fruit"].find("pear") == "pear"


def test_closing_punctuation_of_name_or_answer_makes_no_difference() -> None:
    names = Names([("Really?", "r"), ("?", "q"), ("  ", "nothing")])
    assert names.find("really") == "r"
    assert names.find("really!") == "r"
    assert names.find("?") == "q"
    assert names.find("") is None
    assert names.forms() == ("really?", "?")


def test_a_lexicon_knows_its_time_zone() -> None:
    assert Lexicon(timezone="Europe/Berlin").zone.key == "Europe/Berlin"
