"""Expressions in every shape, with values that keep their type's promise and values that break it."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from expr.naive import Walker, outcome
from expr.world import SCOPE, make_env

from interpreter.expr import fused
from interpreter.expr.closures import closure, closure_for_once
from interpreter.expr.env import Env
from interpreter.expr.functions.library import FUNCTIONS
from interpreter.expr.fused_source import MOST_OF_INTS, SHORT
from interpreter.expr.inference import Typed, infer
from interpreter.expr.parser import parse_expression
from interpreter.values import Fault, Value, equal

LEFT = ("n", "x", "big", "-big", "answer", "state.tries", "(n - 7)", "missing", "later", "liar", "lies.x")
RIGHT = (*LEFT, "3", "-3", "2.5", "0.5")
OPERATORS = ("+", "-", "*", "/", "//", "%", "<", "<=", ">", ">=", "==", "!=")

COMPARED = ("n", "x", "-big", "missing", "later", "liar")
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
CONDITIONS = (
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

CALCULATIONS = (
    "n + big - big",
    "big - n + n",
    "x * x * x * x",
    "n * n * n * n * n * n * n * n",
    "huge / 2 * 4",
    "huge * 0",
    "(huge + huge) * 0",
    "big * 2 / 2",
    "big / 2",
    "n / 0",
    "x / n / 0.5",
    "1000000 * 1000000 * 1000000 / 1000000",
    "len(long) * 1000000000 * 1000000",
    "len(s) + len(long) - len(topic)",
    "0 - big - n",
    "liar * n",
    "n * liar",
    "len(liar) * 2",
    "(sum([1 // (n - 7)]) + 1) * sum([xs[9]])",
    "n * 2 + len(s) - state.tries > 10 and (flag or s == topic)",
)

NATIVE = sorted(name for name, function in FUNCTIONS.items() if function.native is not None)
READ = ("s", "long", "topic", "text", "card.title", "user.name", "user.id", "lost.title", "flat.title", "gap.title")
TEXTS = ("", " a ", "ß" * SHORT, "\u0390" * SHORT, "\u0390" * (SHORT + 1), "İ" * SHORT, "x" * 300)


def typed(text: str) -> Typed:
    node, problems = parse_expression(text)
    assert node is not None, problems
    found = infer(node, SCOPE)
    assert not found.problems, text
    return found


def compiled(text: str) -> Callable[[Env], Value]:
    return closure(typed(text))


def assert_as_a_plain_walk(text: str) -> None:
    found = typed(text)
    expected_kind, expected = outcome(lambda: Walker(SCOPE, make_env()).value(found.node))
    for make in (closure, closure_for_once):
        kind, value = outcome(lambda make=make: make(found)(make_env()))
        assert (kind, equal(value, expected)) == (expected_kind, True), text


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_gives_the_same_in_every_shape(operator: str) -> None:
    for left in LEFT:
        for right in RIGHT:
            assert_as_a_plain_walk(f"{left} {operator} {right}")


@pytest.mark.parametrize("shape", CONDITIONS)
@pytest.mark.parametrize("operator", COMPARISONS)
def test_a_condition_gives_the_same_in_every_shape(operator: str, shape: str) -> None:
    for operand in COMPARED:
        assert_as_a_plain_walk(shape.format(f"{operand} {operator} 7"))


@pytest.mark.parametrize("text", CALCULATIONS)
def test_no_number_goes_beyond_the_limits_on_the_way(text: str) -> None:
    node, _ = parse_expression(text)
    assert node is not None
    found = infer(node, SCOPE)
    expected = outcome(lambda: Walker(SCOPE, make_env()).value(node))
    assert outcome(lambda: closure(found)(make_env())) == expected


@pytest.mark.parametrize("value", [MOST_OF_INTS, MOST_OF_INTS + 1, 2**52, 2**53 - 1, -(2**53) + 1])
@pytest.mark.parametrize(
    "text", ["n + n - n", "n * 3 - n", "n - 1", "n + 1", "n * n", "0 - n - n + n", "n + x", "n * x"]
)
def test_ints_around_the_limits_are_what_a_plain_walk_finds(text: str, value: int) -> None:
    def env() -> Env:
        made = make_env()
        made.locals["n"] = value
        return made

    found = typed(text)
    assert outcome(lambda: closure(found)(env())) == outcome(lambda: Walker(SCOPE, env()).value(found.node))


@pytest.mark.parametrize("operand", READ)
def test_calls_in_calls_give_what_a_plain_walk_finds(operand: str) -> None:
    for repeated in (1, 2, 3, 4):
        for names in itertools.product(("upper", "lower", "trim"), repeat=repeated - 1):
            for outer in NATIVE:
                assert_as_a_plain_walk("".join(f"{name}(" for name in (outer, *names)) + operand + ")" * repeated)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_not_counted_would_have_cost_nothing(text: str) -> None:
    for outer, inner in itertools.product(NATIVE, ("upper", "lower", "trim")):
        for expression in (f"{outer}(s)", f"{outer}({inner}(s))", f"{outer}({inner}({inner}(s)))"):
            general, short = make_env(), make_env()
            general.locals["s"] = short.locals["s"] = text
            assert compiled(expression)(short) == closure_for_once(typed(expression))(general)
            assert short.steps == general.steps


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


def test_what_begins_anew_does_not_pay_twice() -> None:
    text, left = "len([i + 1 for i in many]) * 1000000 / 1000000", []
    for make in (closure, closure_for_once):
        env = make_env()
        env.locals["many"] = list(range(3_000))
        assert make(typed(text))(env) == 3_000
        left.append(env.steps)
    assert left[0] == left[1] < make_env().steps / 2


class Counting:
    """Chance that counts how often it was asked."""

    asked = 0

    def between(self, low: int, high: int) -> int:
        self.asked += 1
        return min(low, high)

    def pick(self, count: int) -> int:
        return self.between(0, count)


@pytest.mark.parametrize("text", ["random(9, 10) * big > 3 or flag", "liar + random(1, 2)", "liar < random(1, 2)"])
def test_chance_is_asked_once_even_where_something_goes_wrong(text: str) -> None:
    env = make_env()
    env.chance = chance = Counting()
    with pytest.raises(Fault):
        compiled(text)(env)
    assert chance.asked == 1


@pytest.mark.parametrize(
    "text",
    [
        " + ".join(["n"] * 50),
        " and ".join(["n > 3"] * 40),
        "(" * 40 + "n" + " + 1)" * 40,
        "not " * 40 + "flag",
        " ?? ".join(["k"] * 40 + ["n"]),
    ],
)
def test_an_expression_may_be_larger_than_one_function(text: str) -> None:
    assert_as_a_plain_walk(text)


def test_only_functions_of_chance_ask_it() -> None:
    asking = {name for name, function in FUNCTIONS.items() if "chance" in function.code.__code__.co_names}
    assert asking
    assert {name for name, function in FUNCTIONS.items() if function.asks_chance} >= asking


def test_nothing_of_a_bot_is_in_the_source_and_equal_shapes_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sources: list[str] = []
    make = fused._maker
    monkeypatch.setattr(fused, "_maker", lambda source: sources.append(source) or make(source))
    texts = ('s == "evil()" and n >= 12345 and 名字 in ["bad"]', '名字 == "" and n >= 1 and s in ["x", "y"]')
    first, second = map(compiled, texts)
    assert len(set(sources)) == 1
    assert not any(word in sources[0] for word in ("evil", "12345", "bad", "名字"))
    assert (first(make_env()), second(make_env())) == (False, False)
