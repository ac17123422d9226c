from __future__ import annotations

import pytest
from expr.naive import Walker, outcome
from expr.texts import kinds, well_typed, wild
from expr.world import SCOPE, make_env
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interpreter.diagnostics.codes import CODES
from interpreter.expr.closures import closure, condition_closure, text_closure
from interpreter.expr.env import Env
from interpreter.expr.inference import Typed, infer, infer_condition, infer_template
from interpreter.expr.parser import parse_expression
from interpreter.expr.templates import parse_template
from interpreter.values import MAX_TEXT, Fault, Value, equal

quick = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def typed(text: str) -> Typed:
    node, problems = parse_expression(text)
    assert node is not None, problems
    return infer(node, SCOPE)


def assert_agrees_with_the_walker(found: Typed) -> None:
    kind, value = outcome(lambda: closure(found)(make_env()))
    expected_kind, expected = outcome(lambda: Walker(SCOPE, make_env()).value(found.node))
    assert kind in (expected_kind, "budget")
    assert kind == "budget" or equal(value, expected)


@quick
@given(kinds().flatmap(well_typed))
def test_a_well_typed_expression_has_the_value_a_plain_walk_finds(text: str) -> None:
    found = typed(text)
    assert {problem.code for problem in found.problems} <= {"DL206", "DL209"}  # by chance
    assert_agrees_with_the_walker(found)


@quick
@given(wild())
def test_a_wild_expression_has_the_value_or_fault_a_plain_walk_finds(text: str) -> None:
    found = typed(text)
    if not any(CODES[problem.code].severity == "error" for problem in found.problems):
        assert_agrees_with_the_walker(found)


def test_a_comprehension_leaves_the_locals_as_they_were() -> None:
    env = make_env()
    before = dict(env.locals)
    closure(typed("[n for n in xs]"))(env)
    closure(typed("[new for new in xs]"))(env)
    with pytest.raises(Fault):
        closure(typed("[1 // (i - 1) for i in xs]"))(env)
    assert env.locals == before


def test_or_else_does_not_evaluate_what_it_does_not_need() -> None:
    assert closure(typed("s ?? text(1 // (n - 7))"))(make_env()) == "hello"


def test_a_result_cannot_change_what_it_was_made_of() -> None:
    env = make_env()
    assert closure(typed("xs + [4]"))(env) is not env.locals["xs"]
    assert env.locals["xs"] == [1, 2, 3]


@pytest.mark.parametrize(("text", "kind"), [("nothing", "null"), ("five", "type"), ("data.text", "type")])
def test_a_condition_that_is_no_bool_is_a_fault(text: str, kind: str) -> None:
    node, _ = parse_expression(text)
    assert node is not None
    condition = condition_closure(infer_condition(node, SCOPE))
    with pytest.raises(Fault) as caught:
        condition(make_env())
    assert caught.value.kind == kind


def test_a_condition_that_is_a_bool_is_its_value() -> None:
    node, _ = parse_expression("data.yes")
    assert node is not None
    assert condition_closure(infer_condition(node, SCOPE))(make_env()) is True


@pytest.mark.parametrize("text", ["$(long)$(long)", "$(long)" + "x" * MAX_TEXT])
def test_a_text_that_is_too_long_is_a_fault(text: str) -> None:
    template, _ = parse_template(text)
    say = text_closure(infer_template(template, SCOPE))
    with pytest.raises(Fault, match="longer than"):
        say(make_env())


def test_a_list_that_was_not_expected_cannot_be_printed() -> None:
    template, _ = parse_template("$(data.items)")
    say = text_closure(infer_template(template, SCOPE))
    with pytest.raises(Fault, match="no text form"):
        say(make_env())


def test_a_mishap_within_a_function_is_a_fault() -> None:
    env = make_env()
    env.locals["names"] = 3
    with pytest.raises(Fault) as caught:
        closure(typed('join(",", names)'))(env)
    assert caught.value.kind == "argument"


def deep_list(depth: int) -> Value:
    deep: Value = []
    for _ in range(depth):
        deep = [deep, deep]
    return deep


@pytest.mark.parametrize("text", ["five == word", "five != word", "five in [word]"])
def test_comparing_costs_by_all_that_is_compared(text: str) -> None:
    env = make_env()
    env.locals |= {"five": deep_list(40), "word": deep_list(40)}
    with pytest.raises(Fault) as caught:
        closure(typed(text))(env)
    assert caught.value.kind == "budget"
    env = make_env()
    env.locals |= {"five": {"a": deep_list(3)}, "word": {"a": deep_list(3)}}
    assert closure(typed(text))(env) is ("!=" not in text)


def test_a_text_list_that_is_none_is_still_searched_safely() -> None:
    env = make_env()
    env.locals["names"] = None
    with pytest.raises(Fault) as caught:
        closure(typed("s in names"))(env)
    assert caught.value.kind == "null"


def test_texts_that_are_none_are_a_fault_when_joined() -> None:
    env = make_env()
    env.locals["s"] = None
    with pytest.raises(Fault) as caught:
        closure(typed('s + "!"'))(env)
    assert caught.value.kind == "null"


def say(text: str) -> str:
    template, problems = parse_template(text)
    assert not problems
    return text_closure(infer_template(template, SCOPE))(make_env())


def test_a_text_without_holes_is_itself() -> None:
    assert say("") == ""
    assert say("hello $$(n)") == "hello $(n)"


class Shuffled:
    """Values that keep no promise: every name has the value of some other name."""

    def __init__(self, by: int) -> None:
        self.by = by

    def env(self) -> Env:
        env = make_env()
        for names in (env.locals, env.vars, env.user):
            values = [*env.locals.values(), *env.vars.values()]
            for place, name in enumerate(names):
                names[name] = values[(place + self.by) % len(values)]
        return env


@quick
@given(kinds().flatmap(well_typed), st.integers(0, 50))
def test_values_that_break_the_promise_of_their_type_end_in_a_value_or_a_fault(text: str, by: int) -> None:
    outcome(lambda: closure(typed(text))(Shuffled(by).env()))
