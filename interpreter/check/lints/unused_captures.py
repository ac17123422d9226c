"""DL111: a named group of a regular expression that nothing reads."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from interpreter.check.lints.leaves import own_leaves_of_rule
from interpreter.check.lints.reading import reads_of
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.diagnostics.placing import place
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import PatternLeaf
from interpreter.dialog.model.rules import Rule
from interpreter.dialog.model.steps import GotoStep
from interpreter.patterns.tree import Regex

CODE = "DL111"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Named groups only: a slot of a phrase may be there to stand for anything, a numbered group to hold together."""
    given = {
        (step.target.text, argument.name.text)
        for step in subject.steps
        if isinstance(step, GotoStep) and step.kind == "rules"
        for argument in step.arguments
    }
    for rule in subject.rules:
        patterns = [leaf for leaf in rule.trigger.patterns if isinstance(leaf.pattern, Regex) and leaf.pattern.captures]
        if patterns:
            yield from _unread(rule, patterns, given)


def _unread(rule: Rule, patterns: list[PatternLeaf], given: Container[tuple[str, str]]) -> Iterator[Diagnostic]:
    read = reads_of(own_leaves_of_rule(rule), rule.steps)
    if read.has("match"):
        return  # a group may be asked for by its number
    for leaf in patterns:
        for capture in leaf.pattern.captures:
            if not read.has(capture.name) and (rule.name.text, capture.name) not in given:
                yield _unused(leaf, capture.name)


def _unused(leaf: PatternLeaf, name: str) -> Diagnostic:
    found = re.search(rf"\(\?P?<{re.escape(name)}>", leaf.scalar.text)
    start, end = found.span() if found else (0, len(leaf.scalar.text))
    problem = Problem(
        CODE,
        start,
        end,
        Wording(f"nothing reads the capture `{name}`", f"没有任何地方用到捕获 `{name}`"),
        help=Wording(
            f"use it, as in `$({name})`, or write `(?:` where nothing is to be captured",
            f"请用上它，例如 `$({name})`；不需要捕获时写 `(?:`",
        ),
        replacement="(?:" if found else None,
    )
    return place(problem, leaf.scalar)
