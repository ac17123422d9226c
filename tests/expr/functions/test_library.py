"""What holds of every function: documented, sound in its types, within limits, and never an exception but `Fault`."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interpreter.diagnostics.fault_words import logged_fault
from interpreter.expr.assignable import join
from interpreter.expr.closures import closure
from interpreter.expr.env import Env
from interpreter.expr.functions.library import FUNCTIONS, families
from interpreter.expr.functions.registry import Function, Missing, Parameter, check_kind
from interpreter.expr.inference import infer
from interpreter.expr.parser import parse_expression
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.types.kinds import (
    AnyType,
    BoolType,
    DateTimeType,
    DateType,
    DurationType,
    EnumType,
    ErrorType,
    IntType,
    ListType,
    MapType,
    NullType,
    NumberType,
    OptionalType,
    TextType,
    TimeType,
    Type,
    show,
)
from interpreter.values import MAX_INT, MAX_ITEMS, MAX_TEXT, Fault, Value, kind_of

every_function = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
SHANGHAI = ZoneInfo("Asia/Shanghai")
EARLIEST, LATEST = datetime.min.replace(tzinfo=SHANGHAI), datetime.max.replace(tzinfo=SHANGHAI)

ints = st.integers(-MAX_INT, MAX_INT) | st.integers(-3, 12)
numbers = ints | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from((0.5, -2.5, 1.005))
texts = st.text(max_size=12) | st.sampled_from(
    (
        "",
        "a",
        "n",
        "12",
        "１２",
        "三点半",
        "2026-01-02",
        "{",
        "{}{0}{n}",
        "[1, {}]",
        "/(a/",
        "(",
        r"\d+",
        "$1",
        "https://[",
        "a=b&c",
    )
)
dates = st.dates()
datetimes = st.datetimes(timezones=st.just(SHANGHAI))
times = st.times().map(lambda clock: clock.replace(fold=0))
durations = st.timedeltas()
scalars = st.none() | st.booleans() | numbers | texts | dates | datetimes | times | durations
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)
lists = (
    st.lists(values, max_size=4)
    | st.lists(numbers, max_size=5)
    | st.lists(texts, max_size=5)
    | st.lists(st.booleans(), max_size=3)
    | st.lists(st.dictionaries(st.sampled_from("an"), ints), max_size=3)
    | st.lists(st.fixed_dictionaries({"n": ints, "a": texts}), max_size=4)
)
maps = st.dictionaries(texts, values, max_size=4) | st.dictionaries(texts, numbers, max_size=4)


def of_type(kind: Type) -> st.SearchStrategy[Value]:
    match kind:
        case OptionalType(inner=inner):
            return st.none() | of_type(inner)
        case ListType(item=TextType()):
            return st.lists(texts, max_size=5) | lists
        case AnyType():
            return values | lists | maps
        case IntType(low=int(low), high=int(high)):
            return st.integers(low - 1, high + 1)
        case _:
            return {
                TextType: texts,
                IntType: ints,
                NumberType: numbers,
                BoolType: st.booleans(),
                DateType: dates,
                DateTimeType: datetimes,
                TimeType: times,
                DurationType: durations,
                ListType: lists,
                MapType: maps,
            }[type(kind)]


def of_parameter(parameter: Parameter) -> st.SearchStrategy[Value]:
    return st.one_of(*map(of_type, parameter.one_of or (parameter.type,)))


def arguments_of(function: Function) -> st.SearchStrategy[tuple[Value, ...]]:
    fixed = st.tuples(*map(of_parameter, function.parameters))
    if function.rest is None:
        return fixed
    return st.tuples(fixed, st.lists(of_parameter(function.rest), max_size=3)).map(lambda both: (*both[0], *both[1]))


def type_of(value: Value) -> Type:
    """The narrowest type a checker could know of a value; what is empty might hold anything, such as whole numbers."""
    match kind_of(value):
        case "list":
            return ListType(reduce(join, map(type_of, value)) if value else IntType())  # type: ignore[arg-type]
        case "map":
            found = [type_of(item) for item in value.values()]  # type: ignore[union-attr]
            return MapType(reduce(join, found) if found else IntType())
        case word:
            return {
                "null": NullType(),
                "bool": BoolType(),
                "int": IntType(),
                "number": NumberType(),
                "text": TextType(),
                "date": DateType(),
                "time": TimeType(),
                "datetime": DateTimeType(),
                "duration": DurationType(),
            }[word]


def is_of(kind: Type, value: Value) -> bool:
    match kind:
        case AnyType() | ErrorType():
            return True
        case OptionalType(inner=inner):
            return value is None or is_of(inner, value)
        case ListType(item=item):
            return check_kind(kind, value) and all(is_of(item, each) for each in value)  # type: ignore[union-attr]
        case MapType(item=item):
            return isinstance(value, Mapping) and all(is_of(item, each) for each in value.values())
        case IntType(low=int(low), high=int(high)):
            return isinstance(value, int) and low <= value <= high
        case EnumType(values=names):
            return value in names
        case _:
            return check_kind(kind, value)


def is_small_enough(value: Value) -> bool:
    match value:
        case str():
            return len(value) <= MAX_TEXT
        case bool() | None:
            return True
        case int():
            return abs(value) <= MAX_INT
        case float():
            return abs(value) < float("inf")
        case list() | tuple():
            return len(value) <= MAX_ITEMS and all(map(is_small_enough, value))
        case dict():
            return len(value) <= MAX_ITEMS and all(map(is_small_enough, value.values()))
        case _:
            return True


def outcome(function: Function, arguments: tuple[Value, ...], env) -> Value | Fault:
    """What comes of a call; every exception but a fault fails the test."""
    try:
        return function.call(env, *arguments) if function.needs_env else function.call(*arguments)
    except Fault as fault:
        return fault


def is_fair(result: Value | Fault) -> bool:
    """Whether it is a fault of a function, or a value that is not too large."""
    if isinstance(result, Fault):
        return result.kind in ("argument", "budget", "arithmetic", "type")
    return is_small_enough(result)


def test_no_two_functions_share_a_name() -> None:
    assert len(FUNCTIONS) == sum(len(family.functions) for family in families())


@every_function
def test_a_function_explains_itself_in_both_languages(function: Function) -> None:
    assert re.fullmatch(r"[A-Z].*[.;]", function.summary.en)
    assert re.search(r"[\u4e00-\u9fff]", function.summary.zh)
    assert function.summary.zh.endswith("。")
    assert function.examples


@every_function
def test_parameters_have_names_of_their_own_and_defaults_they_take(function: Function) -> None:
    names = [parameter.name for parameter in (*function.parameters, *((function.rest,) if function.rest else ()))]
    assert len(set(names)) == len(names)
    has_default = [not isinstance(parameter.default, Missing) for parameter in function.parameters]
    assert has_default == sorted(has_default), "a parameter without a default follows one with"
    for parameter in function.parameters:
        assert isinstance(parameter.default, Missing) or parameter.accepts(parameter.default)


@every_function
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=st.data())
def test_a_call_gives_what_its_type_promises_or_a_fault(env, function: Function, drawn: st.DataObject) -> None:
    arguments = drawn.draw(arguments_of(function))
    pinned = drawn.draw(st.lists(st.integers(0, 99), min_size=1, max_size=4))
    result = outcome(function, arguments, env(*pinned))
    assert is_fair(result)
    if not isinstance(result, Fault):
        promised = function.result_type([type_of(argument) for argument in arguments])
        assert is_of(promised, result), f"{result!r} is not {show(promised)}"


LARGE_TEXTS = (
    "ﷺ" * MAX_TEXT,
    "a " * (MAX_TEXT // 2),
    "\n" * MAX_TEXT,
    "&" * MAX_TEXT,
    "{}" * (MAX_TEXT // 2),
    "[" * MAX_TEXT,
)
LARGE_LISTS = (list(range(MAX_ITEMS)), [["a" * MAX_TEXT] * 100] * 100, ["x" * MAX_TEXT] * MAX_ITEMS)
LARGE_MAPS = ({str(n): "v" * 1000 for n in range(MAX_ITEMS)},)


def large(parameter: Parameter, which: int) -> Value:
    for kind in parameter.one_of or (parameter.type,):
        match kind:
            case TextType() | AnyType() | OptionalType(inner=TextType()):
                return LARGE_TEXTS[which]
            case IntType() | NumberType() | OptionalType(inner=IntType()):
                return (MAX_INT, -MAX_INT)[which % 2]
            case ListType():
                return LARGE_LISTS[which % len(LARGE_LISTS)]
            case MapType():
                return LARGE_MAPS[0]
            case DateType():
                return (date.min, date.max)[which % 2]
            case DateTimeType():
                return (EARLIEST, LATEST)[which % 2]
            case DurationType():
                return (timedelta.min, timedelta.max)[which % 2]
            case _:
                pass
    return next(value for value in (True, time.max) if parameter.accepts(value))


@every_function
@pytest.mark.parametrize("which", range(len(LARGE_TEXTS)))
def test_the_largest_arguments_give_no_larger_a_result_or_a_fault(env, function: Function, which: int) -> None:
    arguments = tuple(large(parameter, which) for parameter in function.parameters)
    assert is_fair(outcome(function, arguments, env(0)))


HALF_A_PAIR = "\ud800"
SAMPLES: tuple[Value, ...] = (
    HALF_A_PAIR,
    1,
    True,
    [HALF_A_PAIR],
    {HALF_A_PAIR: 1},
    date(2026, 1, 1),
    datetime(2026, 1, 1, tzinfo=SHANGHAI),
    timedelta(1),
    time(8),
)


@every_function
def test_half_a_surrogate_pair_breaks_nothing(env, function: Function) -> None:
    arguments = tuple(next(filter(parameter.accepts, SAMPLES)) for parameter in function.parameters)
    assert is_fair(outcome(function, arguments, env(0)))


CANARIES = [
    "canary",
    "(canary",
    "{canary}",
    "{0} {canary} {",
    "YYYY canary",
    "$canary",
    "%canary%",
    '{"canary": canary',
    "http://[::canary",
    "canary: the text is not JSON",
    "`canary` is not set",
    "canary " * 200,
]
OTHERS: list[Value] = [-1, 0, 13, 2**50, 1.5, True, None, [], {}, date(9999, 12, 31), time(1, 2), timedelta(-5)]


@every_function
def test_no_fault_of_a_function_logs_what_it_was_given(function: Function, env: Callable[..., Env]) -> None:
    chance = random.Random(function.name)
    said = [*CANARIES, *([text] for text in CANARIES), *({text: -1} for text in CANARIES)]
    parameters = [*function.parameters, *([function.rest] if function.rest else [])]
    fitting = [[value for value in (*said, *OTHERS) if parameter.accepts(value)] for parameter in parameters]
    for _ in range(60 if all(fitting) else 0):
        world = env()
        locals = world.locals = {f"x{number}": chance.choice(values) for number, values in enumerate(fitting)}
        scope = Scope(dict.fromkeys(locals, Binding(AnyType(), Storage.LOCAL)))
        node, _ = parse_expression(f"{function.name}({', '.join(locals)})")
        assert node is not None
        try:
            closure(infer(node, scope))(world)
        except Fault as fault:
            words = logged_fault(fault.kind, fault.message)
            assert "canary" not in f"{words.en} {words.zh}"
