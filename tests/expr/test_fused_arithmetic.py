"""Every shape of every fused operator, with values that keep their type's promise and values that break it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from expr.naive import Walker
from expr.world import SCOPE, make_env

from interpreter.expr.closures import closure
from interpreter.expr.inference import infer
from interpreter.expr.parser import parse_expression
from interpreter.values import Fault, Value, equal, kind_of

LEFT = ("n", "x", "big", "-big", "answer", "state.tries", "(n - 7)", "missing", "later", "liar", "lies.x")
RIGHT = (*LEFT, "3", "-3", "2.5", "0.5")
OPERATORS = ("+", "-", "*", "/", "//", "%", "<", "<=", ">", ">=", "==", "!=")


def outcome(evaluate: Callable[[], Value]) -> tuple[str, Value]:
    try:
        value = evaluate()
    except Fault as fault:
        return fault.kind, None
    return kind_of(value), value


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_gives_the_same_in_every_shape(operator: str) -> None:
    for left in LEFT:
        for right in RIGHT:
            node, problems = parse_expression(f"{left} {operator} {right}")
            assert node is not None, problems
            typed = infer(node, SCOPE)
            assert not typed.problems
            kind, value = outcome(lambda typed=typed: closure(typed)(make_env()))
            expected_kind, expected = outcome(lambda node=node: Walker(SCOPE, make_env()).value(node))
            assert (kind, equal(value, expected)) == (expected_kind, True), f"{left} {operator} {right}"
