"""The alternatives of phrases with their places, which the tree of a phrase does not keep."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from interpreter.dialog.model.leaves import PatternLeaf
from interpreter.patterns.tree import Alternatives, Consent, Mode, Parts, Phrase, Slot, Variant
from interpreter.patterns.variants import variants
from interpreter.source.spans import Span


class Alternative(Struct, frozen=True, eq=False):
    """One alternative of a phrase (`b` of `a|b`), or the whole of a phrase that has only one."""

    leaf: PatternLeaf
    mode: Mode
    start: int
    end: int
    is_alone: bool
    """Whether the phrase has no other."""
    ways: tuple[Variant, ...]
    """Its variants, slots without their places."""

    @property
    def span(self) -> Span:
        """Where it stands in the file."""
        return self.leaf.scalar.place(self.start, self.end)

    @property
    def text(self) -> str:
        """It as its author wrote it."""
        return self.leaf.scalar.text[self.start : self.end]


def alternatives_of(leaf: PatternLeaf, phrase: Phrase) -> tuple[Alternative, ...]:
    """The outermost alternatives of a phrase."""
    spans = outer_spans(leaf.scalar.text, 0 if phrase.mode == "contains" else 1)
    options: tuple[Parts, ...] = (phrase.parts,)
    if len(spans) > 1 and isinstance(phrase.parts[0], Alternatives):
        options = phrase.parts[0].options
    if len(spans) != len(options):
        return ()
    return tuple(
        Alternative(leaf, phrase.mode, start, end, len(spans) == 1, tuple(map(_placeless, variants(option))))
        for (start, end), option in zip(spans, options, strict=True)
    )


def plain_text(variant: Variant) -> str | None:
    """The folded text of a variant without slots."""
    return variant[0] if len(variant) == 1 and isinstance(variant[0], str) else None


def outer_spans(text: str, start: int) -> list[tuple[int, int]]:
    """Where the outermost alternatives of a phrase stand."""
    return _groups(text, start)[0]


def inner_spans(text: str, start: int) -> list[list[tuple[int, int]]]:
    """Where the alternatives within each pair of brackets of a phrase stand."""
    return _groups(text, start)[1:]


def _groups(text: str, start: int) -> list[list[tuple[int, int]]]:
    """The alternatives of the whole phrase, then those of each bracket."""
    if "|" not in text and "(" not in text:
        return [[(start, len(text))]]
    outermost: list[tuple[int, int]] = []
    groups = [outermost]
    open_groups = [(outermost, start)]
    at = start
    while at < len(text):
        spans, begin = open_groups[-1]
        match text[at]:
            case "\\":
                at += 1
            case "<":
                at = max(text.find(">", at), at)
            case "(":
                groups.append([])
                open_groups.append((groups[-1], at + 1))
            case "|":
                spans.append((begin, at))
                open_groups[-1] = (spans, at + 1)
            case ")" if len(open_groups) > 1:
                spans.append((begin, at))
                open_groups.pop()
            case _:
                pass
        at += 1
    spans, begin = open_groups[0]
    spans.append((begin, len(text)))
    return groups


def _placeless(variant: Variant) -> Variant:
    return tuple(
        atom if isinstance(atom, (str, Consent)) else replace(atom, start=0, end=0)
        for atom in variant
        if isinstance(atom, (str, Consent, Slot))
    )
