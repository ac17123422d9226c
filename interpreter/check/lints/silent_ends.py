"""DL311, DL316: conversations that end without a word: the user answers a question and hears nothing.

A rule that says nothing passes, and something else answers; so a rule is looked at only behind its questions. A flow
is looked at where its end is the end of the turn: nothing is said behind its call. Behind a guarded domain the message
that was held back goes on, so the flows that only its `else` calls may be silent.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from interpreter.check.lints.covering import leaves_out
from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import nested
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.rules import Rule
from interpreter.dialog.model.steps import (
    ApiStep,
    AskStep,
    Branch,
    CallStep,
    EachStep,
    FetchStep,
    FormStep,
    GotoStep,
    IfStep,
    LetStep,
    LogStep,
    ReplyStep,
    ReturnStep,
    SendStep,
    SetStep,
    Step,
    Steps,
    WaitStep,
)
from interpreter.source.spans import Span

CODES = ("DL311", "DL316")

_SPEAKING = (ReplyStep, AskStep, FormStep, SendStep, WaitStep, GotoStep)
"""Steps that say something, or after which something else does; a `call` does when its flow has such a step."""
_ASKING = (AskStep, FormStep)
_MOST_PATHS = 16


class _Path(Struct, frozen=True):
    """A way through steps on which nothing has been said since the user's last message."""

    question: Span | None
    """The question that message answered; None when it started the routine."""
    has_worked: bool = False
    """Whether something was done with it."""
    passed: tuple[IfStep, ...] = ()
    """The branches without `else` that would have said something."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for each question that nothing answers, and for each branch that lacks its `else`."""
    if any(isinstance(step, SetStep) for step in nested(subject.bot.after)):
        return  # `after` may have the last word
    speaking = _speaking_flows(subject)
    starting, ending = _flows_of_interest(subject, speaking)
    found: dict[int, Diagnostic] = {}
    asking = (rule.steps for rule in subject.rules if any(isinstance(step, _ASKING) for step in nested(rule.steps)))
    routines = [(steps, False) for steps in asking]
    routines += [(subject.bot.flows[name].steps, name in starting) for name in subject.bot.flows if name in ending]
    for steps, starts in routines:
        walk = _Walk(subject, speaking)
        walk.ends += walk.through(steps, [_Path(None)])
        for path in walk.ends:
            if path.question is not None or starts:
                for key, diagnostic in _findings(path, subject):
                    found.setdefault(key, diagnostic)
    yield from found.values()


class _Walk:
    """Goes along the silent paths of one routine; `ends` are those that reached its end."""

    def __init__(self, subject: Subject, speaking: Container[str]) -> None:
        self.ends: list[_Path] = []
        self._speaking = speaking
        self._declared = {variable.name.text for variable in subject.bot.variables}

    def through(self, steps: Steps, paths: list[_Path]) -> list[_Path]:
        """The silent paths behind some steps."""
        for step in steps:
            paths = list(dict.fromkeys(self._behind(step, paths)))[:_MOST_PATHS]
        return paths

    def _behind(self, step: Step, paths: list[_Path]) -> Iterable[_Path]:
        match step:
            case SetStep() | LetStep() | LogStep():
                return [replace(path, has_worked=True) for path in paths]
            case FetchStep() | ApiStep():
                worked = [replace(path, has_worked=True) for path in paths]
                return worked + self.through(step.failed or (), worked)
            case AskStep(question=question):
                return [_Path(question.span, has_worked=self._is_declared(question.into))]
            case FormStep(fields=fields) if fields:
                return [_Path(fields[-1].span, has_worked=self._is_declared(fields[-1].into))]
            case IfStep():
                return self._behind_branches(step, paths)
            case EachStep(steps=inner):
                return [] if _speaks(inner, self._speaking) else paths
            case CallStep(is_target=False, flow=flow) if flow.text not in self._speaking:
                return paths
            case ReturnStep():
                self.ends += paths
                return []
            case _:
                return []

    def _behind_branches(self, step: IfStep, paths: list[_Path]) -> Iterable[_Path]:
        found = [path for branch in step.branches for path in self.through(branch.steps, paths)]
        if any(branch.is_else for branch in step.branches):
            return found
        if any(_speaks(branch.steps, self._speaking) for branch in step.branches):
            paths = [replace(path, passed=(*path.passed, step)) for path in paths]
        return found + paths

    def _is_declared(self, into: Name | None) -> bool:
        return into is not None and into.text in self._declared


def _speaks(steps: Steps, speaking: Container[str]) -> bool:
    return any(
        isinstance(step, _SPEAKING) or (isinstance(step, CallStep) and step.flow.text in speaking)
        for step in nested(steps)
    )


def _speaking_flows(subject: Subject) -> set[str]:
    """The flows that say something, themselves or through the flows they call."""
    flows = subject.bot.flows
    callers: dict[str, list[str]] = {}
    for name, flow in flows.items():
        for step in nested(flow.steps):
            if isinstance(step, CallStep):
                callers.setdefault(step.flow.text, []).append(name)
    queue = [name for name, flow in flows.items() if _speaks(flow.steps, ())]
    found = set(queue)
    while queue:
        for caller in callers.get(queue.pop(), ()):
            if caller not in found:
                found.add(caller)
                queue.append(caller)
    return found


# ---------------------------------------------------------------------------------------------------- which flows


def _flows_of_interest(subject: Subject, speaking: Container[str]) -> tuple[set[str], set[str]]:
    """The flows that begin a turn which has said nothing, and those whose end may be the end of the turn."""
    starting: set[str] = set()
    ending: set[str] = set()
    for rule in subject.rules if subject.bot.flows else ():
        starting |= _begun_in_silence(rule)
        ending |= set(_called_last(rule.steps, speaking))
    queue = list(ending)
    while queue:
        flow = subject.bot.flows.get(queue.pop())
        for name in _called_last(flow.steps, speaking) if flow else ():
            if name not in ending:
                ending.add(name)
                queue.append(name)
    return starting, ending


def _begun_in_silence(rule: Rule) -> set[str]:
    """The flow that is the target of a rule which says nothing itself."""
    if any(isinstance(step, (ReplyStep, AskStep, FormStep, SendStep)) for step in nested(rule.steps)):
        return set()
    return {
        step.flow.text if isinstance(step, CallStep) else step.target.text
        for step in rule.steps
        if (isinstance(step, CallStep) and step.is_target) or (isinstance(step, GotoStep) and step.kind == "flows")
    }


def _called_last(steps: Steps, speaking: Container[str], *, is_last: bool = True) -> Iterator[str]:
    """The flows that steps call or continue in with nothing said behind them."""
    quiet = is_last
    for step in reversed(steps):
        match step:
            case CallStep(flow=flow) if quiet:
                yield flow.text
            case GotoStep(kind="flows", target=target):
                yield target.text
            case IfStep(branches=branches):
                for branch in branches:
                    yield from _called_last(branch.steps, speaking, is_last=quiet)
            case _:
                pass
        quiet = quiet and not _speaks((step,), speaking)


# ---------------------------------------------------------------------------------------------------- findings


def _findings(path: _Path, subject: Subject) -> Iterator[tuple[int, Diagnostic]]:
    if path.passed:
        if _can_pass(path.passed, subject):
            last = path.passed[-1]
            yield id(last), _no_else(last)
    elif path.question is not None and path.has_worked:
        yield id(path.question), _no_word(path.question)


def _can_pass(passed: tuple[IfStep, ...], subject: Subject) -> bool:
    branches: list[Branch] = [branch for step in passed for branch in step.branches]
    conditions = [branch.condition for branch in branches if branch.condition is not None]
    return len(conditions) == 1 or leaves_out(conditions, subject.analysis) is True


def _no_else(step: IfStep) -> Diagnostic:
    if len(step.branches) > 1:
        return Diagnostic(
            "DL316",
            step.span,
            Wording(
                "when none of these conditions holds, the user hears nothing",
                "这些条件都不成立时，用户什么也收不到",
            ),
            help=Wording("add a last branch: `else: …`", "请加上最后一个分支：`else: …`"),
        )
    return Diagnostic(
        "DL311",
        step.span,
        Wording("when this condition is false, the user hears nothing", "这个条件不成立时，用户什么也收不到"),
        help=Wording("add an `else`, or a `reply` behind it", "请加上 `else`，或在后面加一个 `reply`"),
    )


def _no_word(question: Span) -> Diagnostic:
    return Diagnostic(
        "DL311",
        question,
        Wording(
            "the user answers this question and hears nothing more",
            "用户回答这个问题之后，什么也收不到",
        ),
        help=Wording("add a `reply` behind it", "请在后面加一个 `reply`"),
    )
