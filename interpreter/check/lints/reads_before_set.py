"""DL317: a conversation variable that is read before anything has set it, on a way that a user can really take.

Only ways without conditions count: a rule without `if` or `domain` that any first message may find, its steps one after
the other, and what they wait for or continue in. Whatever may have set a variable on the way counts as having set it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from interpreter.check.lints.answering import surely_answer
from interpreter.check.lints.leaves import Leaf, leaves_of_reply, leaves_of_step
from interpreter.check.lints.steps_never_run import stops
from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import nested
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Expression, Name
from interpreter.dialog.model.rules import Parameter, Rule
from interpreter.dialog.model.steps import (
    ApiStep,
    AskStep,
    Assignment,
    CallStep,
    EachStep,
    FetchStep,
    FormStep,
    GotoStep,
    IfStep,
    LetStep,
    Question,
    SetStep,
    Step,
    Steps,
    WaitStep,
)
from interpreter.expr.assignable import assignable
from interpreter.expr.tree import Binary, Comprehension, Conditional, Literal, Node
from interpreter.expr.tree import Name as NameNode
from interpreter.expr.walk import children, walk
from interpreter.source.spans import Span
from interpreter.types.kinds import NullType, OptionalType

CODE = "DL317"

Unset = Mapping[str, Rule]
"""The variables that may be unset, each with the rule a conversation began with."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The first such read of each variable."""
    declared = {
        variable.name.text: variable
        for variable in subject.bot.variables
        if "." not in variable.name.text and variable.default is None and not isinstance(variable.type, OptionalType)
    }
    if not declared:
        return
    walk = _Walk(subject, _Sets(subject))
    early = _set_early(subject, walk.sets)
    for rule in subject.root_rules:
        walk.rule(rule, {name: rule for name in declared if name not in early})
    walk.finish()
    for name, (span, rule) in walk.reads.items():
        yield _report(declared[name], span, rule)


def _set_early(subject: Subject, sets: _Sets) -> set[str]:
    """What may be set before the rule that answers: by `before`, and by rules that pass."""
    passing = _passing(subject.root_rules, subject)
    return {name for steps in (subject.bot.before, *passing) for name in sets.of(steps)}


def _passing(rules: Iterable[Rule], subject: Subject) -> list[Steps]:
    """The steps of the rules that may pass; what they set stays."""
    return [rule.steps for rule in rules if not surely_answer(rule.steps, subject.bot)]


class _Walk(Struct):
    """Carries the unset variables from rules to states and flows."""

    subject: Subject
    sets: _Sets
    reads: dict[str, tuple[Span, Rule]] = field(default_factory=dict)
    places: dict[str, dict[str, Rule]] = field(default_factory=dict)
    queue: list[str] = field(default_factory=list)

    def rule(self, rule: Rule, unset: Unset) -> None:
        """A rule that answers; one with a condition no further than that."""
        if rule.domain is not None or not unset:
            return
        unset = _without(unset, (capture.name for capture in self.subject.analysis.captures(rule)))
        if rule.condition is not None:
            self._read([rule.condition], unset)
            return
        self._steps(rule.steps, unset, rule)

    def finish(self) -> None:
        """Go on in the states and flows that were reached, until nothing new comes."""
        bot = self.subject.bot
        while self.queue:
            place = self.queue.pop()
            kind, _, name = place.partition(".")
            unset = self.places[place]
            if kind == "flows":
                flow = bot.flows[name]
                hidden = (parameter.name.text for parameter in flow.parameters)
                after = self._steps(flow.steps, _without(unset, hidden), None)
                if after and flow.result is not None:
                    self._read([flow.result], after)
            else:
                state = bot.states[name]
                rules = (*state.choices, *state.rules)
                early = [name for steps in _passing(rules, self.subject) for name in self.sets.of(steps)]
                for rule in rules:
                    self.rule(rule, _without(unset, early))

    def _come_to(self, place: str, unset: Unset) -> None:
        known = self.places.setdefault(place, {})
        new = {name: rule for name, rule in unset.items() if name not in known}
        if new:
            known.update(new)
            self.queue.append(place)

    def _read(self, leaves: Iterable[Leaf], unset: Unset) -> None:
        for leaf in leaves:
            for node, name in _surely_read(leaf):
                if name in unset and name not in self.reads:
                    offset = leaf.offset if isinstance(leaf, Expression) else 0
                    self.reads[name] = (leaf.scalar.place(offset + node.start, offset + node.end), unset[name])

    def _steps(self, steps: Steps, unset: dict[str, Rule], rule: Rule | None) -> dict[str, Rule]:
        """What is unset after some steps; nothing when they never end."""
        for step in steps:
            if not unset:
                break
            unset = self._step(step, unset, rule)
        return unset

    def _step(self, step: Step, unset: dict[str, Rule], rule: Rule | None) -> dict[str, Rule]:
        match step:
            case SetStep(assignments=assignments) | LetStep(assignments=assignments):
                for assignment in assignments:
                    self._read([assignment.value], unset)
                    if assignment.operator != "=" and assignment.target.text in unset:
                        self._read_target(assignment, unset)
                    unset = _without(unset, [assignment.target.text])
                return unset
            case IfStep(branches=branches):
                if branches[0].condition is not None:
                    self._read([branches[0].condition], unset)
                unset = _without(unset, _asked_about(step))
            case EachStep(items=items):
                self._read([items] if items is not None else [], unset)
            case AskStep(question=question):
                return self._question(question, unset)
            case FormStep(fields=fields):
                return self._question(fields[0], unset) if len(fields) == 1 else {}
            case FetchStep() | ApiStep():
                return self._request(step, unset, rule)
            case WaitStep(state=Name(text=name)):
                self._come_to(f"states.{name}", unset)
                return {}
            case WaitStep():
                if rule is not None and rule.replies is not None:
                    for follower in rule.replies.rules:
                        self.rule(follower, unset)
                return {}
            case CallStep(flow=flow):
                self._read(leaves_of_step(step), unset)
                self._come_to(f"flows.{flow.text}", unset)
                if step.is_target:
                    return {}
            case GotoStep(kind="states" | "flows" as kind, target=target):
                self._read(leaves_of_step(step), unset)
                self._come_to(f"{kind}.{target.text}", unset)
                return {}
            case _:
                self._read(leaves_of_step(step), unset)
        return _without(unset, self.sets.of((step,)))

    def _request(self, step: FetchStep | ApiStep, unset: dict[str, Rule], rule: Rule | None) -> dict[str, Rule]:
        """A variable for the answer stays unset when the request fails, unless `failed` sets it or may stop."""
        self._read(leaves_of_step(step), unset)
        failed = step.failed or ()
        self._steps(failed, unset, rule)
        after = _without(unset, self.sets.of((step,)))
        name = step.into.text if step.into is not None and step.failed is not None else ""
        is_kept = name in unset and not self._becomes_null(name)
        if is_kept and name not in self.sets.of(failed) and not any(map(_goes_away, nested(failed))):
            after[name] = unset[name]
        return after

    def _becomes_null(self, name: str) -> bool:
        """Whether a variable takes the null that stands for an answer that has not come."""
        kinds = (variable.type for variable in self.subject.bot.variables if variable.name.text == name)
        return any(assignable(kind, NullType()) is not False for kind in kinds)

    def _question(self, question: Question, unset: dict[str, Rule]) -> dict[str, Rule]:
        asked: list[Leaf] = [*leaves_of_reply(question.prompt)]
        self._read([*asked, question.choices] if question.choices is not None else asked, unset)
        handlers = (question.invalid, question.refused, question.give_up, question.timed_out)
        set_later = {name for steps in handlers for name in self.sets.of(steps or ())}
        return _without(unset, [*set_later, *([question.into.text] if question.into else [])])

    def _read_target(self, assignment: Assignment, unset: Unset) -> None:
        name = assignment.target
        self.reads.setdefault(name.text, (name.span, unset[name.text]))


def _asked_about(step: IfStep) -> Iterator[str]:
    """The names in the conditions of an `if` that some do not get past."""
    if any(map(_goes_away, nested((step,)))):
        conditions = (branch.condition for branch in step.branches if branch.condition is not None)
        yield from (
            node.name for condition in conditions for node in walk(condition.node) if isinstance(node, NameNode)
        )


def _goes_away(step: Step) -> bool:
    return stops(step) or (isinstance(step, CallStep) and step.is_target)


def _without(unset: Unset, names: Iterable[str]) -> dict[str, Rule]:
    gone = set(names)
    return {name: rule for name, rule in unset.items() if name not in gone}


class _Sets:
    """The names that steps may set, in the flows they call, too."""

    def __init__(self, subject: Subject) -> None:
        self._flows = subject.bot.flows
        self._known: dict[str, frozenset[str]] = {}

    def of(self, steps: Steps) -> set[str]:
        """The names that some steps may set."""
        found = set(_set_by(steps))
        for name in _called_by(steps):
            found |= self._of_flow(name)
        return found

    def _of_flow(self, name: str) -> frozenset[str]:
        """What a flow may set; each is gone through once."""
        if name not in self._known:
            found: set[str] = set()
            seen, queue = {name}, [name]
            while queue:
                flow = self._flows[queue.pop()]
                found.update(_set_by(flow.steps))
                new = set(_called_by(flow.steps)) - seen
                seen |= new
                queue += new
            self._known[name] = frozenset(found)
        return self._known[name]


def _called_by(steps: Steps) -> Iterator[str]:
    return (step.flow.text for step in nested(steps) if isinstance(step, CallStep))


def _set_by(steps: Steps) -> Iterator[str]:
    for step in nested(steps):
        match step:
            case SetStep(assignments=assignments) | LetStep(assignments=assignments):
                yield from (assignment.target.text for assignment in assignments)
            case AskStep(question=Question(into=Name(text=name))):
                yield name
            case FetchStep(into=Name(text=name)) | ApiStep(into=Name(text=name)) | CallStep(into=Name(text=name)):
                yield name
            case FormStep(fields=fields):
                yield from (question.into.text for question in fields if question.into)
            case _:
                pass


def _surely_read(leaf: Leaf) -> Iterator[tuple[NameNode, str]]:
    nodes = [leaf.node] if isinstance(leaf, Expression) else [hole.node for hole in leaf.template.holes]
    for node in nodes:
        yield from _names(node)


def _names(node: Node) -> Iterator[tuple[NameNode, str]]:
    """The names an expression reads whatever else holds, and without a way out when there is no value."""
    match node:
        case NameNode(name=name):
            yield node, name
        case Binary(operator="??"):
            return
        case Binary(operator="==" | "!=", left=left, right=right) if _is_null(left) or _is_null(right):
            return
        case Binary(operator="and" | "or", left=left):
            yield from _names(left)
        case Conditional(condition=condition):
            yield from _names(condition)
        case Comprehension(source=source):
            yield from _names(source)
        case _:
            for child in children(node):
                yield from _names(child)


def _is_null(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is None


def _report(variable: Parameter, span: Span, rule: Rule) -> Diagnostic:
    name = variable.name.text
    return Diagnostic(
        CODE,
        span,
        Wording(f"`{name}` may be read before anything sets it", f"`{name}` 可能还没有赋值就被读取"),
        related=(
            Label(
                rule.name.span, Wording("a conversation can begin here and come to it", "对话可以从这里开始并走到那里")
            ),
            Label(variable.name.span, Wording("declared here, without a default", "声明在这里，没有默认值")),
        ),
        help=Wording(
            f"give `{name}` a default, make it optional with `?`, or set it first",
            f"请给 `{name}` 默认值，或加 `?` 设为可选，或先赋值",
        ),
    )
