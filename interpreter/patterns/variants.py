"""Phrases without alternatives: each way through the alternatives of a phrase is one variant.

White space is folded in a variant as a whole: `a (b|) c` is `a b c` or `a c`, never `a` and two spaces.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice, product

from interpreter.patterns.tree import Alternatives, Atom, Letters, Part, Parts, Variant
from interpreter.types.folding import fold

MOST_VARIANTS = 1000
"""How many variants a phrase may have."""


def variants(parts: Parts) -> tuple[Variant, ...]:
    """The variants of a phrase in the author's order, at most one more than are allowed."""
    if not any(isinstance(part, Alternatives) for part in parts):
        return (_folded(parts),)
    return tuple(dict.fromkeys(_folded(raw) for raw in islice(_ways(parts), MOST_VARIANTS + 1)))


def _ways(parts: Parts) -> Iterator[tuple[Part, ...]]:
    """All ways through the alternatives, those of the first alternatives changing last."""
    for chosen in product(*map(_options, parts)):
        yield tuple(chain.from_iterable(chosen))


def _options(part: Part) -> list[tuple[Part, ...]]:
    """What may stand in the place of a part, at most one more than variants are allowed."""
    if not isinstance(part, Alternatives):
        return [(part,)]
    return list(islice(chain.from_iterable(map(_ways, part.options)), MOST_VARIANTS + 1))


def _folded(raw: tuple[Part, ...]) -> Variant:
    if len(raw) == 1 and isinstance(raw[0], Letters):
        folded = fold(raw[0].text)
        return (folded,) if folded else ()
    atoms: list[Atom] = []
    letters = ""
    for part in (*raw, None):
        if isinstance(part, Letters):
            letters += part.text
            continue
        if letters:
            atoms.append(_fold_between(letters, first=not atoms, last=part is None))
            letters = ""
        if part is not None:
            assert not isinstance(part, Alternatives)
            atoms.append(part)
    return tuple(atom for atom in atoms if atom != "")


def _fold_between(letters: str, *, first: bool, last: bool) -> str:
    """Letters folded, with one space where they border on a slot with white space."""
    folded = fold(letters)
    before = " " if letters[0].isspace() and not first else ""
    after = " " if letters[-1].isspace() and not last and folded else ""
    return before + folded + after
