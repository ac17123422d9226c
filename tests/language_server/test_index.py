"""The names of a bot: what they stand for and where they are."""

from __future__ import annotations

import pytest
from support.checked_bots import CAFE, NAME, check, offset_of

from interpreter.language_server.index import Symbol
from interpreter.types.kinds import show

CHECKED = check(CAFE)
INDEX = CHECKED.index

NAMES = {
    "wait: gu‸ess": (Symbol("state", "guess"), 3),
    'state.name == "gu‸ess"': (Symbol("state", "guess"), 3),
    "call: sur‸vey": (Symbol("flow", "survey"), 2),
    "domain: mem‸ber": (Symbol("domain", "member"), 2),
    "texts.hel‸lo": (Symbol("text", "hello"), 2),
    "<city:cit‸ies>": (Symbol("entity", "cities"), 2),
    "given: {ans‸wer": (Symbol("variable", "answer"), 5),
    "$(user.na‸me)": (Symbol("variable", "user.name"), 3),
    "fetch: ge‸o": (Symbol("service", "geo"), 3),
    "geo.reg‸eo(": (Symbol("operation", "regeo", "geo"), 3),
    "lng‸=2": (Symbol("local", "lng", "services.geo.regeo"), 3),
    "{top‸ic: city}": (Symbol("local", "topic", "flows.survey"), 4),
    "set: answer = n‸": (Symbol("local", "n", "rules.start"), 2),
    "if: n‸ == answer": (Symbol("local", "n", "states.guess/right"), 2),
    "if t‸ != mood": (Symbol("local", "t", INDEX.at(NAME, offset_of(CAFE, "[t‸ for")).symbol.owner), 3),
}


@pytest.mark.parametrize(("place", "symbol", "count"), [(place, *told) for place, told in NAMES.items()], ids=NAMES)
def test_a_name_is_found_wherever_it_stands(place: str, symbol: Symbol, count: int) -> None:
    found = INDEX.at(NAME, offset_of(CAFE, place))
    assert found is not None
    assert found.symbol == symbol
    assert len(INDEX.of(symbol)) == count
    assert len(INDEX.definitions(symbol)) >= 1


def test_every_place_holds_the_name_it_is_said_to_hold() -> None:
    for offset in range(len(CAFE)):
        found = INDEX.at(NAME, offset)
        if found is not None:
            assert CAFE[found.span.start : found.span.end] == found.symbol.name.removeprefix("user.")


def test_types_are_known() -> None:
    kinds = {symbol: INDEX.type_of(symbol) for symbol, _ in NAMES.values()}
    assert {symbol.name: show(kind) for symbol, kind in kinds.items() if kind is not None} == {
        "answer": "int(1..9)",
        "user.name": "text",
        "lng": "number",
        "topic": "text",
        "n": "int",
    }
    assert set(INDEX.locals_of("flows.survey")) == {"topic", "mood", "place"}


def test_names_in_quotes_are_names() -> None:
    text = "dialog: 1\nname: t\nrules:\n  hi: {wait: 'a'}\nstates:\n  \"a\": {otherwise: b}\n"
    found = check(text).index.of(Symbol("state", "a"))
    assert [text[each.span.start : each.span.end] for each in found] == ["a", "a"]


def test_names_of_imported_files_are_found_in_theirs() -> None:
    found = check(
        "dialog: 1\nname: t\nimports: [faq.yaml]\nrules:\n  hi: {wait: ask}\nfallback: a\nrenamed: {old: ask}\n",
        faq="states:\n  ask: {otherwise: $(texts.no)}\ntexts:\n  no: 不\n",
    ).index
    assert [each.span.file.name for each in found.definitions(Symbol("state", "ask"))] == ["faq.yaml"]
    assert len(found.of(Symbol("state", "ask"))) == 3
    assert len(found.of(Symbol("text", "no"))) == 2


def test_a_broken_bot_has_the_names_that_can_be_read() -> None:
    broken = check(CAFE.replace("if: n == answer", "if: n == ").replace("name: cafe", "name: [cafe"))
    assert broken.diagnostics
    assert len(broken.index.of(Symbol("state", "guess"))) == 3


def test_no_bot_has_no_names() -> None:
    assert check("- a").index.at(NAME, 0) is None


def test_what_only_a_pack_says_is_found() -> None:
    text = CAFE + "pack: {permissions: {services: [geo]}}\nrenamed: {old: survey, older: guess, oldest: gone}\n"
    index = check(text).index
    assert len(index.of(Symbol("service", "geo"))) == 4
    assert len(index.of(Symbol("flow", "survey"))) == 3
