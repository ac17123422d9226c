r"""Regular expressions with one meaning, in linear time: our own parser in front, RE2 behind.

The meaning, where engines differ:

- `\d` is a decimal digit of any script (`5`, `５`), `\w` a letter, mark or decimal digit of any script or `_` (Chinese
  characters are letters), `\s` any white space of Unicode (U+3000 and the no-break space are); `\D \W \S` all else
- `\b` is the border of a run of ASCII letters, digits and `_`: Chinese text has no borders between words, so
  `\bfoo\b` finds `foo` in `你foo好`
- `.` is any character but a line break, with `s` that too; `^` and `$` are the very start and the very end, with `m`
  those of lines; `i` takes letter case of all scripts
- `(?<name>…)` and `(?P<name>…)` name a group; `(?i)` at the start and `(?i:…)` set flags
- look-around, back-references, possessive repetitions, atomic groups and conditionals are refused: what an automaton
  cannot do could hang a server

An expression is compiled within a budget of memory; matching takes time in proportion to the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

import re2
from msgspec import Struct

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording
from interpreter.types.regex_classes import options
from interpreter.types.regex_tree import PlacedRegex, groups, print_re2, required_literals

MAX_SOURCE = 4000
"""The longest expression, in characters."""
_MEMORY = 8 << 20
"""What one expression may take while it is used, in bytes."""
_MOST_INSTRUCTIONS = 45_000
"""How large the automaton of one author's expression may be; larger ones no longer run in RE2's fast way."""
_LONG = 2_000
"""From how many characters on an expression takes long to compile."""
_SURELY_SMALL = 50
"""With so few characters and no counted repetition none is that large: the worst, `\\w`, has 1,400 instructions."""


class NamedGroup(Struct, frozen=True):
    """A named group; `optional` when it may stay out of a match."""

    name: str
    index: int
    optional: bool


class Translated(Struct, frozen=True, eq=False):
    """An expression in RE2's notation, flags included."""

    re2: str
    groups: int
    names: tuple[NamedGroup, ...]
    optional_groups: frozenset[int]
    """The numbers of the groups that may stay out of a match."""
    required: tuple[str, ...]
    """Case-folded texts one of which is in the case-folded form of every text that matches; empty when unknown."""
    placed: PlacedRegex
    """Its tree."""


class RegexMatch(Protocol):
    """A match, as RE2's binding gives it. Groups are asked for by number."""

    def group(self, group: int = 0) -> str | None:
        """The text of a group, None when it stayed out."""
        ...

    def span(self, group: int = 0) -> tuple[int, int]:
        """Where a group stands, (-1, -1) when it stayed out."""
        ...

    def start(self, group: int = 0) -> int:
        """Where a group begins."""
        ...

    def end(self, group: int = 0) -> int:
        """Where a group ends."""
        ...

    def groups(self) -> tuple[str | None, ...]:
        """The texts of the groups from the first on."""
        ...


def _compile(translated: str, most_memory: int) -> re2._Regexp:
    memory = _MEMORY
    while memory < most_memory:
        try:
            return re2.compile(translated, options(memory))
        except re2.error:
            memory *= 4
    return re2.compile(translated, options(most_memory))


class CompiledRegex:
    """An expression that is compiled when it is first used: a bot has thousands, and a message asks few of them.

    It may be shared and used from several threads.
    """

    __slots__ = ("_compiled", "_most_memory", "_numbers", "_translated")

    def __init__(self, translated: str, most_memory: int = _MEMORY) -> None:
        self._translated = translated
        self._most_memory = most_memory
        self._compiled: re2._Regexp | None = None
        self._numbers: range | None = None

    def __reduce__(self) -> tuple[type, tuple[str, int]]:
        return CompiledRegex, (self._translated, self._most_memory)

    def compile(self) -> re2._Regexp:
        """RE2's form of it.

        Raises:
            re2.error: it does not fit the budget of memory.
        """
        if self._compiled is None:
            self._compiled = _compile(self._translated, self._most_memory)
        return self._compiled

    @property
    def size(self) -> int:
        """How many instructions its automaton has; it must fit the budget of memory."""
        return int(self.compile().programsize)

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return int(self.compile().groups)

    @property
    def names(self) -> Mapping[str, int]:
        """The number of each named group."""
        return dict(self.compile().groupindex)

    def search(self, text: str, start: int = 0) -> RegexMatch | None:
        """The first match that begins at or after `start`."""
        found: RegexMatch | None = (self._compiled or self.compile()).search(_encodable(text), start)
        return found

    def search_groups(self, text: str) -> tuple[str | None, ...] | None:
        """The texts of the first match and of its groups; quicker than `search`, for it counts no characters."""
        content = _encoded(text)
        match = (self._compiled or self.compile()).search(content)
        if match is None:
            return None
        spans = map(match.span, self._groups())
        return tuple([None if start < 0 else content[start:end].decode() for start, end in spans])

    def search_spans(self, text: str, start: int = 0) -> Sequence[tuple[int, int]] | None:
        """Where the first match that begins at or after `start` stands, and its groups; (-1, -1) for one left out."""
        content = text.encode() if text.isascii() else _encodable(text)  # bytes are characters then, and quicker
        match = (self._compiled or self.compile()).search(content, start)
        return None if match is None else list(map(match.span, self._groups()))

    def _groups(self) -> range:
        """The numbers of the groups, with 0 for the whole match."""
        if self._numbers is None:
            self._numbers = range(self.groups + 1)
        return self._numbers

    def fullmatch(self, text: str) -> RegexMatch | None:
        """A match of the whole text."""
        found: RegexMatch | None = (self._compiled or self.compile()).fullmatch(_encodable(text))
        return found

    def finditer(self, text: str) -> Iterator[RegexMatch]:
        """All matches that do not overlap, from left to right."""
        found: Iterator[RegexMatch] = (self._compiled or self.compile()).finditer(_encodable(text))
        return found


def translate(source: str, flags: str = "") -> tuple[Translated | None, tuple[Problem, ...]]:
    """An author's expression in RE2's notation, or the first problem in it; offsets count in `source`."""
    from interpreter.types.regex_parser import check_flags, parse  # a bot that was compiled earlier needs neither
    from interpreter.types.regex_refusals import Refused

    if len(source) > MAX_SOURCE:
        message = Wording(
            f"an expression longer than {MAX_SOURCE:,} characters", f"正则表达式超过 {MAX_SOURCE:,} 个字符"
        )
        return None, (Problem("DL404", 0, len(source), message),)
    try:
        check_flags(flags, len(source) + 1)
    except Refused as refused:
        return None, (refused.problem,)
    parsed = parse(source, flags)
    if isinstance(parsed, Problem):
        return None, (parsed,)
    node, all_flags = parsed.node, parsed.flags
    found = tuple(groups(node))
    prefix = f"(?{''.join(sorted(set(all_flags)))})" if all_flags else ""
    translated = Translated(
        prefix + print_re2(node),
        len(found),
        tuple(NamedGroup(group.name, group.index or 0, optional) for group, optional in found if group.name),
        frozenset(group.index or 0 for group, optional in found if optional),
        required_literals(node),
        parsed,
    )
    return (None, (_too_large(source),)) if _is_too_large(source, translated) else (translated, ())


def _is_too_large(source: str, translated: Translated) -> bool:
    if len(source) <= _SURELY_SMALL and "{" not in source:
        return False
    try:
        return compile_translated(translated.re2).size > _MOST_INSTRUCTIONS
    except re2.error:
        return True


def _too_large(source: str) -> Problem:
    return Problem(
        "DL404",
        0,
        len(source),
        Wording("the automaton of this expression is too large", "正则表达式编译后过大"),
        help=Wording(
            r"counted repetitions of `\w`, `\d` or long groups cost most: use `*` or `+`, or a smaller count",
            r"对 `\w`、`\d` 或长分组做计数重复最费空间：改用 `*`、`+` 或更小的次数",
        ),
    )


@lru_cache(maxsize=4096)
def compile_translated(translated: str) -> CompiledRegex:
    """What `translate` wrote, compiled."""
    return CompiledRegex(translated)


def compile_words(pattern: str, most_memory: int) -> CompiledRegex:
    """Compile an expression of ours that may hold long lists of an author's words, with no more memory than it takes.

    A long one would keep its first user waiting, and is compiled at once.

    Raises:
        re2.error: it does not fit into the most memory.
    """
    regex = CompiledRegex(pattern, most_memory)
    if len(pattern) > _LONG:
        regex.compile()
    return regex


@lru_cache(maxsize=1024)
def compile_regex(source: str, flags: str = "") -> CompiledRegex | None:
    """An author's expression, compiled; None when `translate` finds a problem in it."""
    translated, _ = translate(source, flags)
    return compile_translated(translated.re2) if translated else None


def _encodable(text: str) -> str:
    """A text RE2 can read: halves of surrogate pairs, which are no characters, become U+FFFD, one for one."""
    return text if text.isascii() else _encoded(text).decode()


def _encoded(text: str) -> bytes:
    """Such a text in UTF-8."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text).encode()
