"""Our own parser of regular expressions: it knows the exact place of every mistake and says what to write instead.

Every author's expression passes through here before RE2 sees it, so that notation means one thing, whatever RE2 makes
of it. The syntax is what JavaScript, Python and PCRE have in common; what only one of them reads in its own way is
refused.
"""

from __future__ import annotations

import re

from interpreter.diagnostics.diagnostic import Problem
from interpreter.types import regex_refusals as refusals
from interpreter.types.names import is_name
from interpreter.types.regex_classes import SHORTHANDS, bracket, property_name, shorthand
from interpreter.types.regex_refusals import Refused
from interpreter.types.regex_tree import (
    Assertion,
    Char,
    Chars,
    Choice,
    Group,
    Node,
    PlacedRegex,
    Repeat,
    Series,
    escape,
    repeats,
)

MOST_REPEATS = 1000
_DEEPEST = 60
_QUANTIFIER = re.compile(r"[*+?]|\{(\d*)(,?)(\d*)\}", re.ASCII)
_INLINE_FLAGS = re.compile(r"\(\?(?!R\))([A-Za-z]+)\)")
_SCOPED_FLAGS = re.compile(r"\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?:")
_NAMED = re.compile(r"\(\?P?<([^>]*)>")
_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0", "a": "\a", "e": "\x1b"}
# Patterns for `re` to compile once one of them is needed: few escapes are any of these.
_HEX = r"x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})"
_LOW_SURROGATE = r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})"
_PROPERTY = r"([pP])(?:\{(\^?)([^}]*)\}|([A-Za-z]))"
_ASSERTIONS = {"b": r"\b", "B": r"\B", "A": r"\A", "z": r"\z", "Z": r"\z"}


def parse(source: str, flags: str) -> PlacedRegex | Problem:
    """The tree of an expression and its flags, those at its start included; or the first problem in it."""
    parser = _Parser(source, flags)
    try:
        node, all_flags = parser.parse()
    except Refused as refused:
        return refused.problem
    return PlacedRegex(source, node, all_flags, parser.places)


_PLAIN = re.compile(r"(?:[^()\[\\*+?{.^$|](?![*+?{]))+")


class _Parser:
    """A recursive descent over the source; offsets are its own."""

    def __init__(self, source: str, flags: str) -> None:
        self.source = source
        self.flags = flags
        self.position = 0
        self.groups = 0
        self.names: set[str] = set()
        self.places: dict[int, tuple[int, int]] = {}
        """Where each node stands, by its identity: the tree keeps them all alive."""

    def parse(self) -> tuple[Node, str]:
        while match := _INLINE_FLAGS.match(self.source, self.position):
            check_flags(match[1], match.start(1))
            self.flags = "".join(dict.fromkeys(self.flags + match[1]))
            self.position = match.end()
        whole = self.flags
        node = self._choice(0)
        if self.position < len(self.source):
            raise refusals.unopened(self.position)
        return node, whole

    def _peek(self) -> str:
        return self.source[self.position : self.position + 1]

    def _choice(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise refusals.too_deep(self.position, _DEEPEST)
        start = self.position
        branches = [self._series(depth)]
        while self._peek() == "|":
            self.position += 1
            branches.append(self._series(depth))
        return branches[0] if len(branches) == 1 else self._placed(Choice(tuple(branches)), start)

    def _placed(self, node: Node, start: int) -> Node:
        self.places[id(node)] = (start, self.position)
        return node

    def _series(self, depth: int) -> Node:
        first = self.position
        parts: list[Node] = []
        while (char := self._peek()) and char not in "|)":
            start = self.position
            if plain := _PLAIN.match(self.source, start):
                self._plain(plain[0], parts)
                continue
            if self.source.startswith("(?#", start):
                self._skip_comment()
                continue
            node = self._placed(self._atom(char, depth), start)
            parts.append(self._placed(self._repeated(node, start), start))
        return parts[0] if len(parts) == 1 else self._placed(Series(tuple(parts)), first)

    def _plain(self, letters: str, parts: list[Node]) -> None:
        """A run of characters that stand for themselves."""
        places = self.places
        for start, char in enumerate(letters, self.position):
            node = Char(char)
            places[id(node)] = (start, start + 1)
            parts.append(node)
        self.position += len(letters)

    def _skip_comment(self) -> None:
        end = self.source.find(")", self.position)
        if end < 0:
            raise refusals.unclosed_group(self.position)
        self.position = end + 1

    def _atom(self, char: str, depth: int) -> Node:
        match char:
            case "(":
                return self._group(depth)
            case "[":
                return self._bracket()
            case "\\":
                return self._escape()
            case "*" | "+" | "?":
                raise refusals.nothing_to_repeat(self.position, self.position + 1)
        if char == "{" and (match := self._quantifier()):
            raise refusals.nothing_to_repeat(*match.span())
        self.position += 1
        match char:
            case ".":
                return Chars(".")
            case "^" | "$":
                return Assertion(char)
            case _:
                return Char(char)

    # ------------------------------------------------------------------------------------------------ repetition

    def _repeated(self, node: Node, start: int) -> Node:
        match = self._quantifier()
        if match is None:
            return node
        if isinstance(node, Assertion):
            raise refusals.nothing_to_repeat(*match.span(), after_assertion=True)
        low, high = self._bounds(match)
        self.position = match.end()
        lazy = self._peek() == "?"
        if lazy:
            self.position += 1
        elif self._peek() == "+":
            raise refusals.possessive(match.start(), self.position + 1, match[0])
        if again := self._quantifier():
            raise refusals.nothing_to_repeat(*again.span(), after_repeat=True)
        repeat = Repeat(node, low, high, lazy)
        if repeats(repeat) > MOST_REPEATS:
            raise refusals.too_many_repeats(start, self.position, MOST_REPEATS)
        return repeat

    def _quantifier(self) -> re.Match[str] | None:
        """The quantifier at the position; `{`, `{}` and `{,}` are none but letters."""
        match = _QUANTIFIER.match(self.source, self.position)
        return None if match is None or match[0] in ("{}", "{,}") else match

    def _bounds(self, match: re.Match[str]) -> tuple[int, int | None]:
        match match[0]:
            case "*":
                return 0, None
            case "+":
                return 1, None
            case "?":
                return 0, 1
        if not match[1]:
            raise refusals.open_lower_bound(*match.span(), match[3])
        if len(match[1]) > 6 or len(match[3]) > 6:
            raise refusals.too_many_repeats(*match.span(), MOST_REPEATS)
        low = int(match[1])
        high = int(match[3]) if match[3] else None if match[2] else low
        if high is not None and high < low:
            raise refusals.reversed_bounds(*match.span(), f"{{{high},{low}}}")
        return low, high

    # ------------------------------------------------------------------------------------------------ groups

    def _group(self, depth: int) -> Node:
        start, outer = self.position, self.flags
        node = self._open_group(start)
        body = self._choice(depth + 1)
        if self._peek() != ")":
            raise refusals.unclosed_group(start)
        self.position += 1
        self.flags = outer
        return Group(body, node.index, node.name, node.flags)

    def _open_group(self, start: int) -> Group:
        """The group that opens here, its body still empty."""
        empty = Series(())
        if not self.source.startswith("(?", start):
            self.position += 1
            self.groups += 1
            return Group(empty, index=self.groups)
        if match := _SCOPED_FLAGS.match(self.source, start):
            check_flags(match[1], match.start(1))
            check_flags(match[2] or "", match.start(2))
            self.flags = "".join(flag for flag in self.flags + match[1] if flag not in (match[2] or ""))
            self.position = match.end()
            return Group(empty, flags=match[1] + (f"-{match[2]}" if match[2] else ""))
        refusals.refuse_extension(self.source, start)
        if match := _NAMED.match(self.source, start):
            self._check_name(match[1], match.start(1), match.end(1))
            self.position = match.end()
            self.groups += 1
            return Group(empty, index=self.groups, name=match[1])
        raise refusals.unknown_group(self.source, start)

    def _check_name(self, name: str, start: int, end: int) -> None:
        if not is_name(name):
            raise refusals.bad_name(name, start, end)
        if name in self.names:
            raise refusals.duplicate_name(name, start, end)
        self.names.add(name)

    # ------------------------------------------------------------------------------------------------ characters

    def _escape(self) -> Node:
        start = self.position
        letter = self.source[start + 1 : start + 2]
        if letter in _ASSERTIONS and letter:
            self.position += 2
            return Assertion(_ASSERTIONS[letter])
        if letter in ("d", "D", "w", "W", "s", "S"):
            self.position += 2
            return Chars(shorthand(letter))
        if found := self._property(start):
            return Chars(found)
        if letter in "123456789k" and letter:
            raise refusals.back_reference(self.source, start)
        return Char(self._escaped_char(start))

    def _property(self, start: int) -> str | None:
        if self.source[start + 1 : start + 2] not in ("p", "P"):
            return None
        match = re.compile(_PROPERTY).match(self.source, start + 1)
        if match is None:
            return None
        name = property_name(match[3] if match[4] is None else match[4])
        if name is None:
            raise refusals.unknown_property(match[3] if match[4] is None else match[4], start, match.end())
        self.position = match.end()
        negated = (match[1] == "P") != bool(match[2])
        return rf"\{'P' if negated else 'p'}{{{name}}}"

    def _escaped_char(self, start: int) -> str:
        """The one character an escape stands for, inside of brackets and outside."""
        letter = self.source[start + 1 : start + 2]
        if not letter:
            raise refusals.lone_backslash(start)
        if letter in "xuU" and (match := re.compile(_HEX).match(self.source, start + 1)):
            self.position = match.end()
            return self._code_point(int(next(filter(None, match.groups())), 16), start)
        if letter in _CONTROL and not (letter == "0" and self.source[start + 2 : start + 3].isdigit()):
            self.position += 2
            return _CONTROL[letter]
        if letter.isascii() and letter.isalnum():
            raise refusals.bad_escape(self.source, start)
        self.position += 2
        return letter

    def _code_point(self, number: int, start: int) -> str:
        if 0xD800 <= number < 0xDC00 and (low := re.compile(_LOW_SURROGATE).match(self.source, self.position)):
            self.position = low.end()
            return chr(0x10000 + (number - 0xD800) * 0x400 + int(low[1], 16) - 0xDC00)
        if number > 0x10FFFF or 0xD800 <= number < 0xE000:
            raise refusals.no_character(start, self.position)
        return chr(number)

    # ------------------------------------------------------------------------------------------------ classes

    def _bracket(self) -> Node:
        start = self.position
        self.position += 1
        negated = self._peek() == "^"
        self.position += negated
        if self._peek() == "]":
            raise refusals.empty_class(start, self.position + 1, self.source)
        items: list[str] = []
        non_word = False
        while (char := self._peek()) != "]":
            if not char:
                raise refusals.unclosed_class(start)
            item = self._class_item()
            non_word = non_word or item == r"\W"
            if item != r"\W":
                items.append(item)
        self.position += 1
        return Chars(bracket(items, negated=negated, with_non_word=non_word, ignore_case="i" in self.flags))

    def _class_item(self) -> str:
        r"""A set, a range or a character of a class; `\W` as it stands."""
        start = self.position
        low = self._class_atom()
        if self._peek() != "-" or self.source[self.position + 1 : self.position + 2] in ("]", ""):
            return low if len(low) > 1 else escape(low)
        self.position += 1
        high = self._class_atom()
        if len(low) > 1 or len(high) > 1:
            raise refusals.set_in_range(start, self.position)
        if low > high:
            raise refusals.reversed_range(start, self.position, low, high)
        return f"{escape(low)}-{escape(high)}"

    def _class_atom(self) -> str:
        """One character as it is, or a set in RE2's notation (always longer than one character)."""
        start = self.position
        char = self._peek()
        if char == "[" and self.source[start + 1 : start + 2] in (":", ".", "="):
            raise refusals.posix_class(self.source, start)
        if char != "\\":
            self.position += 1
            return char
        letter = self.source[start + 1 : start + 2]
        if letter == "W" or letter in SHORTHANDS:
            self.position += 2
            return SHORTHANDS.get(letter, r"\W")
        if letter == "b":
            self.position += 2
            return "\b"
        return self._property(start) or self._escaped_char(start)


def check_flags(flags: str, start: int) -> None:
    """Refuse a flag other than `i`, `m` and `s`; the first stands at `start`.

    Raises:
        Refused: there is one.
    """
    for offset, flag in enumerate(flags):
        if flag not in "ims":
            raise refusals.unknown_flag(flag, start + offset)
