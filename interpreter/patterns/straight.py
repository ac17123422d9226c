r"""Regular expressions whose first way is most often their match: a text, some characters of a set, a text, the end.

In `^查\s+(.+)$` the way that a backtracking matcher tries first, everything taking as much as it can, nearly always
leads to the end, and then it is the match. It is found without RE2, whose automaton takes long to make and much room.
A way that leads nowhere means that there is no match, if there was no other to try; else RE2 has to say, as it has for
messages with unusual characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import permutations

import re2
from msgspec import Struct

from interpreter.types.folding import is_usual
from interpreter.types.regex_classes import options
from interpreter.types.regex_tree import Assertion, Char, Chars, Choice, Group, Node, PlacedRegex, Repeat, Series

Groups = tuple[str | None, ...]
"""The whole match, then the groups."""
UNTOLD: Groups = ()
"""Whether there is a match has to be found out by other means."""

OPEN, CLOSE = 0, 1
"""The steps at which a group begins and ends."""
LOOSE = 2
"""The step from which on there may be another way where one leads nowhere."""
END = 3
"""The step that the message ends."""
_START = 4
_MOST_STARTS = 8
_MOST_BRANCHES = 16


class CharRun:
    """As many characters of a set as there are, within bounds."""

    __slots__ = ("match", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        """In the notation of Python, compiled when it is first used; it is right for usual characters."""
        self.match: Callable[[str, int], re.Match[str] | None] = self._compile
        """The run that begins at an offset, if one does."""

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return CharRun, (self.source,)

    def _compile(self, text: str, start: int) -> re.Match[str] | None:
        self.match = match = re.compile(self.source).match
        return match(text, start)


Step = str | CharRun | tuple[str, ...] | int
"""A text, a run, the first of several texts that is there, or one of the numbers above."""


class StraightWay(Struct, frozen=True, gc=False):
    """The way through an expression that is tried first."""

    is_anchored: bool
    """A match begins where the message does; otherwise with the first step, which is a text."""
    steps: tuple[Step, ...]

    def search(self, text: str) -> Groups | None:
        """The groups of the first match in a message of usual characters; None if there is none."""
        if self.is_anchored:
            return self._follow(text, 0)
        first = self.steps[0]
        assert isinstance(first, str)
        start = text.find(first)
        for _ in range(_MOST_STARTS):
            if start < 0:
                return None
            found = self._follow(text, start)
            if found is not None:
                return found
            start = text.find(first, start + 1)
        return UNTOLD

    def _follow(self, text: str, start: int) -> Groups | None:
        at = begin = start
        groups: list[str] = []
        otherwise: Groups | None = None
        for step in self.steps:
            if type(step) is int:
                if step == OPEN:
                    begin = at
                elif step == CLOSE:
                    groups.append(text[begin:at])
                elif step == LOOSE:
                    otherwise = UNTOLD
                elif at < len(text):
                    return otherwise
            elif type(step) is CharRun:
                run = step.match(text, at)
                if run is None:
                    return otherwise
                at = run.end()
            elif type(step) is str:
                if not text.startswith(step, at):
                    return otherwise
                at += len(step)
            elif isinstance(step, tuple):
                for option in step:
                    if text.startswith(option, at):
                        at += len(option)
                        break
                else:
                    return otherwise
        return (text[start:at], *groups)


def straight_way(regex: PlacedRegex) -> StraightWay | None:
    """The way through an expression that is tried first; None of one that is not so simple."""
    if "m" in regex.flags:
        return None
    try:
        parts = [*_parts(regex.node, regex.flags)]
    except _NotStraight:
        return None
    is_anchored = parts[0] == _START if parts else False
    steps = _joined(parts[is_anchored:])
    if not is_anchored and not (steps and isinstance(steps[0], str)):
        return None
    if _START in steps or END in steps[:-1]:
        return None
    return StraightWay(is_anchored, tuple(_marked(steps)))


# ---------------------------------------------------------------------------------------------------- from the tree


_Ranges = tuple[tuple[int, int], ...]
"""Characters by the codes of the first and the last of each of their runs, in order."""


class _Run(Struct, frozen=True):
    members: _Ranges
    low: int
    high: int | None


_Part = str | _Run | tuple[str, ...] | int


class _NotStraight(Exception):  # noqa: N818  no error: most of the language is not
    pass


def _parts(node: Node, flags: str) -> Iterator[_Part]:
    match node:
        case Char(char=char) if _is_settled(char, flags):
            yield char
        case Chars(re2=notation):
            yield _Run(_members(notation, flags), 1, 1)
        case Series(parts=parts):
            for part in parts:
                if isinstance(part, Char) and _is_settled(part.char, flags):
                    yield part.char
                else:
                    yield from _parts(part, flags)
        case Group(body=Choice(branches=branches), flags="") if len(branches) <= _MOST_BRANCHES:
            yield from _grouped(node, [tuple(_only_text(branch, flags) for branch in branches)])
        case Group(body=body, flags=""):
            yield from _grouped(node, _parts(body, flags))
        case Repeat(body=Char(char=char), low=low, high=high, lazy=False) if _is_settled(char, flags):
            yield _Run(((ord(char), ord(char)),), low, high)
        case Repeat(body=Chars(re2=notation), low=low, high=high, lazy=False):
            yield _Run(_members(notation, flags), low, high)
        case Assertion(re2="^" | r"\A"):
            yield _START
        case Assertion(re2="$" | r"\z"):
            yield END
        case _:
            raise _NotStraight


def _grouped(group: Group, parts: Iterator[_Part] | Sequence[_Part]) -> Iterator[_Part]:
    if group.index is None:
        yield from parts
        return
    found = [*parts]
    if OPEN in found:
        raise _NotStraight
    yield from (OPEN, *found, CLOSE)


def _only_text(node: Node, flags: str) -> str:
    match _joined([*_parts(node, flags)]):
        case [str(text)]:
            return text
        case _:
            raise _NotStraight


def _joined(parts: Sequence[_Part]) -> list[_Part]:
    """The parts, neighbouring texts made one."""
    found: list[_Part] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, str) and isinstance(last, str):
            found[-1] = last + part
        else:
            found.append(part)
    return found


def _marked(parts: Sequence[_Part]) -> Iterator[Step]:
    """The steps, with a mark where the first begins that may have to give something back."""
    is_firm = True
    for index, part in enumerate(parts):
        yield _char_run(part.members, part.low, part.high) if isinstance(part, _Run) else part
        if is_firm and not _is_firm(part, parts[index + 1 :]):
            is_firm = False
            yield LOOSE


def _is_firm(part: _Part, rest: Sequence[_Part]) -> bool:
    """Whether nothing that follows could come to be by a part taking less, or another text."""
    if isinstance(part, tuple):
        return not any(one.startswith(other) for one, other in permutations(part, 2))
    if not isinstance(part, _Run) or part.low == part.high:
        return True
    follower = next((each for each in rest if each not in (OPEN, CLOSE)), END)
    match follower:
        case str():
            return _are_apart(_first_of(follower), part.members)
        case tuple():
            return all(_are_apart(_first_of(text), part.members) for text in follower)
        case _Run(members=members, low=low):
            return low > 0 and _are_apart(members, part.members)
        case _:
            return True


def _is_settled(char: str, flags: str) -> bool:
    """Whether a character of an expression stands for itself only, and may be in a message of usual ones."""
    if "\u4e00" <= char <= "\u9fff":
        return True
    return is_usual(char) and ("i" not in flags or char.upper() == char.lower() == char.casefold())


def _first_of(text: str) -> _Ranges:
    return ((ord(text[0]), ord(text[0])),)


def _are_apart(one: _Ranges, other: _Ranges) -> bool:
    return not any(low <= last and first <= high for low, high in one for first, last in other)


_CHINESE = 0x4E00, 0x9FFF
_OTHERS = *range(0x80), *range(0x2010, 0x2030), *range(0x3000, 0x3010), *range(0xFF00, 0xFF60)
"""Among these are all other usual characters."""
_CODE = r"\\x\{([0-9a-f]+)\}"


@lru_cache(maxsize=1)
def _usual_others() -> str:
    return "".join(filter(is_usual, map(chr, _OTHERS)))


@lru_cache(maxsize=256)
def _members(notation: str, flags: str) -> _Ranges:
    """The usual characters of a set in RE2's notation.

    RE2 is asked about each, but about only one of the Chinese characters between two that the notation names: whatever
    holds for one of these holds for its neighbours.
    """
    first, last = _CHINESE
    named = [*map(ord, notation), *(int(code, 16) for code in re.findall(_CODE, notation))]
    cuts = sorted({first, *(cut for code in named for cut in (code, code + 1) if first < cut <= last)})
    ends = {cut: after - 1 for cut, after in zip(cuts, [*cuts[1:], last + 1], strict=True)}
    asked = "".join(sorted({*_usual_others(), *map(chr, cuts)}))
    prefix = f"(?{''.join(sorted(set(flags)))})" if flags else ""
    found: list[tuple[int, int]] = []
    matches = re2.compile(f"{prefix}(?:{notation})+", options()).finditer(asked.encode())
    for code in [ord(char) for match in matches for char in match.group().decode()]:
        end = ends.get(code, code)
        if found and found[-1][1] == code - 1:
            found[-1] = found[-1][0], end
        else:
            found.append((code, end))
    if not found:
        raise _NotStraight
    return tuple(found)


@lru_cache(maxsize=256)
def _char_run(members: _Ranges, low: int, high: int | None) -> CharRun:
    chars = "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in members)
    return CharRun(f"[{chars}]{{{low},{'' if high is None else high}}}")
