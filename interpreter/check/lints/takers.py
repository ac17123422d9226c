"""Which rules of a list surely answer a message, so that those behind them never see it.

A rule takes a message when it answers under no condition and never passes. Whether it takes all messages of another
pattern is decided in ways that prove it: the other stands for a few texts, which can be tried; every message of the
other holds a part that the first takes wherever it stands, or begins with one that the first takes at the beginning; or
the two are the same but for wider slots.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from interpreter.check.lints.answering import always_answers
from interpreter.check.lints.witnesses import (
    cased_forms,
    is_free_of_borders,
    samples,
    starts_of,
    takes_beginnings,
    texts_of,
    words_of,
)
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.leaves import PatternLeaf
from interpreter.dialog.model.replies import Say
from interpreter.dialog.model.rules import Rule
from interpreter.patterns.finder import PatternFinder
from interpreter.patterns.matching import ContainedPhrases, Matcher, WholePhrases, matcher
from interpreter.patterns.subject import subject_of
from interpreter.patterns.tree import Consent, Phrase, Regex, Slot, Variant
from interpreter.types.folding import fold
from interpreter.types.kinds import EnumType, IntType, NumberType, TextType, Type
from interpreter.types.lexicon import Lexicon

_Skeleton = tuple[str, tuple[str | None, ...]]
"""Mode and letters of a variant; None stands for a slot."""


Other = tuple[str, str | None]
"""A trigger that is no pattern: a message type, or `event:name` with its key."""


class Proof(Struct, frozen=True):
    """A message that a pattern would take, and the index of the rule that takes it first."""

    index: int
    message: str


class Takers(Struct):
    """The rules of a list that surely answer."""

    rules: tuple[Rule, ...]
    lexicon: Lexicon
    every_text: list[int] = field(default_factory=list)
    """Indexes of those that take every text message."""
    everything: list[int] = field(default_factory=list)
    """Indexes of those that take every message there is."""
    _sure: list[bool] = field(default_factory=list)
    _others: dict[Other, int] = field(default_factory=dict)
    _prefixes: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    _whole: list[tuple[Matcher, ...]] = field(default_factory=list)
    _parts: list[tuple[Matcher, ...]] = field(default_factory=list)
    _starts: list[tuple[int, Matcher]] = field(default_factory=list)
    """Regular expressions that take every message with a certain beginning."""
    _same: dict[object, int] = field(default_factory=dict)
    _shapes: dict[_Skeleton, list[tuple[int, Variant]]] = field(default_factory=dict)
    _whole_finder: PatternFinder = field(default_factory=lambda: PatternFinder(()))
    _start_finder: PatternFinder | None = None
    _part_finder: PatternFinder = field(default_factory=lambda: PatternFinder(()))

    @classmethod
    def of(cls, rules: Sequence[Rule], bot: Bot, lexicon: Lexicon) -> Takers:
        """The takers among the rules of a list."""
        takers = cls(tuple(rules), lexicon)
        for index, rule in enumerate(rules):
            takers._add(index, rule, sure=always_answers(rule, bot))
        takers._whole_finder, takers._part_finder = PatternFinder(takers._whole), PatternFinder(takers._parts)
        return takers

    def is_sure(self, index: int) -> bool:
        """Whether the rule at an index takes what its trigger takes."""
        return self._sure[index]

    def _add(self, index: int, rule: Rule, *, sure: bool) -> None:
        self._sure.append(sure)
        whole: list[Matcher] = []
        parts: list[Matcher] = []
        if sure:
            trigger = rule.trigger
            messages = {name.text for name in trigger.messages}
            if trigger.always or "any" in messages:
                self.everything.append(index)
            if trigger.always or messages & {"any", "text"}:
                self.every_text.append(index)
            self._remember_others(index, rule)
            if names := choice_names(rule):
                whole.append(WholePhrases(tuple(map(fold, names))))
            for leaf in trigger.patterns:
                whole.append(matcher(leaf.pattern, self.lexicon))
                parts += _part_matchers(leaf, self.lexicon)
                if isinstance(leaf.pattern, Regex) and takes_beginnings(leaf.pattern):
                    self._starts.append((index, whole[-1]))
                self._remember(index, leaf)
        self._whole.append(tuple(whole))
        self._parts.append(tuple(parts))

    def _remember(self, index: int, leaf: PatternLeaf) -> None:
        self._same.setdefault(_identity(leaf), index)
        if isinstance(leaf.pattern, Phrase) and leaf.pattern.mode != "typo":
            for variant in leaf.pattern.variants:
                if any(not isinstance(atom, str) for atom in variant):
                    self._shapes.setdefault((leaf.pattern.mode, _skeleton(variant)), []).append((index, variant))

    def _remember_others(self, index: int, rule: Rule) -> None:
        for kind, key in other_triggers(rule):
            self._others.setdefault((kind, key), index)
            if key is not None and key.endswith("*"):
                self._prefixes.setdefault(kind, []).append((key[:-1], index))

    def first_with_other(self, other: Other, before: int) -> int | None:
        """The index of the first taker before a place that takes all messages of a trigger that is no pattern."""
        kind, key = other
        wider = [("any", None), (kind, None), other, *([("event", None)] if kind.startswith("event:") else [])]
        found = [self._others[each] for each in wider if each in self._others]
        found += [index for prefix, index in self._prefixes.get(kind, ()) if key is not None and key.startswith(prefix)]
        return min((index for index in found if index < before), default=None)

    def first_with(self, message: str, before: int) -> int | None:
        """The index of the first taker before a place whose patterns take a message."""
        found = self._whole_finder.find(message)
        return found[0] if found and found[0] < before else None

    def shadow(self, leaf: PatternLeaf, before: int) -> Proof | None:
        """The proof that takers before a place take all text messages of a pattern; None when there is none."""
        if self.every_text and self.every_text[0] < before:
            return self._proof(leaf, before, self.every_text[0])
        same = self._same.get(_identity(leaf))
        if same is not None and same < before:
            return self._proof(leaf, before, same)
        if isinstance(leaf.pattern, Regex):
            return self._proof(leaf, before) if self._takes_regex(leaf.pattern, before) else None
        phrase = leaf.pattern
        if phrase.mode == "typo":
            return None
        is_taken = all(self._takes(each, phrase.mode, before) for each in phrase.variants)
        return self._proof(leaf, before) if is_taken else None

    def _proof(self, leaf: PatternLeaf, before: int, taker: int | None = None) -> Proof | None:
        """A message that the pattern takes by itself and that a taker takes first."""
        own = matcher(leaf.pattern, self.lexicon)
        for message in samples(leaf, self.lexicon):
            if own.match(subject_of(message)) is None:
                continue
            index = self.first_with(message, before)
            first = min((each for each in (index, taker) if each is not None), default=None)
            if first is not None:
                return Proof(first, message)
        return None

    def _takes(self, variant: Variant, mode: str, before: int) -> bool:
        """Whether takers take all messages of one variant of a phrase."""
        texts = texts_of(variant, self.lexicon, whole=True) if mode == "exact" else None
        if texts is not None:
            return all(self._takes_text(text, before, closed=True) for text in texts)
        if any(isinstance(atom, str) and atom.strip() and self._takes_part(atom.strip(), before) for atom in variant):
            return True
        modes = ("contains", "exact") if mode == "exact" else ("contains",)
        return any(
            index < before and _covers(wider, variant)
            for each in modes
            for index, wider in self._shapes.get((each, _skeleton(variant)), ())
        )

    def _takes_regex(self, regex: Regex, before: int) -> bool:
        if regex.required and all(self._takes_part(text, before) for text in regex.required):
            return True
        starts = starts_of(regex) if self._starts else ()
        if starts and all(self._takes_start(text, before) for text in starts):
            return True
        words = words_of(regex)
        if words is None:
            return False
        take = self._takes_text if words.whole else self._takes_part
        return all(take(text, before) for text in words.texts)

    def _takes_text(self, text: str, before: int, *, closed: bool = False) -> bool:
        """Whether takers take a message; `closed`: in all its foldings, and with closing punctuation after it."""
        index = self.first_with(text, before)
        if index is None or not closed or not self._reads_as_sent(index):
            return index is not None
        forms = [*_forms(text), f"{text}!", f"{text}。"]
        return all(self.first_with(form, before) is not None for form in forms)

    def _takes_part(self, text: str, before: int) -> bool:
        """Whether takers take every message that contains a text, however it is written."""
        find = self._part_finder.find
        found = find(text)
        if found is None or found[0] >= before:
            return False
        if not self._reads_as_sent(found[0]):
            return True
        return all((found := find(form)) is not None and found[0] < before for form in _forms(text))

    def _takes_start(self, text: str, before: int) -> bool:
        """Whether a taker takes every message that begins with a text, as a later expression has it."""
        if self._start_finder is None:
            self._start_finder = PatternFinder([(each,) for _, each in self._starts])
        found = self._start_finder.find(text)
        return found is not None and self._starts[found[0]][0] < before

    def _reads_as_sent(self, index: int) -> bool:
        return any(isinstance(leaf.pattern, Regex) for leaf in self.rules[index].trigger.patterns)


def other_triggers(rule: Rule) -> list[Other]:
    """The triggers of a rule that are no patterns."""
    trigger = rule.trigger
    if trigger.always:
        return [("any", None)]
    key = trigger.key.text if trigger.key else None
    messages: list[Other] = [(name.text, None) for name in trigger.messages]
    return messages + [(f"event:{name.text.lower()}", key) for name in trigger.events]


def choice_names(rule: Rule) -> tuple[str, ...]:
    """What names a choice: its key, and its label when that is the same for everybody. None of other rules."""
    if rule.label is None:
        return ()
    label = literal_label(rule)
    return (rule.name.text,) if label is None else (rule.name.text, label)


def literal_label(rule: Rule) -> str | None:
    """The label of a choice when it holds no expression and has no translation."""
    if not isinstance(rule.label, Say) or rule.label.text.template.holes:
        return None
    return "".join(part for part in rule.label.text.template.parts if isinstance(part, str)).strip() or None


def _part_matchers(leaf: PatternLeaf, lexicon: Lexicon) -> list[Matcher]:
    """What of a pattern takes a text wherever it stands."""
    if isinstance(leaf.pattern, Regex):
        return [matcher(leaf.pattern, lexicon)] if is_free_of_borders(leaf.pattern.placed.node) else []
    if leaf.pattern.mode != "contains":
        return []
    found = [texts_of(variant, lexicon, whole=False) for variant in leaf.pattern.variants]
    texts = tuple(dict.fromkeys(text for texts in found for text in texts or ()))
    return [ContainedPhrases(texts)] if texts else []


def _forms(text: str) -> set[str]:
    """A text in the letter cases that users may write; full-width letters are too rare to count."""
    return {*cased_forms(text), text.capitalize()}


def _identity(leaf: PatternLeaf) -> object:
    if isinstance(leaf.pattern, Regex):
        return leaf.pattern.translated
    if not leaf.pattern.captures:
        return leaf.pattern.mode, frozenset(leaf.pattern.variants)
    found = (
        tuple((atom.type, atom.greedy) if isinstance(atom, Slot) else atom for atom in variant)
        for variant in leaf.pattern.variants
    )
    return leaf.pattern.mode, frozenset(found)


def _skeleton(variant: Variant) -> tuple[str | None, ...]:
    return tuple(atom if isinstance(atom, str) else None for atom in variant)


def _covers(wider: Variant, variant: Variant) -> bool:
    """Whether each slot of a variant takes all that the slot of another with the same letters takes."""
    return all(
        isinstance(one, str)
        or (isinstance(one, Consent) and one == other)
        or (isinstance(one, Slot) and isinstance(other, Slot) and _is_wider(one.type, other.type))
        for one, other in zip(wider, variant, strict=True)
    )


def _is_wider(one: Type, other: Type) -> bool:
    match one, other:
        case TextType(form=None, digits=None), _:
            return True
        case (IntType() as outer, IntType() as inner) | (NumberType() as outer, NumberType() as inner):
            return (outer.low is None or (inner.low is not None and outer.low <= inner.low)) and (
                outer.high is None or (inner.high is not None and inner.high <= outer.high)
            )
        case EnumType(), EnumType():
            return set(one.values) >= set(other.values)
        case _:
            return one == other
