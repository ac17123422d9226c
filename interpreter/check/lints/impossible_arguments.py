"""DL218: an argument with which a function always fails, or never finds what it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.diagnostics.wording import Wording
from interpreter.expr.calls import BoundCall, bind_call
from interpreter.expr.constant_values import constant_value
from interpreter.expr.constants import is_readable, nowhere, reads_constants
from interpreter.expr.findings import Findings
from interpreter.expr.functions.registry import Parameter
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import Call, Literal, Node
from interpreter.types.kinds import IntType, ListType, NumberType, TextType
from interpreter.values import Fault, Value

CODE = "DL218"

_SAMPLES: dict[type, tuple[Value, ...]] = {
    TextType: ("", "a", "12"),
    IntType: (-1_000_000, 0, 1, 6, 1_000_000),
    NumberType: (-1_000_000, 0, 0.5, 1, 6, 1_000_000),
    ListType: ([], [1], ["a", "b"]),
}
"""What an argument that is not known might be; a call that fails with all of these fails because of the others."""
_DEPEND = frozenset({"map", "format"})
"""Functions in which one argument must suit the others in more ways than samples show."""
_MOST_UNKNOWN = 2


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Calls with a constant argument; those of regular expressions have checks of their own."""
    for formula in subject.formulas:
        for node in formula.parts:
            if isinstance(node, Call):
                problem = _impossible(node)
                if problem is not None:
                    yield formula.diagnostic(problem)


def _impossible(call: Call) -> Problem | None:
    bound = bind_call(call, Findings())
    if bound is None or bound.rest or bound.function.family == "regex" or bound.function.name in _DEPEND:
        return None
    if reads_constants(bound):
        return None if is_readable(bound) else _finds_nothing(call, bound)
    known = {index: literal for index, node in enumerate(bound.given) if node and (literal := constant_value(node))}
    choices = _choices(bound, known) if known else None
    if choices is None or not _always_fails(bound, choices):
        return None
    guilty = [index for index in known if _is_guilty(bound, index, choices)]
    if not guilty:
        return None
    node = bound.given[guilty[0]] if len(guilty) == 1 else None
    return _fails_with(node or call, bound)


def _choices(bound: BoundCall, known: dict[int, Literal]) -> list[Sequence[Value]] | None:
    """For each parameter the values to try; None when some cannot be guessed."""
    found: list[Sequence[Value]] = []
    for index, (parameter, node) in enumerate(zip(bound.function.parameters, bound.given, strict=True)):
        if index in known:
            found.append((known[index].value,))
        elif node is None:
            found.append((parameter.default,))  # type: ignore[arg-type]  # a call without a needed argument is no call
        else:
            samples = _samples(parameter)
            if samples is None:
                return None
            found.append(samples)
    unknown = sum(1 for values in found if len(values) > 1)
    return found if unknown <= _MOST_UNKNOWN else None


def _samples(parameter: Parameter) -> tuple[Value, ...] | None:
    return None if parameter.one_of else _SAMPLES.get(type(parameter.type))


def _fails(bound: BoundCall, values: Sequence[Value]) -> bool:
    """Whether a call fails because of its arguments."""
    arguments = [nowhere(), *values] if bound.function.needs_env else values
    try:
        bound.function.call(*arguments)
    except Fault as fault:
        return fault.kind in ("argument", "arithmetic")
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
        return False
    return False


def _always_fails(bound: BoundCall, choices: Sequence[Sequence[Value]]) -> bool:
    return all(_fails(bound, values) for values in product(*choices))


def _is_guilty(bound: BoundCall, index: int, choices: Sequence[Sequence[Value]]) -> bool:
    """Whether the call can do its work with another argument in this place."""
    samples = _samples(bound.function.parameters[index])
    if samples is None:
        return False
    return not _always_fails(bound, [samples if place == index else values for place, values in enumerate(choices)])


def _fails_with(node: Node, bound: BoundCall) -> Problem:
    name, shown = bound.function.name, print_expression(node)
    return Problem(
        CODE,
        node.start,
        node.end,
        Wording(f"`{shown}` always fails", f"`{shown}` 必然出错")
        if isinstance(node, Call)
        else Wording(f"`{name}` always fails with {shown}", f"`{name}` 遇到 {shown} 必然出错"),
        help=bound.function.summary,
    )


def _finds_nothing(call: Call, bound: BoundCall) -> Problem:
    name = bound.function.name
    return Problem(
        CODE,
        call.start,
        call.end,
        Wording(f"there is no {name} in this, so it never gives a value", f"这不是有效的 {name}，永远得不到值"),
        help=Wording(f"write a {name} that exists", f"请写一个存在的 {name}"),
    )
