"""DL118: a `let` or an `into` whose name nothing reads."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.analysis import Analysis
from interpreter.check.lints.leaves import Leaf, leaves_of_flow, leaves_of_steps, own_leaves_of_rule
from interpreter.check.lints.reading import reads_of
from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import nested
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.steps import ApiStep, CallStep, FetchStep, LetStep, Step, Steps

CODE = "DL118"

_NAMING = (LetStep, CallStep, FetchStep, ApiStep)


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Locals of every routine. The `into` of a question also names the place where the bot waits, which may be all."""
    bot = subject.bot
    flows = {id(flow.steps): flow for flow in bot.flows.values()}
    rules = {id(rule.steps): rule for rule in subject.rules}
    for steps in subject.routines:
        if any(isinstance(step, _NAMING) and any(True for _ in _named(step)) for step in nested(steps)):
            rule, flow = rules.get(id(steps)), flows.get(id(steps))
            leaves = own_leaves_of_rule(rule) if rule else leaves_of_flow(flow) if flow else leaves_of_steps(steps)
            yield from _unread(steps, (*leaves,), subject.analysis)


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
