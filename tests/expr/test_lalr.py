"""Reading by the stored tables beside Lark itself, which has made them and has the last word."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest
from expr.texts import kinds, well_typed, wild
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from interpreter.expr.lalr import Parser, Refused, Word
from interpreter.expr.parse_tables import new_tables, stored_tables

quick = settings(max_examples=300, deadline=None)
NAMES = "a in not notin 你好 _x if else for or and true null 1 2.5 1. 5m 1h30m 5mx"
MARKS = "( ) [ ] { } , : . + - * / // % ?? ? == != < <= > >= = @ # $ ！ （"
QUOTED = ('"s"', "'s'", '"\\""', '"', "'")
PIECES = (*NAMES.split(), *MARKS.split(), *QUOTED)
SOUP = st.lists(st.sampled_from(PIECES), max_size=12).flatmap(
    lambda words: st.sampled_from(["", " ", "\n"]).map(lambda between: between.join(words))
)


class Outline:
    """Makes a nested tuple of everything: the function that is called, and what it is given."""

    def __getattr__(self, name: str) -> Callable[[list[object]], object]:
        return lambda parts: (name, *map(_ours, parts))


def _ours(part: object) -> object:
    return (part.kind, part.text, part.start, part.end) if isinstance(part, Word) else part


def _theirs(part: object) -> object:
    match part:
        case Token():
            return (str(part.type), str(part), part.start_pos, part.end_pos)
        case Tree(data=name, children=parts):
            return (str(name), *map(_theirs, parts))
    return part


@functools.cache
def parser() -> Parser:
    return Parser(stored_tables(), Outline())


@functools.cache
def lark() -> Lark:
    return Lark(stored_tables().grammar, parser="lalr", lexer="contextual")


def read(text: str) -> object:
    try:
        return _ours(parser().parse(text))
    except Refused:
        return None


def read_by_lark(text: str) -> object:
    try:
        return _theirs(lark().parse(text))
    except UnexpectedInput:
        return None


@quick
@given(kinds().flatmap(well_typed) | wild())
def test_what_follows_the_grammar_is_read_as_lark_reads_it(text: str) -> None:
    assert read(text) == read_by_lark(text)


@quick
@given(SOUP | st.text(max_size=8))
def test_what_does_not_is_refused_by_both(text: str) -> None:
    assert read(text) == read_by_lark(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "a.in", "a . if.b", "a not  in b", "not in", "x[:]", "x[1:]", "f(a,)", "f(,)", "[]", "{}", "{1: 2,}"],
)
def test_so_are_the_corners_of_the_grammar(text: str) -> None:
    assert read(text) == read_by_lark(text)


def test_the_stored_tables_are_those_of_the_grammar() -> None:
    stored, new = stored_tables(), new_tables()
    assert (stored.lark, stored.grammar) == (new.lark, new.grammar), "run `make grammar`"
    assert (stored.terminals, stored.ignored, len(stored.states)) == (new.terminals, new.ignored, len(new.states))
