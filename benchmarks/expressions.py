"""Expressions compiled by us beside the same expressions as Python lambdas; microseconds for one evaluation.

    python benchmarks/expressions.py

A lambda is the ceiling: it checks no types, counts no steps and knows no positions. Both read their variables from
dictionaries. The last line is the geometric mean of the ratios.
"""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
import timeit
from collections.abc import Callable, Mapping

from interpreter.expr.closures import closure
from interpreter.expr.env import Env
from interpreter.expr.inference import infer
from interpreter.expr.parser import parse_expression
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.machine.chance import chance_from
from interpreter.types.kinds import BoolType, IntType, ListType, NumberType, RecordType, TextType, Type
from interpreter.values import Value

TYPES: Mapping[str, Type] = {
    "age": IntType(),
    "city": TextType(),
    "a": NumberType(),
    "b": NumberType(),
    "c": NumberType(),
    "name": TextType(),
    "words": ListType(TextType()),
    "vip": BoolType(),
    "profile": RecordType("profile", {"name": TextType(), "level": IntType()}),
}
VALUES: Mapping[str, Value] = {
    "age": 30,
    "city": "上海",
    "a": 1.5,
    "b": 2.5,
    "c": 8.0,
    "name": " Ann ",
    "words": ("a", "b", "c"),
    "vip": True,
    "profile": {"name": "Ann", "level": 3},
}
SLICE = 1_000
"""Evaluations measured at a time; the two sides take turns."""
PAIRS: tuple[tuple[str, Callable[[Mapping[str, Value]], object]], ...] = (
    ('age >= 18 and city == "上海"', lambda v: v["age"] >= 18 and v["city"] == "上海"),
    ("a + b * 2 - c / 4", lambda v: v["a"] + v["b"] * 2 - v["c"] / 4),
    ('profile.name == "Ann"', lambda v: v["profile"]["name"] == "Ann"),
    ("len(upper(trim(name)))", lambda v: len(v["name"].strip().upper())),
    (
        'age * 2 + len(city) - profile.level > 10 and (vip or name == "Bob")',
        lambda v: v["age"] * 2 + len(v["city"]) - v["profile"]["level"] > 10 and (v["vip"] or v["name"] == "Bob"),
    ),
    ('"成年" if age >= 18 else "未成年"', lambda v: "成年" if v["age"] >= 18 else "未成年"),
    ('"b" in words and not (age < 18)', lambda v: "b" in v["words"] and not (v["age"] < 18)),
)


def compiled(source: str) -> Callable[[Env], Value]:
    """An expression of the language over the variables above."""
    node, problems = parse_expression(source)
    assert node is not None, problems
    typed = infer(node, Scope({name: Binding(kind, Storage.LOCAL) for name, kind in TYPES.items()}))
    assert not typed.problems, (source, typed.problems)
    return closure(typed)


def evaluate(expression: Callable[..., object], variables: object) -> float:
    """Seconds for a slice of evaluations; of many slices the fastest is the one that nothing has disturbed."""
    return timeit.timeit("expression(variables)", globals=locals(), number=SLICE)


def run(*, quick: bool) -> dict[str, dict[str, float]]:
    """By expression: microseconds of each side and their ratio; and the geometric mean of the ratios."""
    rounds = 50 if quick else 500
    env = Env(
        locals=dict(VALUES), vars={}, user={}, roots={}, chance=chance_from(1), locale="zh", say_text=lambda name: name
    )
    table: dict[str, dict[str, float]] = {}
    for source, native in PAIRS:
        ours = compiled(source)
        assert ours(env) == native(VALUES), source
        pairs = [(evaluate(ours, env), evaluate(native, VALUES)) for _ in range(rounds)]
        mine, theirs = (min(column) for column in zip(*pairs, strict=True))
        table[source] = {
            "ours_us": mine / SLICE * 1e6,
            "lambda_us": theirs / SLICE * 1e6,
            "ratio": mine / theirs,
        }
    mean = math.exp(statistics.mean(math.log(row["ratio"]) for row in table.values()))
    return {**table, "geometric mean": {"ratio": mean}}


def ratio(*, quick: bool) -> float:
    """The mean in a process that is neither lucky nor unlucky: where things lie in memory is worth a fifth."""
    command = [sys.executable, __file__, *(["--quick"] if quick else [])]
    runs = [subprocess.run(command, capture_output=True, check=True).stdout for _ in range(1 if quick else 5)]
    return statistics.median(json.loads(each)["geometric mean"]["ratio"] for each in runs)


if __name__ == "__main__":
    json.dump(run(quick="--quick" in sys.argv), sys.stdout, indent=1, ensure_ascii=False)
    print()
