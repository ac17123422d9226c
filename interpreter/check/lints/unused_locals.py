"""DL118: a `let` or an `into` whose name nothing reads."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.analysis import Analysis
from interpreter.check.lints.leaves import Leaf, leaves_of_flow, leaves_of_steps, own_leaves_of_rule
from interpreter.check.lints.reading import reads_of
from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import nested, routines
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.steps import ApiStep, CallStep, FetchStep, LetStep, Step, Steps

CODE = "DL118"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Locals of every routine. The `into` of a question also names the place where the bot waits, which may be all."""
    bot = subject.bot
    found = {id(flow.steps): (*leaves_of_flow(flow),) for flow in bot.flows.values()}
    for rule in subject.rules:
        found[id(rule.steps)] = (*own_leaves_of_rule(rule),)
    for steps in routines(bot):
        if any(True for step in nested(steps) for _ in _named(step)):
            leaves = found.get(id(steps)) or (*leaves_of_steps(steps),)
            yield from _unread(steps, leaves, subject.analysis)


def _unread(steps: Steps, leaves: tuple[Leaf, ...], analysis: Analysis) -> Iterator[Diagnostic]:
    read = reads_of(leaves, steps)
    said: set[str] = set()
    for step in nested(steps):
        for name in _named(step):
            target = analysis.target(name)
            if target is not None and target.scope == "local" and name.text not in said and not read.has(name.text):
                said.add(name.text)
                yield _unused(name, step)


def _named(step: Step) -> Iterator[Name]:
    match step:
        case LetStep(assignments=assignments):
            for assignment in assignments:
                yield assignment.target
        case CallStep(into=into) | FetchStep(into=into) | ApiStep(into=into):
            if into is not None:
                yield into
        case _:
            pass


def _unused(name: Name, step: Step) -> Diagnostic:
    text = name.text
    what = (
        Wording("remove the `let`", "请删掉这个 `let`")
        if isinstance(step, LetStep)
        else Wording("leave out `into`", "请去掉 `into`")
    )
    return Diagnostic(
        CODE,
        name.span,
        Wording(f"nothing reads `{text}` after this", f"之后没有任何地方读取 `{text}`"),
        help=Wording(f"{what.en}, or use the value, as in `$({text})`", f"{what.zh}，或者用上它的值，例如 `$({text})`"),
    )
