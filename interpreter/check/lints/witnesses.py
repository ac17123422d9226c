"""Messages that a pattern takes: all of them where they are few, otherwise a short one that proves a point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

from msgspec import Struct

from interpreter.dialog.model.leaves import PatternLeaf
from interpreter.patterns.slots import words
from interpreter.patterns.tree import Atom, Consent, Phrase, Regex, Variant
from interpreter.types.kinds import (
    BoolType,
    DateTimeType,
    DateType,
    DurationType,
    EntityType,
    EnumType,
    IntType,
    NumberType,
    TextType,
    TimeType,
    Type,
)
from interpreter.types.lexicon import Lexicon
from interpreter.types.regex_tree import Assertion, Char, Chars, Choice, Group, Node, Repeat, Series
from interpreter.types.regexes import compile_translated

_MOST_WORDS = 64
"""How many texts an expression may stand for and still be looked at text by text."""
_MOST_LETTERS = 4
"""Of how many letters every upper and lower case is tried."""
_EXAMPLES = ("a", "1", "中", "A", " ", "-", "。", "\n")
"""Characters tried in turn for a set of characters."""


class Words(Struct, frozen=True):
    """The few texts a pattern stands for; `whole` when nothing may stand around them."""

    texts: tuple[str, ...]
    whole: bool


def texts_of(variant: Variant, lexicon: Lexicon, *, whole: bool) -> tuple[str, ...] | None:
    """The texts a variant of a phrase stands for; None when it has slots, or more words than can be looked at."""
    if len(variant) == 1 and isinstance(variant[0], str):
        return (variant[0],)
    choices: list[Sequence[str]] = []
    for atom in variant:
        if isinstance(atom, str):
            choices.append((atom,))
        elif isinstance(atom, Consent) and whole:
            choices.append(words(yes=atom.yes, lexicon=lexicon))
        else:
            return None
    if prod(map(len, choices)) > _MOST_WORDS:
        return None
    return tuple("".join(texts) for texts in product(*choices))


def words_of(regex: Regex) -> Words | None:
    """The texts a regular expression stands for, when they are few and stand as they are."""
    node, flags = regex.placed.node, regex.placed.flags
    parts = list(node.parts) if isinstance(node, Series) else [node]
    starts = bool(parts) and parts[0] in (Assertion("^"), Assertion(r"\A"))
    parts = parts[starts:]
    ends = bool(parts) and parts[-1] in (Assertion("$"), Assertion(r"\z"))
    texts = _texts(Series(tuple(parts[:-1] if ends else parts)))
    if texts is None or "" in texts or (("m" in flags) and (starts or ends)):
        return None
    if "i" in flags:
        texts = [form for text in texts for form in cased_forms(text)]
    return Words(tuple(dict.fromkeys(texts)), starts and ends)


def starts_of(regex: Regex) -> tuple[str, ...]:
    """The few texts with which every message of an expression that begins with `^` begins; empty when not known."""
    parts = _behind_start(regex)
    known: list[list[str] | None] = []
    for part in parts:
        texts = _texts(part)
        if texts is None:
            break
        known.append(texts)
    found = _products(known) if known else None
    if found is None or "" in found:
        return ()
    if "i" in regex.placed.flags:
        found = [form for text in found for form in cased_forms(text)]
    return tuple(dict.fromkeys(found))


def cased_forms(text: str) -> list[str]:
    """The ways to write a text in upper and lower case, itself first: all of them where it has few letters.

    Of a longer one they are all ways to write its first letters, the rest in lower case, in upper case and mixed: more
    than an expression takes that minds the case and has been written by hand.
    """
    forms, rest, letters = [""], text, 0
    while rest and letters < _MOST_LETTERS:
        cases = dict.fromkeys((rest[0], rest[0].lower(), rest[0].upper()))
        letters += len(cases) > 1
        forms = [form + case for form in forms for case in cases]
        rest = rest[1:]
    lower, upper = rest.lower(), rest.upper()
    mixed = "".join(each.upper() if index % 2 else each.lower() for index, each in enumerate(rest))
    rests = dict.fromkeys((rest, lower, upper, mixed, mixed.swapcase()))
    return [form + each for each in rests for form in forms]


def takes_beginnings(regex: Regex) -> bool:
    """Whether an expression begins with `^` and takes, with a message, every longer one that begins so."""
    parts = _behind_start(regex)
    return bool(parts) and all(map(is_free_of_borders, parts))


def _behind_start(regex: Regex) -> tuple[Node, ...]:
    """What follows the `^` of an expression, which stands for the beginning of a message."""
    node = regex.placed.node
    parts = node.parts if isinstance(node, Series) else (node,)
    if "m" in regex.placed.flags or parts[0] not in (Assertion("^"), Assertion(r"\A")):
        return ()
    return parts[1:]


def is_free_of_borders(node: Node) -> bool:
    r"""Whether a text that an expression finds is found in any longer text, too: it has no `^ $ \\b`."""
    match node:
        case Assertion():
            return False
        case Group(body=body) | Repeat(body=body):
            return is_free_of_borders(body)
        case Series(parts=nodes) | Choice(branches=nodes):
            return all(map(is_free_of_borders, nodes))
        case _:
            return True


def _texts(node: Node) -> list[str] | None:
    match node:
        case Char(char=char):
            return [char]
        case Group(body=body, flags=""):
            return _texts(body)
        case Series(parts=parts):
            known: list[list[str] | None] = []
            for part in parts:
                known.append(_texts(part))
                if known[-1] is None:
                    return None
            return _products(known)
        case Choice(branches=branches):
            found = [_texts(branch) for branch in branches]
            texts = [text for texts in found for text in texts or ()]
            return texts if None not in found and len(texts) <= _MOST_WORDS else None
        case Repeat(body=body, low=low, high=high) if high is not None and high <= 3:
            counts = [_products([_texts(body)] * count) for count in range(low, high + 1)]
            texts = [text for texts in counts for text in texts or ()]
            return texts if None not in counts and len(texts) <= _MOST_WORDS else None
        case _:
            return None


def _products(parts: list[list[str] | None]) -> list[str] | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or prod(map(len, known)) > _MOST_WORDS:
        return None
    return ["".join(texts) for texts in product(*known)]


# ---------------------------------------------------------------------------------------------------- samples


def samples(leaf: PatternLeaf, lexicon: Lexicon) -> Iterator[str]:
    """A few messages that a pattern should take; whoever uses them tries them on it."""
    if isinstance(leaf.pattern, Phrase):
        for variant in leaf.pattern.variants[:3]:
            yield "".join(_sample(atom, lexicon) for atom in variant)
        return
    node = leaf.pattern.placed.node
    for branch in node.branches[:3] if isinstance(node, Choice) else (node,):
        yield _shortest(branch)


def _shortest(node: Node) -> str:
    match node:
        case Char(char=char):
            return char
        case Chars(re2=re2):
            regex = compile_translated(re2)
            return next((char for char in _EXAMPLES if regex.fullmatch(char)), "")
        case Group(body=body):
            return _shortest(body)
        case Series(parts=parts):
            return "".join(map(_shortest, parts))
        case Choice(branches=branches):
            return _shortest(branches[0])
        case Repeat(body=body, low=low):
            return _shortest(body) * low
        case Assertion():
            return ""


def _sample(atom: Atom, lexicon: Lexicon) -> str:
    if isinstance(atom, str):
        return atom
    if isinstance(atom, Consent):
        return next(iter(words(yes=atom.yes, lexicon=lexicon)), "")
    return sample_value(atom.type, lexicon)


_FORMS = {
    "phone": "13800138000",
    "email": "a@example.com",
    "url": "https://example.com",
    "idcard": "11010519491231002X",
}
_VALUES: dict[type, str] = {
    DateType: "2026-01-02",
    TimeType: "9:00",
    DateTimeType: "2026-01-02 09:00",
    DurationType: "5m",
    BoolType: "ok",
}


def sample_value(kind: Type, lexicon: Lexicon) -> str:
    """A text that reads as a value of a type."""
    match kind:
        case TextType(digits=int(count)):
            return "1234567890"[:count].ljust(count, "1")
        case TextType(form=form):
            return _FORMS.get(form or "", "abc")
        case IntType(low=low, high=high) | NumberType(low=low, high=high):
            number = low if low is not None else min(1, high) if high is not None else 1
            return f"{number:g}"
        case EnumType(values=values):
            return values[0]
        case EntityType(name=name):
            return next(iter(lexicon.entities.get(name, ())), "")
        case _:
            return _VALUES.get(type(kind), "")
