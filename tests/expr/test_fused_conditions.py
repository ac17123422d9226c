"""Every shape of a condition that is fused with what hangs on it, with values that break their type's promise, too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from expr.naive import Walker
from expr.world import SCOPE, make_env

from interpreter.expr.closures import closure
from interpreter.expr.inference import infer
from interpreter.expr.parser import parse_expression
from interpreter.values import Fault, Value, equal, kind_of

OPERANDS = ("n", "x", "-big", "missing", "later", "liar")
OPERATORS = ("<", "<=", ">", ">=", "==", "!=")
SHAPES = (
    "{0} and flag",
    "{0} or flag",
    "{0} and liar == 3",
    "{0} and n == 7",
    "{0} and missing == 7",
    "maybe == null and {0}",
    "liar == 3 or {0}",
    "flag and {0}",
    "flag or {0}",
    '"a" if {0} else "b"',
    "[n] if {0} else []",
    "not ({0})",
    "not ({0}) and flag",
    "not ({0}) or flag",
    "xs != [] and {0}",
    "xs != [] and not ({0})",
    '"a" if not ({0}) else "b"',
    "not (not ({0}))",
)


def outcome(evaluate: Callable[[], Value]) -> tuple[str, Value]:
    try:
        value = evaluate()
    except Fault as fault:
        return fault.kind, None
    return kind_of(value), value


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("operator", OPERATORS)
def test_a_condition_gives_the_same_in_every_shape(operator: str, shape: str) -> None:
    for operand in OPERANDS:
        text = shape.format(f"{operand} {operator} 7")
        node, problems = parse_expression(text)
        assert node is not None, problems
        typed = infer(node, SCOPE)
        assert not typed.problems, text
        kind, value = outcome(lambda typed=typed: closure(typed)(make_env()))
        expected_kind, expected = outcome(lambda node=node: Walker(SCOPE, make_env()).value(node))
        assert (kind, equal(value, expected)) == (expected_kind, True), text
