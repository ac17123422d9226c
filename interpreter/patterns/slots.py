"""Variants with slots: the regular expression over folded text that finds them, and the values of what they took.

A slot of free text takes as little as it can (`text+`: as much), at an end of a phrase all up to that end of the
message. A slot of another type takes what looks like the type and is then read; when it reads as nothing (`int(1..9)`
on `12`), the search goes on after it. White space around what a slot takes is no part of it.

At an end of a phrase that may stand anywhere, numbers are not cut out of longer ones (`13800138000` is not in
`138001380001`), and words of consent are whole clauses: `<yes>` is in `好，谢谢`, but neither in `你好` nor in `不好`.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from interpreter.patterns.captures import Captures
from interpreter.patterns.clues import Clue, FoldedPart, NoClue
from interpreter.patterns.subject import Subject
from interpreter.patterns.tree import Atom, Consent, Slot, Variant
from interpreter.types.answers import read_part
from interpreter.types.folding import CLOSING
from interpreter.types.kinds import BoolType, EntityType, EnumType, IntType, NumberType, TextType
from interpreter.types.lexicon import Lexicon
from interpreter.types.parts import part_pattern, words_pattern
from interpreter.types.regex_tree import escape_text
from interpreter.types.regexes import CompiledRegex, compile_words
from interpreter.values import Value

_MEMORY = 256 << 20
"""What one variant may take: its entities come from the author's file, which is bounded already."""
_MOST_TRIES = 50
_LEFT_BORDER = r"(?:^|[\s\p{P}\p{S}])"
_RIGHT_BORDER = r"(?:[\s\p{P}\p{S}]|$)"


class SlotMatcher(Struct, frozen=True, gc=False):
    """One variant of a phrase with slots or words of consent."""

    regex: CompiledRegex
    slots: tuple[Slot, ...]
    lexicon: Lexicon
    whole: bool
    """The phrase is the whole message (`=`)."""
    ends_open: bool
    """The last part is free text."""
    uncut: tuple[bool, bool]
    """Whether what the first, the last slot took must not be cut out of a longer number."""
    is_number: bool
    """The phrase is the whole message, and all of it is one slot for a number."""
    clues: tuple[Clue, ...]

    def match(self, subject: Subject) -> Captures | None:
        """What the variant takes from a message, or None."""
        if self.is_number and subject.folded.isdecimal() and subject.folded.isascii():  # there is nothing to search for
            span = (0, len(subject.folded))
            values = self._read((span, span, span), subject, subject.folded)
            return Captures(values, (subject.original(*span),)) if isinstance(values, dict) else None
        if self.whole and self.ends_open and subject.stripped:
            found = self._search(subject, subject.stripped)
            if found is not None:
                return found
        return self._search(subject, subject.folded)

    def _search(self, subject: Subject, text: str) -> Captures | None:
        start = 0
        for _ in range(_MOST_TRIES):
            spans = self.regex.search_spans(text, start)
            if spans is None:
                return None
            values = self._read(spans, subject, text)
            if isinstance(values, dict):
                return Captures(values, (subject.original(*spans[1]),))
            start = max(values, spans[0][0] + 1)
        return None

    def _read(self, spans: Sequence[tuple[int, int]], subject: Subject, text: str) -> dict[str, Value] | int:
        """The values of the slots, or where to search on when one has none."""
        values: dict[str, Value] = {}
        for number, slot in enumerate(self.slots, 2):
            start, end = spans[number]
            value = read_part(slot.type, subject.original(start, end), self.lexicon)
            first_cut = self.uncut[0] and number == 2 and _cuts_before(text, start)
            last_cut = self.uncut[1] and number == len(self.slots) + 1 and _cuts_after(text, end)
            if value is None or first_cut or last_cut:
                return end
            values[slot.name] = value
        return values


def slot_matcher(variant: Variant, lexicon: Lexicon, *, whole: bool) -> SlotMatcher:
    """The matcher of a variant."""
    first, last = variant[0], variant[-1]
    body = "".join(_piece(atom, lexicon, last=index == len(variant) - 1) for index, atom in enumerate(variant))
    before = "^" if whole or _is_free(first) else _LEFT_BORDER if _is_word(first) else ""
    after = "$" if whole or _is_free(last) else _RIGHT_BORDER if _is_word(last) else ""
    closing = f"[{CLOSING} ]*" if whole and not _is_free(last) else ""
    return SlotMatcher(
        compile_words(f"(?s){before}({body}){closing}{after}", _MEMORY),
        tuple(atom for atom in variant if isinstance(atom, Slot)),
        lexicon,
        whole,
        _is_free(last),
        (not whole and _is_numeric(first), not whole and _is_numeric(last)),
        whole and len(variant) == 1 and isinstance(first, Slot) and isinstance(first.type, (IntType, NumberType)),
        (_clue(variant, lexicon),),
    )


def _piece(atom: Atom, lexicon: Lexicon, *, last: bool) -> str:
    match atom:
        case str():
            return escape_text(atom)
        case Consent(yes=yes):
            return f" ?(?:{words_pattern(words(yes=yes, lexicon=lexicon))}) ?"
        case Slot(greedy=greedy) if _is_free(atom):
            more = ".*" if last else r"(?:.*\S)?" if greedy else r"(?:.*?\S)??"
            return rf" ?(\S{more})" + ("" if last else " ?")
        case Slot(type=kind):
            return f" ?({part_pattern(kind, lexicon)}) ?"


def words(*, yes: bool, lexicon: Lexicon) -> tuple[str, ...]:
    """The folded words of consent or refusal."""
    return tuple(word for word, is_consent in lexicon.consent.items() if is_consent is yes)


def _clue(variant: Variant, lexicon: Lexicon) -> Clue:
    """The longest letters; else what the smallest list of words offers."""
    letters = [atom.strip() for atom in variant if isinstance(atom, str) and atom.strip()]
    if letters:
        return FoldedPart((max(letters, key=len),))
    for atom in variant:
        if isinstance(atom, Consent):
            return FoldedPart(words(yes=atom.yes, lexicon=lexicon))
    return NoClue()


def _is_free(atom: Atom) -> bool:
    return isinstance(atom, Slot) and atom.type == TextType()


def _is_word(atom: Atom) -> bool:
    return isinstance(atom, Consent) or (isinstance(atom, Slot) and isinstance(atom.type, BoolType))


def _is_numeric(atom: Atom) -> bool:
    return isinstance(atom, Slot) and not _is_free(atom) and not isinstance(atom.type, (EnumType, EntityType, BoolType))


def _cuts_before(text: str, start: int) -> bool:
    before = text[max(0, start - 2) : start]
    return text[start : start + 1].isdigit() and (
        before[-1:].isdigit() or (before[-1:] in (".", ",") and before[:-1].isdigit())
    )


def _cuts_after(text: str, end: int) -> bool:
    after = text[end : end + 2]
    return text[end - 1 : end].isdigit() and (after[:1].isdigit() or (after[:1] in (".", ",") and after[1:].isdigit()))
