"""Every example of the documentation is true."""

from __future__ import annotations

import pytest

from interpreter.expr.functions.library import FUNCTIONS
from interpreter.values import equal

EXAMPLES = [example for function in FUNCTIONS.values() for example in function.examples]


@pytest.mark.parametrize(("expression", "expected"), EXAMPLES, ids=[expression for expression, _ in EXAMPLES])
def test_an_example_has_the_value_it_says(evaluate, expression: str, expected: str) -> None:
    assert equal(evaluate(expression), evaluate(expected))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_examples_of_a_function_call_it(name: str) -> None:
    assert all(f"{name}(" in expression for expression, _ in FUNCTIONS[name].examples)
