from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from interpreter.diagnostics.wording import Wording
from interpreter.expr.functions.registry import (
    ANY,
    BOOL,
    CHARACTERS_PER_STEP,
    DATE,
    DATETIME,
    DURATION,
    INT,
    LIST,
    MAP,
    NUMBER,
    TEXT,
    TIME,
    Family,
    Parameter,
    check_kind,
)
from interpreter.types.kinds import (
    EntityType,
    EnumType,
    ErrorType,
    ListType,
    MediaType,
    NullType,
    OptionalType,
    RecordType,
    Type,
)
from interpreter.values import Fault, Value

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
BY_KIND: dict[str, Value] = {
    "null": None,
    "bool": True,
    "int": 1,
    "number": 1.5,
    "text": "a",
    "list": [1],
    "map": {"a": 1},
    "date": date(2026, 1, 1),
    "time": time(8),
    "datetime": MOMENT,
    "duration": timedelta(1),
}


@pytest.mark.parametrize(
    ("kind", "taken"),
    [
        (TEXT, "text"),
        (EnumType(("a",)), "text"),
        (EntityType("cities"), "text"),
        (INT, "int"),
        (NUMBER, "int number"),
        (BOOL, "bool"),
        (DATE, "date"),
        (TIME, "time"),
        (DATETIME, "datetime"),
        (DURATION, "duration"),
        (LIST, "list"),
        (ListType(TEXT), "list"),
        (MAP, "map"),
        (RecordType("user", {}), "map"),
        (MediaType("image"), "map"),
        (NullType(), "null"),
        (OptionalType(INT), "null int"),
        (ANY, " ".join(BY_KIND)),
        (ErrorType(), " ".join(BY_KIND)),
    ],
)
def test_a_type_takes_values_of_its_own_kind_only(kind: Type, taken: str) -> None:
    assert [word for word, value in BY_KIND.items() if check_kind(kind, value)] == taken.split()


def test_a_parameter_takes_what_one_of_its_types_takes() -> None:
    parameter = Parameter("x", ANY, one_of=(TEXT, LIST))
    assert [word for word, value in BY_KIND.items() if parameter.accepts(value)] == ["text", "list"]
    assert parameter.show_type() == "text | list"


def _family() -> Family:
    family = Family("tests", Wording("Tests", "测试"))

    @family.function("size", Parameter("x", ANY), result=INT, zh="大小。", examples={'size("a")': "1"})
    def size(x: str | list[Value]) -> int:
        """The size."""
        return len(x)

    @family.function("twice", Parameter("n", INT), result=INT, zh="两倍。", examples={"twice(2)": "4"})
    def twice(n: int) -> int:
        """Twice the number."""
        return n * 2

    return family


def test_the_docstring_of_the_code_is_the_summary_in_english() -> None:
    assert _family().functions[0].summary == Wording("The size.", "大小。")


def test_a_function_of_numbers_needs_no_environment() -> None:
    twice = _family().functions[1]
    assert not twice.needs_env
    assert twice.call(4) == 8


@pytest.mark.parametrize(
    ("value", "steps"), [([1] * 30, 30), ({"a": 1}, 1), ("a" * 10 * CHARACTERS_PER_STEP, 10), ("a", 0)]
)
def test_arguments_cost_steps_by_their_size(env, value: Value, steps: int) -> None:
    environment = env()
    before = environment.steps
    _family().functions[0].call(environment, value)
    assert before - environment.steps == steps


def test_a_call_beyond_the_budget_is_a_fault(env) -> None:
    environment = env()
    environment.steps = 2
    with pytest.raises(Fault) as caught:
        _family().functions[0].call(environment, [1, 2, 3])
    assert caught.value.kind == "budget"
