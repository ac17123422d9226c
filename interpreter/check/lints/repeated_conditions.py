"""DL221: a branch that is never taken, because the ones before it take all it could."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interpreter.check.lints.constraints import Known, are_contradictory, constraints
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Expression
from interpreter.dialog.model.steps import IfStep
from interpreter.expr.tree import Conditional, Node
from interpreter.source.spans import Span

CODE = "DL221"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Branches of `choose`, and of `a if c else b if d else e`."""
    for step in subject.steps:
        if isinstance(step, IfStep) and len(step.branches) > 1:
            conditions = [branch.condition for branch in step.branches if branch.condition is not None]
            if len(conditions) > 1:
                yield from _repeated([(each.node, _place(each)) for each in conditions])
    for formula in subject.formulas:
        for chain in _chains(formula.parts):
            yield from _repeated([(node, formula.span(node)) for node in chain])


def _place(expression: Expression) -> Span:
    node, offset = expression.node, expression.offset
    return expression.scalar.place(offset + node.start, offset + node.end)


def _chains(parts: Sequence[Node]) -> Iterator[list[Node]]:
    """The conditions of each chain of `… if c else …` with more than one."""
    conditionals = [part for part in parts if isinstance(part, Conditional)]
    inner = {id(part.otherwise) for part in conditionals}
    for part in conditionals:
        if id(part) not in inner and isinstance(part.otherwise, Conditional):
            chain = []
            last: Node = part
            while isinstance(last, Conditional):
                chain.append(last.condition)
                last = last.otherwise
            yield chain


def _repeated(conditions: Sequence[tuple[Node, Span]]) -> Iterator[Diagnostic]:
    known = Known()
    for index, (node, span) in enumerate(conditions):
        wanted = list(constraints(node, True))
        if known.is_contradictory:
            yield _never_taken(span, None)
            return  # nothing is left for this one, nor for those behind it
        if index and not are_contradictory(wanted) and known.excludes(wanted):
            yield _never_taken(span, _culprit(node, conditions[:index]))
        else:
            known.add(constraints(node, False))


def _culprit(node: Node, earlier: Sequence[tuple[Node, Span]]) -> Span | None:
    """The one earlier condition that takes all alone, if there is one."""
    for other, span in earlier:
        if are_contradictory((*constraints(node, True), *constraints(other, False))):
            return span
    return None


def _never_taken(span: Span, culprit: Span | None) -> Diagnostic:
    by = Wording("this branch takes it all before", "这个分支已先满足")
    return Diagnostic(
        CODE,
        span,
        Wording(
            "this branch is never taken: the ones before it leave nothing", "永远走不到这个分支：前面的分支已覆盖它"
        ),
        related=() if culprit is None else (Label(culprit, by),),
        help=Wording("remove it, move it up, or correct its condition", "请删掉它、移到前面，或改正它的条件"),
    )
