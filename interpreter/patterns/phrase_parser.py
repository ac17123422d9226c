r"""The parser of phrases: letters, `(a|b)`, `<name:type>`, `<yes>`, and the backslash.

phrase       = alternatives
alternatives = series ("|" series)*
series       = (letter | "\" any | "(" alternatives ")" | slot)*
slot         = "<yes>" | "<no>" | "<" name (":" type ["+"])? ">"
"""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec.structs import replace

from interpreter.diagnostics.diagnostic import Problem
from interpreter.patterns import phrase_refusals as refusals
from interpreter.patterns.tree import Alternatives, Consent, Letters, Part, Parts, Slot
from interpreter.types.kinds import ErrorType, OptionalType, TextType
from interpreter.types.names import is_name
from interpreter.types.notation import parse_type
from interpreter.types.parts import can_be_part

_DEEPEST = 20
_PLAIN = re.compile(r"[^\\|()<]+")
_PLUS = re.compile(r"\s*text\s*\+\s*")


def parse_phrase(text: str, start: int, entities: Collection[str]) -> tuple[tuple[Parts, ...], list[Problem]]:
    """The alternatives of the phrase that begins at an offset of a pattern's text."""
    parser = _Parser(text, start, entities)
    alternatives = parser.alternatives(0)
    return alternatives, parser.problems


class _Parser:
    """A recursive descent that notes problems and reads on."""

    def __init__(self, text: str, start: int, entities: Collection[str]) -> None:
        self.text = text
        self.position = start
        self.entities = entities
        self.problems: list[Problem] = []

    def alternatives(self, depth: int) -> tuple[Parts, ...]:
        """Series apart by bars, up to a closing bracket or the end."""
        options = [self._series(depth)]
        while self.text.startswith("|", self.position):
            self.position += 1
            char = self.text[self.position : self.position + 1]
            if depth == 0 and char in ("=", "~", "/"):
                self.problems.append(refusals.marked_alternative(self.position, self.position + 1, char))
            options.append(self._series(depth))
        return tuple(options)

    def _series(self, depth: int) -> Parts:
        parts: list[Part] = []
        letters: list[str] = []
        while self.position < len(self.text):
            if plain := _PLAIN.match(self.text, self.position):
                letters.append(plain[0])
                self.position = plain.end()
                continue
            char = self.text[self.position]
            if char == "|" or (char == ")" and depth > 0):
                break
            part = self._part(char, depth)
            if isinstance(part, str):
                letters.append(part)
                continue
            if letters:
                parts.append(Letters("".join(letters)))
                letters = []
            if part is not None:
                parts.append(part)
        if letters:
            parts.append(Letters("".join(letters)))
        return tuple(parts)

    def _part(self, char: str, depth: int) -> Part | str | None:
        """The part at the position, a single letter as it is; None for one that could not be read."""
        start = self.position
        self.position += 1
        match char:
            case "\\":
                if self.position == len(self.text):
                    self.problems.append(refusals.lone_backslash(start))
                self.position += 1
                return self.text[start + 1 : start + 2]
            case ")":
                self.problems.append(refusals.unopened(start))
                return char
            case "(":
                return self._bracket(start, depth)
            case "<":
                return self._slot(start)
        return char

    def _bracket(self, start: int, depth: int) -> Part | None:
        if depth >= _DEEPEST:
            self.problems.append(refusals.too_deep(start))
            self.position = len(self.text)
            return None
        options = self.alternatives(depth + 1)
        if self.position >= len(self.text):
            if not any(problem.code == "DL404" for problem in self.problems):
                self.problems.append(refusals.unclosed_alternatives(start))
            return None
        self.position += 1
        return Alternatives(options)

    def _slot(self, start: int) -> Part | None:
        end = self.text.find(">", start)
        if end < 0:
            self.problems.append(refusals.unclosed_slot(start))
            return None
        self.position = end + 1
        inside = self.text[start + 1 : end]
        if inside.strip() in ("yes", "no"):
            return Consent(yes=inside.strip() == "yes")
        written_name, colon, _ = inside.partition(":")
        name = written_name.strip()
        if not name:
            self.problems.append(refusals.nameless_slot(start, end + 1))
            return None
        if name.endswith("+") and not colon:
            self.problems.append(refusals.plus_after_name(name[:-1].strip(), start + 1, end))
            return None
        if not is_name(name):
            first = start + 1 + written_name.index(name)
            self.problems.append(self._bad_name(name, first))
            return None
        type_start = start + 1 + len(written_name) + 1
        slot = Slot(name, TextType(), greedy=False, start=start, end=end + 1)
        return self._with_type(slot, type_start, end) if colon else slot

    def _bad_name(self, name: str, start: int) -> Problem:
        if "：" in name:
            return refusals.full_width(start, start + len(name), name.replace("：", ":"))
        return refusals.bad_name(name, start, start + len(name))

    def _with_type(self, slot: Slot, start: int, end: int) -> Slot | None:
        written = self.text[start:end]
        if _PLUS.fullmatch(written):
            return replace(slot, greedy=True)
        if written.rstrip().endswith("+"):
            plus = start + written.rindex("+")
            self.problems.append(refusals.plus_after_type(plus, plus + 1))
            return None
        kind, problems = parse_type(written, self.entities)
        self.problems += [
            replace(problem, start=problem.start + start, end=problem.end + start) for problem in problems
        ]
        if isinstance(kind, ErrorType):
            return None
        if isinstance(kind, OptionalType):
            shown = self.text[slot.start : slot.end].replace("?", "")
            self.problems.append(refusals.optional_slot(start, end, shown))
            return None
        if not can_be_part(kind):
            self.problems.append(refusals.not_in_a_slot(kind, start, end))
            return None
        return replace(slot, type=kind)
