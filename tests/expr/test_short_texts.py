"""Functions of one text, one in another, on short texts, on long ones and on what is no text at all."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from expr.naive import Walker
from expr.world import SCOPE, make_env

from interpreter.expr.closures import closure
from interpreter.expr.env import Env
from interpreter.expr.functions.library import FUNCTIONS
from interpreter.expr.inference import infer
from interpreter.expr.parser import parse_expression
from interpreter.expr.short_texts import _SHORT
from interpreter.values import Fault, Value, equal, kind_of

NATIVE = sorted(name for name, function in FUNCTIONS.items() if function.native is not None)
OPERANDS = ("s", "long", "topic", "text", "card.title", "user.name", "user.id", "lost.title", "flat.title", "gap.title")
TEXTS = ("", " a ", "ß" * _SHORT, "\u0390" * _SHORT, "\u0390" * (_SHORT + 1), "İ" * _SHORT, "x" * 300)


def compiled(text: str) -> Callable[[Env], Value]:
    node, problems = parse_expression(text)
    assert node is not None, problems
    typed = infer(node, SCOPE)
    assert not typed.problems, text
    return closure(typed)


def walked(text: str, env: Env) -> Value:
    node, _ = parse_expression(text)
    assert node is not None
    return Walker(SCOPE, env).value(node)


def outcome(evaluate: Callable[[], Value]) -> tuple[str, Value]:
    try:
        value = evaluate()
    except Fault as fault:
        return fault.kind, None
    return kind_of(value), value


@pytest.mark.parametrize("operand", OPERANDS)
def test_calls_in_calls_give_what_a_plain_walk_finds(operand: str) -> None:
    for count in (1, 2, 3, 4):
        for names in itertools.product(("upper", "lower", "trim"), repeat=count - 1):
            for outer in NATIVE:
                text = "".join(f"{name}(" for name in (outer, *names)) + operand + ")" * count
                kind, value = outcome(lambda text=text: compiled(text)(make_env()))
                expected_kind, expected = outcome(lambda text=text: walked(text, make_env()))
                assert (kind, equal(value, expected)) == (expected_kind, True), text


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_not_counted_would_have_cost_nothing(text: str) -> None:
    for outer, inner in itertools.product(NATIVE, ("upper", "lower", "trim")):
        for expression in (f"{outer}(s)", f"{outer}({inner}(s))", f"{outer}({inner}({inner}(s)))"):
            plain, fused = make_env(), make_env()
            plain.locals["s"] = fused.locals["s"] = text
            # In a list the innermost argument is no variable, so nothing is fused there.
            assert compiled(expression)(fused) == compiled(expression.replace("s)", "[s][0])", 1))(plain)
            assert fused.steps == plain.steps


def test_other_arguments_are_seen() -> None:
    env = make_env()
    env.locals["s"] = "--Hi-"
    assert compiled('upper(trim(s, "-"))')(env) == "HI"
    assert compiled('len(trim(s, "-"))')(env) == 2
    assert compiled("len(xs)")(env) == 3
    assert compiled("len(m)")(env) == 1


def test_a_text_that_is_none_is_what_the_function_says() -> None:
    env = make_env()
    env.locals["s"] = 5
    with pytest.raises(Fault) as caught:
        compiled("upper(trim(s))")(env)
    assert caught.value.kind == "argument"
