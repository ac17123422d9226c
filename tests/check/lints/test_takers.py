"""What is said to be shadowed is never reached: the proof holds for messages that nobody thought of."""

from __future__ import annotations

import json

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.bots import compile_text

from interpreter.check.lints.takers import Takers
from interpreter.dialog.model.bot import Bot
from interpreter.patterns.matching import matcher
from interpreter.patterns.subject import subject_of
from interpreter.types.lexicon import Lexicon

_LETTERS = "ab好"
_words = st.text(_LETTERS, min_size=1, max_size=3)
_phrases = st.one_of(
    _words,
    st.builds("{}({}|{})".format, _words, _words, _words),
    st.builds("{}<n:int>".format, _words),
    st.builds("{}<n:int(1..9)>{}".format, _words, _words),
    st.builds("{}<x>".format, _words),
    st.builds("<x>{}".format, _words),
)
_regexes = st.builds(
    "/{}{}{}/{}".format,
    st.sampled_from(["", "^"]),
    st.one_of(_words, st.builds("{}|{}".format, _words, _words), st.builds("{}.*{}".format, _words, _words)),
    st.sampled_from(["", "$"]),
    st.sampled_from(["", "i"]),
)
_patterns = st.one_of(_phrases, _phrases.map("={}".format), _words.map("~{}".format), _regexes)
_messages = st.text(_LETTERS + "A17", min_size=1, max_size=8)


def bot_of(patterns: list[str]) -> Bot:
    rules = {f"r{index}": {"pattern": pattern, "reply": "ok"} for index, pattern in enumerate(patterns)}
    bot = compile_text(json.dumps({"dialog": 1, "name": "test", "rules": rules}), "bot.json").bot
    assert bot is not None
    return bot


@settings(max_examples=150)
@given(patterns=st.lists(_patterns, min_size=2, max_size=5), messages=st.lists(_messages, min_size=10, max_size=30))
def test_a_shadowed_pattern_is_never_reached(patterns: list[str], messages: list[str]) -> None:
    bot, lexicon = bot_of(patterns), Lexicon()
    assume(all(rule.trigger.patterns for rule in bot.rules))
    takers = Takers.of(bot.rules, bot, lexicon)
    matchers = [matcher(rule.trigger.patterns[0].pattern, lexicon) for rule in bot.rules]
    for index, rule in enumerate(bot.rules):
        proof = takers.shadow(rule.trigger.patterns[0], index)
        if proof is None:
            continue
        for message in (proof.message, *messages, *(f"{each}{proof.message}{each}" for each in messages)):
            subject = subject_of(message)
            if matchers[index].match(subject) is not None:
                assert any(each.match(subject) is not None for each in matchers[:index]), (patterns, message)


@settings(max_examples=100)
@given(patterns=st.lists(_words, min_size=1, max_size=4), longer=_words)
def test_a_phrase_behind_its_own_part_is_shadowed(patterns: list[str], longer: str) -> None:
    part = patterns[0]
    bot = bot_of([*patterns, f"{part}{longer}"])
    proof = Takers.of(bot.rules, bot, Lexicon()).shadow(bot.rules[-1].trigger.patterns[0], len(patterns))
    assert proof is not None
    assert part in proof.message


@settings(max_examples=50)
@given(patterns=st.lists(_patterns, min_size=1, max_size=3))
def test_the_first_rule_is_never_shadowed(patterns: list[str]) -> None:
    bot = bot_of(patterns)
    assume(bool(bot.rules[0].trigger.patterns))
    assert Takers.of(bot.rules, bot, Lexicon()).shadow(bot.rules[0].trigger.patterns[0], 0) is None
