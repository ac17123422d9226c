"""What is wrong with a text that does not follow the grammar, as Lark says it.

Texts are read by tables that Lark has made (`lalr`), which is quick but says no more than yes or no. A text that is
refused is read again by Lark itself: its word counts.
"""

from __future__ import annotations

import functools

from lark import Lark
from lark.exceptions import UnexpectedInput, UnexpectedToken

from interpreter.expr.parse_tables import stored_tables


class UnexpectedWordError(Exception):
    """Something stands where the grammar has no place for it; `expected` are the kinds of words that could."""

    def __init__(self, start: int | None, end: int | None, expected: frozenset[str]) -> None:
        super().__init__()
        self.start = start
        """None at the end of the text."""
        self.end = end
        self.expected = expected


def unexpected_word(text: str) -> UnexpectedWordError:
    """The first word that should not be there in a text that does not follow the grammar."""
    try:
        _lark().parse(text)
    except UnexpectedToken as error:
        expected = frozenset(error.accepts or error.expected)
        if error.token.type == "$END":
            return UnexpectedWordError(None, None, expected)
        return UnexpectedWordError(error.token.start_pos, error.token.end_pos, expected)
    except UnexpectedInput as error:
        start = error.pos_in_stream or 0
        return UnexpectedWordError(start, start + 1, frozenset(getattr(error, "allowed", None) or ()))
    raise AssertionError("the tables refuse what the grammar allows; `make grammar` writes them anew")


@functools.cache
def _lark() -> Lark:
    return Lark(stored_tables().grammar, parser="lalr", lexer="contextual")
