"""What conditions say of single values, and whether it can all be true at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from interpreter.expr.functions.library import FUNCTIONS
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import Binary, Call, Literal, Node, Unary
from interpreter.expr.walk import walk
from interpreter.values import Value, equal

_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class Constraint(Struct, frozen=True):
    """`subject operator value`; the subject is an expression as it is printed."""

    subject: str
    operator: str
    value: Value


def constraints(node: Node, truth: bool) -> Iterator[Constraint]:
    """What must hold where a condition is true, or where it is false; what cannot be said so is left out."""
    yield from parts(node, truth)
    if _chained(node, truth) and is_steady(node):
        yield Constraint(print_expression(node), "==", truth)  # so that the same chain is known again


def parts(node: Node, truth: bool) -> Iterator[Constraint]:
    """The same of the single parts of a condition, without what holds of a chain of them as a whole."""
    match node:
        case Unary(operator="not", operand=operand):
            yield from parts(operand, not truth)
        case Binary(left=left, right=right) if _chained(node, truth):
            yield from parts(left, truth)
            yield from parts(right, truth)
        case _ if is_steady(node):
            yield _constraint(node, truth)
        case _:
            pass


def _chained(node: Node, truth: bool) -> bool:
    """Whether both sides must come out as the whole does."""
    return isinstance(node, Binary) and node.operator == ("and" if truth else "or")


def _constraint(node: Node, truth: bool) -> Constraint:
    match node:
        case Binary(operator=operator, left=Literal(value=value), right=right) if operator in _MIRRORED:
            return Constraint(print_expression(right), _read(_MIRRORED[operator], truth), value)
        case Binary(operator=operator, left=left, right=Literal(value=value)) if operator in _MIRRORED:
            return Constraint(print_expression(left), _read(operator, truth), value)
        case _:
            return Constraint(print_expression(node), "==", truth)


def _read(operator: str, truth: bool) -> str:
    return operator if truth else _OPPOSITE[operator]


def is_steady(node: Node) -> bool:
    """Whether an expression has the same value each time it stands in one turn: it asks nothing of chance."""
    calls = [part.function for part in walk(node) if isinstance(part, Call)]
    return not any(name in FUNCTIONS and FUNCTIONS[name].family == "random" for name in calls)


def are_contradictory(found: Iterable[Constraint]) -> bool:
    """Whether constraints can never all hold."""
    return Known().excludes(found)


class _Facts(Struct):
    equal_to: list[Value] = field(default_factory=list)
    other_than: list[Value] = field(default_factory=list)
    low: tuple[float, bool] | None = None
    """The least it may be, and whether that is left out itself."""
    high: tuple[float, bool] | None = None

    def copy(self) -> _Facts:
        return _Facts(self.equal_to[:], self.other_than[:], self.low, self.high)

    def add(self, operator: str, value: Value) -> None:
        match operator:
            case "==":
                self.equal_to.append(value)
            case "!=":
                self.other_than.append(value)
            case _ if isinstance(value, bool) or not isinstance(value, (int, float)):
                pass
            case ">" | ">=":
                bound = (value, operator == ">")
                self.low = bound if self.low is None else max(self.low, bound)
            case _:
                limit = (value, operator == "<")
                self.high = (
                    limit if self.high is None else min(self.high, limit, key=lambda each: (each[0], not each[1]))
                )

    def are_contradictory(self) -> bool:
        if self.equal_to:
            first = self.equal_to[0]
            return (
                any(not equal(first, other) for other in self.equal_to[1:])
                or any(equal(first, other) for other in self.other_than)
                or self._is_out_of_bounds(first)
            )
        if self.low is None or self.high is None:
            return False
        return self.low[0] > self.high[0] or (self.low[0] == self.high[0] and (self.low[1] or self.high[1]))

    def _is_out_of_bounds(self, value: Value) -> bool:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        low, high = self.low, self.high
        below = low is not None and (value < low[0] or (low[1] and value == low[0]))
        above = high is not None and (value > high[0] or (high[1] and value == high[0]))
        return below or above


class Known:
    """What is known of subjects so far."""

    def __init__(self) -> None:
        self._facts: dict[str, _Facts] = {}
        self.is_contradictory = False
        """Whether it can never all be true."""

    def add(self, found: Iterable[Constraint]) -> None:
        """Know more."""
        for constraint in found:
            facts = self._facts.setdefault(constraint.subject, _Facts())
            facts.add(constraint.operator, constraint.value)
            self.is_contradictory = self.is_contradictory or facts.are_contradictory()

    def excludes(self, found: Iterable[Constraint]) -> bool:
        """Whether constraints cannot all hold with what is known."""
        touched: dict[str, _Facts] = {}
        for constraint in found:
            name = constraint.subject
            if name not in touched:
                touched[name] = self._facts[name].copy() if name in self._facts else _Facts()
            touched[name].add(constraint.operator, constraint.value)
        return any(facts.are_contradictory() for facts in touched.values())
