"""DL303: a rule that never gets its turn, since earlier rules take every message it answers; with such a message.

Of the rules behind one that takes everything only the first is reported; none behind a pattern that matches every
message (DL405), and none whose examples say already that something takes them (DL415).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from interpreter.check.lints import catch_all_pattern
from interpreter.check.lints.leaving import takes_all
from interpreter.check.lints.subject import Subject
from interpreter.check.lints.takers import Other, Proof, Takers, other_triggers
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import PatternLeaf
from interpreter.dialog.model.rules import Rule
from interpreter.patterns.tree import Phrase
from interpreter.source.spans import Span
from interpreter.types.folding import fold

CODE = "DL303"


class _Shadow(Struct, frozen=True):
    """A trigger that earlier rules take: by which rule first, and (of a pattern) a message that shows it."""

    taker: Rule
    message: str | None


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Rules, patterns and an `otherwise` that nothing reaches."""
    shadows = _Shadows(subject)
    anywhere = shadows.takers([rule for rule in subject.root_rules if rule.anywhere])
    root = shadows.takers(subject.root_rules)
    for index, rule in enumerate(subject.root_rules):
        if not rule.anywhere:
            yield from shadows.of_rule(rule, [(root, index)])
    for index, rule in enumerate(anywhere.rules):
        yield from shadows.of_rule(rule, [(anywhere, index)])
    for state in subject.states:
        rules = (*state.choices, *state.rules)
        own = shadows.takers(rules)
        for index, rule in enumerate(state.rules, len(state.choices)):
            yield from shadows.of_rule(rule, [(anywhere, len(anywhere.rules)), (own, index)])
        if own.everything and state.otherwise:
            yield _never_otherwise(state.otherwise[0].span, rules[own.everything[0]])


class _Shadows:
    """Finds what is shadowed, and remembers what has been said."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    @cached_property
    def _reported(self) -> set[tuple[str, int]]:
        """Patterns that are said to take everything, and rules behind which something has been reported."""
        return {_key(each.span) for each in catch_all_pattern.check(self._subject)}

    def takers(self, rules: Sequence[Rule]) -> Takers:
        """The takers among some rules."""
        return Takers.of(rules, self._subject.bot, self._subject.analysis.lexicon)

    def of_rule(self, rule: Rule, lists: Sequence[tuple[Takers, int]]) -> Iterator[Diagnostic]:
        """What is shadowed of one rule, which stands at an index of each list."""
        if rule.examples and not self._subject.bot.before:
            return
        patterns = [(leaf, _shadow_of_pattern(leaf, lists)) for leaf in rule.trigger.patterns]
        others = [_shadow_of_other(other, lists) for other in other_triggers(rule)]
        shadows = [shadow for _, shadow in patterns] + others
        found = [shadow for shadow in shadows if shadow is not None and not self._is_known(shadow.taker)]
        if not found:
            return
        if None not in shadows:
            leaf = rule.trigger.patterns[0] if len(shadows) == 1 and patterns else None
            yield _never_answers(rule, leaf, found[0])
        else:
            yield from (_never_reached(leaf, shadow) for leaf, shadow in patterns if shadow in found and shadow)
        self._reported.update(_key(shadow.taker.name.span) for shadow in found if takes_all(shadow.taker))

    def _is_known(self, taker: Rule) -> bool:
        spans = (taker.name.span, *(leaf.scalar.span for leaf in taker.trigger.patterns))
        return any(_key(span) in self._reported for span in spans)


def _key(span: Span) -> tuple[str, int]:
    return span.file.name, span.start


# ---------------------------------------------------------------------------------------------------- one trigger


def _shadow_of_pattern(leaf: PatternLeaf, lists: Sequence[tuple[Takers, int]]) -> _Shadow | None:
    for takers, before in lists:
        proof: Proof | None = takers.shadow(leaf, before)
        if proof is not None:
            return _Shadow(takers.rules[proof.index], proof.message)
    return None


def _shadow_of_other(other: Other, lists: Sequence[tuple[Takers, int]]) -> _Shadow | None:
    for takers, before in lists:
        index = takers.first_with_other(other, before)
        if index is not None:
            return _Shadow(takers.rules[index], None)
    return None


# ---------------------------------------------------------------------------------------------------- wording


def _never_answers(rule: Rule, leaf: PatternLeaf | None, shadow: _Shadow) -> Diagnostic:
    return Diagnostic(
        CODE,
        leaf.scalar.span if leaf else rule.name.span,
        Wording("this rule can never answer", "这条规则永远不会回答"),
        label=_proof(shadow),
        related=(_taker(shadow.taker),),
        help=_help(shadow),
    )


def _never_reached(leaf: PatternLeaf, shadow: _Shadow) -> Diagnostic:
    return Diagnostic(
        CODE,
        leaf.scalar.span,
        Wording("no message ever reaches this pattern", "没有消息能到达这个模式"),
        label=_proof(shadow),
        related=(_taker(shadow.taker),),
        help=_help(shadow),
    )


def _proof(shadow: _Shadow) -> Wording:
    place = _place(shadow.taker)
    if shadow.message is None:
        return Wording(f"{place.en} comes first", f"{place.zh}在它前面")
    return Wording(f'proof: "{shadow.message}" reaches {place.en} first', f"证明：“{shadow.message}”先到达{place.zh}")


def _place(rule: Rule) -> Wording:
    line = rule.span.line
    return Wording(f"`{rule.name.text}` in line {line}", f"第 {line} 行的 `{rule.name.text}`")


def _taker(rule: Rule) -> Label:
    patterns = rule.trigger.patterns
    span = patterns[0].scalar.span if len(patterns) == 1 else rule.name.span
    if rule.anywhere:
        return Label(
            span,
            Wording(
                "answers anywhere, and takes every message the other one matches",
                "在任何地方都先回答，并接走另一条能匹配的所有消息",
            ),
        )
    return Label(span, Wording("takes every message the other one matches", "接走了另一条能匹配的所有消息"))


def _help(shadow: _Shadow) -> Wording:
    taker, line = shadow.taker, shadow.taker.span.line
    if taker.label is not None:
        return Wording(
            "choices are asked before rules: remove this one, or put what it does into the choice",
            "选项先于规则：请删去这条，或把它要做的写进选项",
        )
    exact = _exactly(shadow)
    if taker.anywhere:
        if exact is None:
            return Wording(f"make line {line} narrower, or remove this one", f"请收窄第 {line} 行，或删去这一条")
        return Wording(f"write line {line} as `{exact}`", f"请把第 {line} 行写成 `{exact}`")
    if takes_all(taker):
        return Wording(f"move line {line} to the end of its rules", f"请把第 {line} 行移到规则的最后")
    if exact is None:
        return Wording(
            f"move it above line {line}, make line {line} narrower, or remove it",
            f"请移到第 {line} 行之前、收窄第 {line} 行，或删去它",
        )
    return Wording(
        f"move it above line {line}, or write line {line} as `{exact}`",
        f"请移到第 {line} 行之前，或把第 {line} 行写成 `{exact}`",
    )


def _exactly(shadow: _Shadow) -> str | None:
    """The narrower form of a rule with one phrase that may stand anywhere, where that leaves the message to others."""
    trigger = shadow.taker.trigger
    if shadow.message is None or len(trigger.patterns) != 1 or trigger.messages or trigger.always:
        return None
    leaf = trigger.patterns[0]
    if not isinstance(leaf.pattern, Phrase) or leaf.pattern.mode != "contains" or leaf.pattern.captures:
        return None
    is_whole = any(variant == (fold(shadow.message),) for variant in leaf.pattern.variants)
    return None if is_whole else f"={leaf.scalar.text}"


def _never_otherwise(span: Span, taker: Rule) -> Diagnostic:
    line = taker.span.line
    return Diagnostic(
        CODE,
        span,
        Wording("this `otherwise` can never answer", "这个 `otherwise` 永远不会回答"),
        related=(Label(taker.name.span, Wording("takes every message", "接走了所有消息")),),
        help=Wording(
            f"keep one of them: this `otherwise`, or the rule in line {line}",
            f"两者只留其一：这个 `otherwise`，或第 {line} 行的规则",
        ),
    )
