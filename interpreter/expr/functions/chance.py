"""Functions of chance. It comes from the machine, so that tests and replays can pin it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from interpreter.diagnostics.wording import Wording
from interpreter.expr.env import Env
from interpreter.expr.functions.generic import first_item, same
from interpreter.expr.functions.limits import finite, natural
from interpreter.expr.functions.registry import BOOL, INT, LIST, NUMBER, TEXT, Family, Parameter
from interpreter.types.kinds import MapType
from interpreter.values import Fault, Value

FAMILY = Family(
    "random",
    Wording("Chance", "随机"),
    Wording(
        "A test pins these by `given: {random: n}`: `random` gives n, an item is picked by it, counted from 0.",
        "测试中的 `given: {random: n}` 决定结果：`random` 得 n，选取时选第 n 项（从 0 数起）。",
    ),
    asks_chance=True,
)


@FAMILY.function(
    "random",
    Parameter("a", INT),
    Parameter("b", INT),
    result=INT,
    needs_env=True,
    zh="从 a 到 b 的随机整数，含两端。",
    examples={
        "random(7, 7)": "7",
    },
)
def random_int(env: Env, a: int, b: int) -> int:
    """A random whole number from `a` to `b`, both included."""
    if a > b:
        raise Fault("argument", f"random: `a` is {a}, which is more than {b}, which is `b`")
    return env.chance.between(a, b)


@FAMILY.function(
    "choice",
    Parameter("list", LIST),
    result=first_item,
    needs_env=True,
    zh="随机的一项。",
    examples={
        'choice(["a"])': '"a"',
    },
)
def choice(env: Env, items: Sequence[Value]) -> Value:
    """A random item of the list."""
    if not items:
        raise Fault("argument", "choice: the list is empty")
    return items[env.chance.pick(len(items))]


@FAMILY.function(
    "weighted_choice",
    Parameter("map", MapType(NUMBER)),
    result=TEXT,
    needs_env=True,
    zh="按权重随机选一个键。",
    examples={
        'weighted_choice({"a": 1, "b": 0})': '"a"',
    },
)
def weighted_choice(env: Env, weights: Mapping[str, Value]) -> str:
    """A random key of the map; the more often, the larger its value."""
    shares: list[tuple[str, int]] = []
    for key, weight in weights.items():
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight <= _HEAVIEST:
            raise Fault("argument", f"weighted_choice: the value of '{key}' must be a number from 0 to {_HEAVIEST}")
        shares.append((key, round(weight * 1000)))
    total = sum(share for _, share in shares)
    if not total:
        raise Fault("argument", "weighted_choice: nothing in the map has a weight")
    drawn = env.chance.pick(total)
    borders = accumulate(share for _, share in shares)
    return next(key for (key, _), border in zip(shares, borders, strict=True) if drawn < border)


@FAMILY.function(
    "shuffle",
    Parameter("list", LIST),
    result=same,
    needs_env=True,
    zh="打乱顺序的列表。",
    examples={
        'shuffle(["a"])': '["a"]',
    },
)
def shuffle(env: Env, items: Sequence[Value]) -> Sequence[Value]:
    """The items in random order."""
    return sample(env, items, len(items))


@FAMILY.function(
    "sample",
    Parameter("list", LIST),
    Parameter("n", INT),
    result=same,
    needs_env=True,
    zh="随机的 n 项，不重复取；不足 n 项则全部。",
    examples={
        "len(sample([1, 2, 3], 2))": "2",
    },
)
def sample(env: Env, items: Sequence[Value], n: int) -> Sequence[Value]:
    """As many as `n` random items, none taken twice; all of them if there are fewer."""
    rest = list(items)
    count = min(natural("sample", n), len(rest))
    for place in range(count):
        chosen = place + env.chance.pick(len(rest) - place)
        rest[place], rest[chosen] = rest[chosen], rest[place]
    return rest[:count]


@FAMILY.function(
    "chance",
    Parameter("percent", NUMBER),
    result=BOOL,
    needs_env=True,
    zh="以百分之 percent 的概率为 true。",
    examples={
        "chance(100)": "true",
        "chance(0)": "false",
    },
)
def chance(env: Env, percent: float) -> bool:
    """True in `percent` of a hundred cases."""
    return env.chance.between(1, 10_000) <= finite(percent) * 100


@FAMILY.function(
    "random_digits",
    Parameter("n", INT),
    result=TEXT,
    needs_env=True,
    zh="n 位随机数字，如验证码。",
    examples={
        "len(random_digits(6))": "6",
    },
)
def random_digits(env: Env, n: int) -> str:
    """A text of `n` random digits, such as a verification code."""
    if not 1 <= n <= _MOST_DIGITS:
        raise Fault("argument", f"random_digits: `n` must be from 1 to {_MOST_DIGITS}, it is {n}")
    return "".join(str(env.chance.pick(10)) for _ in range(n))


_HEAVIEST = 1_000_000
_MOST_DIGITS = 64
