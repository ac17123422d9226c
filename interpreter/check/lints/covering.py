"""Whether some conditions leave no value out: `a < 3` and `a >= 3`, all values of an enumeration, `x` and `not x`.

Conditions about one thing that is compared with literals are tried on those literals, on what lies between and beyond
them, and (of enumerations and booleans) on every value there is. Others are tried for every way in which the parts
joined by `and`, `or` and `not` can be true or false.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from interpreter.check.analysis import Analysis
from interpreter.dialog.model.leaves import Expression
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import Binary, ListNode, Literal, Name, Node, Unary
from interpreter.expr.walk import walk
from interpreter.types.kinds import BoolType, EntityType, EnumType, IntType, NumberType, OptionalType, Type, required
from interpreter.values import Value, equal

_OTHER = object()
"""A value that no condition names."""
_Sample = Value | object
_MOST_PARTS = 8


def leaves_out(conditions: Sequence[Expression], analysis: Analysis) -> bool | None:
    """Whether it can be that none of the conditions holds; None when that is not for us to say."""
    subjects = [_subject(condition.node) for condition in conditions]
    known = [each for each in subjects if each is not None]
    if len(known) == len(subjects) and len({print_expression(node) for node, _ in known}) == 1:
        samples = _samples(known[0][0], [value for _, values in known for value in values], conditions[0], analysis)
        if samples is not None:
            return not all(any(_holds(condition.node, each) for condition in conditions) for each in samples)
    return _by_parts([condition.node for condition in conditions])


# ---------------------------------------------------------------------------------------------------- one subject


def _subject(node: Node) -> tuple[Node, list[Value]] | None:
    """The one thing a condition is about, and the literals it is compared with."""
    match node:
        case Unary(operator="not", operand=operand):
            return _subject(operand)
        case Binary(operator="and" | "or", left=left, right=right):
            one, other = _subject(left), _subject(right)
            if one is None or other is None or print_expression(one[0]) != print_expression(other[0]):
                return None
            return one[0], one[1] + other[1]
        case Binary(operator="==" | "!=" | "<" | "<=" | ">" | ">=", left=left, right=right):
            if _is_constant(right):
                return left, [_value(right)]
            return (right, [_value(left)]) if _is_constant(left) else None
        case Binary(operator="in" | "not in", left=left, right=ListNode(items=items)):
            return (left, [_value(item) for item in items]) if all(map(_is_constant, items)) else None
        case Name():
            return node, []
        case _:
            return None


def _is_constant(node: Node) -> bool:
    """Whether a node is a literal, or a negative number."""
    match node:
        case Literal() | Unary(operator="-", operand=Literal(value=int() | float())):
            return True
        case _:
            return False


def _value(node: Node) -> Value:
    match node:
        case Unary(operand=Literal(value=int() | float() as number)):
            return -number
        case Literal(value=value):
            return value
        case _:
            raise AssertionError("not a constant")


def _samples(node: Node, literals: list[Value], first: Expression, analysis: Analysis) -> list[_Sample] | None:
    """Values that stand for all that a variable can have; None of what is no variable or has no known type."""
    typed = analysis.typed(first)
    kind: Type | None = next(
        (
            typed.types.get(id(each))
            for each in walk(first.node)
            if isinstance(each, Name) and print_expression(each) == print_expression(node)
        )
        if typed
        else iter(()),
        None,
    )
    if kind is None:
        return None
    found = _samples_of(required(kind), literals, analysis)
    return [*found, None] if isinstance(kind, OptionalType) else found


def _samples_of(kind: Type, literals: list[Value], analysis: Analysis) -> list[_Sample]:
    match kind:
        case BoolType():
            return [True, False]
        case EnumType(values=values):
            return [*values]
        case EntityType(name=name):
            return [*analysis.lexicon.entities.get(name, ())]
        case IntType(low=low, high=high) | NumberType(low=low, high=high):
            numbers = [each for each in literals if isinstance(each, (int, float))]
            step = 1 if isinstance(kind, IntType) else 0.001
            near = [number + by for number in numbers for by in (-step, 0, step)]
            return [each for each in near if (low is None or each >= low) and (high is None or each <= high)]
        case _:
            return [*literals, _OTHER]


def _holds(node: Node, sample: _Sample) -> bool:
    match node:
        case Unary(operator="not", operand=operand):
            return not _holds(operand, sample)
        case Binary(operator="and", left=left, right=right):
            return _holds(left, sample) and _holds(right, sample)
        case Binary(operator="or", left=left, right=right):
            return _holds(left, sample) or _holds(right, sample)
        case Binary(operator="in" | "not in" as operator, right=ListNode(items=items)):
            return any(_same(sample, _value(item)) for item in items) is (operator == "in")
        case Binary(operator=operator, left=left, right=right):
            if _is_constant(right):
                return _compare(operator, sample, _value(right))
            return _compare(operator, _value(left), sample)
        case _:
            return sample is True


def _compare(operator: str, left: _Sample, right: _Sample) -> bool:
    if operator in ("==", "!="):
        return _same(left, right) is (operator == "==")
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        return False
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


def _same(left: _Sample, right: _Sample) -> bool:
    return left is not _OTHER and right is not _OTHER and equal(left, right)  # type: ignore[arg-type]  # both values


# ---------------------------------------------------------------------------------------------------- several subjects


def _by_parts(nodes: Sequence[Node]) -> bool | None:
    """By the truth of the parts; None when parts are about the same variables, so that they may depend."""
    parts = list(dict.fromkeys(part for node in nodes for part in _parts(node)))
    if len(parts) > _MOST_PARTS:
        return None
    for truths in product((True, False), repeat=len(parts)):
        truth = dict(zip(parts, truths, strict=True))
        if not any(_true(node, truth) for node in nodes):
            break
    else:
        return False
    names = [each.name for node in nodes for each in _names_by_part(node)]
    return True if len(names) == len(set(names)) else None


def _names_by_part(node: Node) -> list[Name]:
    return [each for each in walk(node) if isinstance(each, Name)]


def _parts(node: Node) -> list[str]:
    match node:
        case Unary(operator="not", operand=operand):
            return _parts(operand)
        case Binary(operator="and" | "or", left=left, right=right):
            return _parts(left) + _parts(right)
        case _:
            return [print_expression(node)]


def _true(node: Node, truth: dict[str, bool]) -> bool:
    match node:
        case Unary(operator="not", operand=operand):
            return not _true(operand, truth)
        case Binary(operator="and", left=left, right=right):
            return _true(left, truth) and _true(right, truth)
        case Binary(operator="or", left=left, right=right):
            return _true(left, truth) or _true(right, truth)
        case _:
            return truth[print_expression(node)]
