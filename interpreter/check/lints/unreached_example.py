"""DL415: an example that does not reach its rule: none of the rule's patterns matches it, or an earlier rule takes it.

Said only where it is certain: the text is not changed before the rules, the rule is reached by patterns alone, and the
earlier rule always answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interpreter.check.lints.answering import always_answers
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.rules import Rule
from interpreter.patterns.finder import PatternFinder
from interpreter.patterns.matching import matcher
from interpreter.source.tree import Scalar

CODE = "DL415"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The root rules, and the rules of each state on their own."""
    if subject.bot.before:
        return
    yield from _in_list(subject, subject.root_rules)
    for state in subject.states:
        if not state.choices:
            yield from _in_list(subject, state.rules)


def _in_list(subject: Subject, rules: Sequence[Rule]) -> Iterator[Diagnostic]:
    if not any(rule.examples for rule in rules):
        return
    lexicon = subject.analysis.lexicon
    finder = PatternFinder([tuple(matcher(leaf.pattern, lexicon) for leaf in rule.trigger.patterns) for rule in rules])
    always = next((index for index, rule in enumerate(rules) if _takes_any_text(rule, subject)), len(rules))
    for index, rule in enumerate(rules):
        if (
            not rule.trigger.patterns
            or rule.trigger.always
            or {"text", "any"} & {m.text for m in rule.trigger.messages}
        ):
            continue
        for example in rule.examples:
            finding = _reached(subject, finder, rules, index, example, always)
            if finding is not None:
                yield finding


def _takes_any_text(rule: Rule, subject: Subject) -> bool:
    trigger = rule.trigger
    is_open = trigger.always or any(message.text in ("text", "any") for message in trigger.messages)
    return is_open and always_answers(rule, subject.bot)


def _reached(
    subject: Subject, finder: PatternFinder, rules: Sequence[Rule], index: int, example: Scalar, always: int
) -> Diagnostic | None:
    start = 0
    while (found := finder.find(example.text, start)) is not None and found[0] <= index:
        first = found[0]
        if always < first:
            return _taken(rules[index], example, rules[always])
        if first == index:
            return None
        if always_answers(rules[first], subject.bot):
            return _taken(rules[index], example, rules[first])
        start = first + 1
    return _unmatched(rules[index], example)


def _unmatched(rule: Rule, example: Scalar) -> Diagnostic:
    shown = " ".join(f"`{leaf.scalar.text}`" for leaf in rule.trigger.patterns[:3])
    near = nearest(example.text, [leaf.scalar.text.lstrip("=~") for leaf in rule.trigger.patterns])
    return Diagnostic(
        CODE,
        example.span,
        Wording(
            f"rule `{rule.name.text}` does not match this example of it", f"规则 `{rule.name.text}` 不匹配自己的示例"
        ),
        label=Wording(f"did you mean `{near}`?", f"是不是想写 `{near}`？") if near else None,
        related=(Label(rule.trigger.patterns[0].scalar.span, Wording("its pattern", "它的模式")),),
        help=Wording(f"mend the example, or let {shown} take it", f"请修改示例，或让模式 {shown} 能匹配它"),
    )


def _taken(rule: Rule, example: Scalar, earlier: Rule) -> Diagnostic:
    return Diagnostic(
        CODE,
        example.span,
        Wording(
            f"rule `{earlier.name.text}` takes this example of `{rule.name.text}`",
            f"`{rule.name.text}` 的示例被规则 `{earlier.name.text}` 抢先回答",
        ),
        related=(Label(earlier.span, Wording("it stands first", "它写在前面")),),
        help=Wording(
            f"move `{rule.name.text}` above `{earlier.name.text}`, or make that one narrower",
            f"把 `{rule.name.text}` 移到 `{earlier.name.text}` 之前，或收窄后者",
        ),
    )
