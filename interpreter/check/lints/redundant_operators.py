"""DL216: an operator that changes nothing: `== true`, `?? x` on what is never null, `not not`."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.leaves import Formula
from interpreter.check.lints.nullness import is_never_null
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.diagnostics.wording import Wording
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import Binary, Conditional, Literal, Node, Unary
from interpreter.types.kinds import BoolType

CODE = "DL216"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Every expression; the mend says the same without the operator."""
    for formula in subject.formulas:
        for node in formula.parts:
            problem = _redundant(node, formula)
            if problem is not None:
                yield formula.diagnostic(problem)


def _redundant(node: Node, formula: Formula) -> Problem | None:
    match node:
        case Binary(operator="==" | "!=", left=left, right=right):
            return _with_bool(node, left, right, formula) or _with_bool(node, right, left, formula)
        case Binary(operator="??", left=left, right=right) if not isinstance(left, Literal):
            if isinstance(right, Literal) and right.value is None:
                return _without_need(
                    node, Wording("null in place of null changes nothing", "用 null 代替 null 没有意义")
                )
            if is_never_null(left, formula):
                shown = print_expression(left)
                said = Wording(
                    f"`{shown}` is never null, so `??` changes nothing", f"`{shown}` 不会是 null，`??` 不起作用"
                )
                return _without_need(node, said)
        case Unary(operator="not", operand=Unary(operator="not", operand=operand)):
            said = Wording("`not not` changes nothing", "`not not` 相互抵消")
            return Problem(CODE, node.start, node.end, said, replacement=_in_place(operand))
        case _:
            pass
    return None


def _with_bool(node: Binary, operand: Node, literal: Node, formula: Formula) -> Problem | None:
    """A bool that is compared with `true` or `false`."""
    if not isinstance(literal, Literal) or not isinstance(literal.value, bool) or isinstance(operand, Literal):
        return None
    if not isinstance(formula.typed.types.get(id(operand)), BoolType) or not is_never_null(operand, formula):
        return None
    shown = print_expression(operand)
    if (node.operator == "==") is literal.value:
        said = Wording(f"`{shown}` is true or false already", f"`{shown}` 本身就是真或假")
        mended = _in_place(operand)
    else:
        said = Wording(f"`{shown}` is true or false already: write `not`", f"`{shown}` 本身就是真或假，取反用 `not`")
        mended = f"not {_in_place(operand)}"
    return Problem(CODE, node.start, node.end, said, replacement=mended)


def _without_need(node: Binary, said: Wording) -> Problem:
    return Problem(CODE, node.start, node.end, said, replacement=_in_place(node.left))


def _in_place(node: Node) -> str:
    """An expression as it can stand in any other."""
    shown = print_expression(node)
    return f"({shown})" if isinstance(node, (Binary, Conditional, Unary)) else shown
