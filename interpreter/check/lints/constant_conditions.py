"""DL207: a condition that is always true or always false."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.constraints import are_contradictory, parts
from interpreter.check.lints.leaves import Formula
from interpreter.check.lints.nullness import is_never_null
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.diagnostics.wording import Wording
from interpreter.expr.constant_values import constant_value
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import Binary, Comprehension, Conditional, Literal, Name, Node, Unary
from interpreter.expr.walk import children
from interpreter.types.kinds import IntType, NullType, NumberType, show

CODE = "DL207"

_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Conditions of rules, branches, questions and domains, and those in expressions; tests may say what is true."""
    tests, conditions = set(map(id, subject.test_leaves)), subject.conditions
    for formula in subject.formulas:
        is_condition = id(formula.leaf) in conditions
        if id(formula.leaf) in tests or (isinstance(formula.node, Name) and not is_condition):
            continue
        for condition in _conditions(formula.node, is_condition=is_condition):
            for node, truth, why in _constant_parts(condition, formula):
                yield formula.diagnostic(_problem(node, truth, why))


def _conditions(node: Node, *, is_condition: bool, is_covered: bool = False) -> Iterator[Node]:
    """The outermost conditions in an expression; `is_covered`: it is a part of one."""
    is_logical = _is_logical(node)
    if (is_condition or is_logical) and not is_covered:
        yield node
        is_covered = True
    asked = node.condition if isinstance(node, (Conditional, Comprehension)) else None
    for child in children(node):
        yield from _conditions(child, is_condition=child is asked, is_covered=is_covered and is_logical)


def _is_logical(node: Node) -> bool:
    return (isinstance(node, Binary) and node.operator in ("and", "or")) or (
        isinstance(node, Unary) and node.operator == "not"
    )


def _constant_parts(node: Node, formula: Formula, chain: str = "") -> Iterator[tuple[Node, bool, Wording | None]]:
    """The parts of a condition of which the answer is known, with the answer and the reason.

    `chain` is the operator of which the condition is a side: the whole of `a and b and c` is asked at once.
    """
    match node:
        case Unary(operator="not", operand=operand):
            yield from _constant_parts(operand, formula)
        case Binary(operator="and" | "or" as operator, left=left, right=right):
            found = [*_constant_parts(left, formula, operator), *_constant_parts(right, formula, operator)]
            yield from found
            if not found and operator != chain and are_contradictory(parts(node, operator == "and")):
                yield node, operator == "or", _why_chain(operator)
        case _:
            truth, why = _truth(node, formula)
            if truth is not None:
                yield node, truth, why


def _truth(node: Node, formula: Formula) -> tuple[bool | None, Wording | None]:
    constant = constant_value(node)
    if constant is not None:
        return (constant.value, None) if isinstance(constant.value, bool) else (None, None)
    if isinstance(node, Binary) and node.operator in _MIRRORED:
        for operand, operator, other in (
            (node.left, node.operator, node.right),
            (node.right, _MIRRORED[node.operator], node.left),
        ):
            literal = constant_value(other)
            if literal is not None:
                return _against(operand, operator, literal, formula)
    return None, None


def _against(node: Node, operator: str, literal: Literal, formula: Formula) -> tuple[bool | None, Wording | None]:
    kind = formula.typed.types.get(id(node))
    shown = print_expression(node)
    if literal.value is None:
        if operator in ("==", "!=") and is_never_null(node, formula):
            return operator == "!=", Wording(f"`{shown}` is never null here", f"这里 `{shown}` 不会是 null")
        if operator in ("==", "!=") and isinstance(kind, NullType):
            return operator == "==", Wording(f"`{shown}` is always null here", f"这里 `{shown}` 总是 null")
        return None, None
    if isinstance(kind, (IntType, NumberType)) and isinstance(literal.value, (int, float)):
        truth = _within(kind, operator, literal.value)
        return truth, Wording(f"`{shown}` is {show(kind)}", f"`{shown}` 的类型是 {show(kind)}")
    return None, None


def _within(kind: IntType | NumberType, operator: str, value: float) -> bool | None:
    """What a comparison of a number within bounds comes to, where it is the same for all of them."""
    low, high = kind.low, kind.high
    above = low is not None and value < low
    below = high is not None and value > high
    match operator:
        case "==" | "!=":
            return operator == "!=" if above or below else None
        case ">":
            return True if above else False if high is not None and value >= high else None
        case ">=":
            return True if low is not None and value <= low else False if below else None
        case "<":
            return True if below else False if low is not None and value <= low else None
        case _:
            return True if high is not None and value >= high else False if above else None


def _why_chain(operator: str) -> Wording:
    if operator == "or":
        return Wording("one of its sides holds in any case", "无论如何总有一边成立")
    return Wording("its sides are never true together", "两边不可能同时成立")


def _problem(node: Node, truth: bool, why: Wording | None) -> Problem:
    message = (
        Wording("this condition is always true", "这个条件永远成立")
        if truth
        else Wording("this condition is always false", "这个条件永远不成立")
    )
    return Problem(CODE, node.start, node.end, message, label=why, help=_help(node, truth))


def _help(node: Node, truth: bool) -> Wording:
    match node:
        case Binary(operator="and" | "or" as operator):
            other = "or" if operator == "and" else "and"
            return Wording(
                f"was `{other}` meant instead of `{operator}`?", f"是不是应该用 `{other}` 而不是 `{operator}`？"
            )
        case _ if truth:
            return Wording(
                "say what really decides, or remove it: what hangs on it always happens",
                "请写出真正的条件，或删掉它：受它控制的部分总会执行",
            )
        case _:
            return Wording(
                "say what really decides, or remove it: what hangs on it never happens",
                "请写出真正的条件，或删掉它：受它控制的部分从不执行",
            )
