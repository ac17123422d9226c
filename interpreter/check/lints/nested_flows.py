"""DL321: a rule that starts a flow anew on top of itself, while the flow waits for an answer.

`book: {pattern: 预约, call: book}`: who says 预约 again where the flow asks `哪天来？` begins a second booking, and
behind its end is asked for the day of the first. A question that takes every text takes this one as well, so this is
about questions of other types; and only about flows that do something in the world behind them, or count: to be asked
twice is a nuisance, to be booked twice is a harm.
"""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import nested
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.rules import Rule
from interpreter.dialog.model.steps import AskStep, CallStep, FetchStep, Question, SendStep, SetStep
from interpreter.types.kinds import TextType

CODE = "DL321"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for each rule."""
    flows = subject.bot.flows
    asking = {
        name: question
        for name in flows
        if (question := _resumable(subject, name)) is not None and _does_something(subject, name)
    }
    for rule in subject.root_rules if asking else ():
        if rule.condition is None and rule.domain is None and rule.trigger.patterns:
            for step in rule.steps:
                if isinstance(step, CallStep) and step.flow.text in asking:
                    yield _report(rule, step, asking[step.flow.text])


def _resumable(subject: Subject, name: str) -> Question | None:
    """The first question of a flow that comes back after a rule of the root."""
    for step in nested(subject.bot.flows[name].steps):
        if isinstance(step, AskStep):
            question = step.question
            if question.interrupt in (None, "resume") and not _takes_all(question):
                return question
    return None


def _does_something(subject: Subject, name: str) -> bool:
    """Whether it hurts to run a flow twice."""
    services = subject.bot.services
    for step in nested(subject.bot.flows[name].steps):
        match step:
            case SendStep():
                return True
            case SetStep(assignments=assignments):
                if any(each.operator != "=" for each in assignments):
                    return True
            case FetchStep(service=service, operation=operation):
                known = services.get(service.text)
                called = known.operations.get(operation.text) if known else None
                if called is not None and called.method != "GET":
                    return True
            case _:
                pass
    return False


def _takes_all(question: Question) -> bool:
    return question.choices is None and question.type in (None, TextType()) and question.check is None


def _report(rule: Rule, step: CallStep, question: Question) -> Diagnostic:
    flow, name = step.flow.text, rule.name.text
    return Diagnostic(
        CODE,
        step.flow.span,
        Wording(
            f"said again while `{flow}` waits for an answer, `{name}` starts it a second time inside itself",
            f"`{flow}` 正在等待回答时再说一次，`{name}` 会在其中再开始一遍",
        ),
        label=Wording("the first one goes on after it", "之后还会接着问第一遍的问题"),
        related=(Label(question.span, Wording("this question comes back then", "那时会再问这个问题")),),
        help=Wording(
            f"write `if: state.name == null` beside `call: {flow}`, or `interrupt: leave` at its questions",
            f"在 `call: {flow}` 旁写上 `if: state.name == null`，或给它的提问写上 `interrupt: leave`",
        ),
    )
