"""Functions of lists. Lists are never changed; what changes one gives a new one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from interpreter.diagnostics.wording import Wording
from interpreter.expr.assignable import join as join_types
from interpreter.expr.env import Env
from interpreter.expr.functions.comparing import identity
from interpreter.expr.functions.generic import first_item_or_null, item_of, same
from interpreter.expr.functions.limits import natural, room_for_items, room_for_text
from interpreter.expr.functions.locales import is_chinese
from interpreter.expr.functions.registry import ANY, BOOL, INT, LIST, TEXT, Family, Parameter
from interpreter.types.kinds import ListType, OptionalType, Type, optional, required
from interpreter.values import Fault, Value, kind_of, print_value

FAMILY = Family("list", Wording("Lists", "列表"))


def _flat(arguments: Sequence[Type]) -> Type:
    item = item_of(arguments[0])
    inner = required(item)
    if not isinstance(inner, ListType):
        return LIST
    return inner if item == inner else ListType(optional(inner.item))  # a null among the lists stays one


def _without_null(arguments: Sequence[Type]) -> Type:
    return ListType(required(item_of(arguments[0])))


def _list_of_lists(arguments: Sequence[Type]) -> Type:
    return ListType(ListType(item_of(arguments[0])))


def _list_of_pairs(arguments: Sequence[Type]) -> Type:
    return ListType(ListType(join_types(item_of(arguments[0]), item_of(arguments[1]))))


def _list_of_either(arguments: Sequence[Type]) -> Type:
    return ListType(join_types(item_of(arguments[0]), item_of(arguments[1])))


def _with_item(arguments: Sequence[Type]) -> Type:
    return ListType(join_types(item_of(arguments[0]), arguments[1]))


@FAMILY.function(
    "range",
    Parameter("a", INT),
    Parameter("b", INT),
    result=ListType(INT),
    zh="从 a 到 b 的整数，不含 b。",
    examples={
        "range(1, 4)": "[1, 2, 3]",
        "range(3, 3)": "[]",
    },
)
def whole_numbers(a: int, b: int) -> Sequence[int]:
    """The whole numbers from `a` up to `b`, without `b`."""
    room_for_items(b - a)
    return list(range(a, b))


@FAMILY.function(
    "first",
    Parameter("list", LIST),
    result=first_item_or_null,
    zh="第一项；空列表为 null。",
    examples={
        "first([7, 8])": "7",
        "first([])": "null",
    },
)
def first(items: Sequence[Value]) -> Value:
    """The first item; null if there is none."""
    return items[0] if items else None


@FAMILY.function(
    "last",
    Parameter("list", LIST),
    result=first_item_or_null,
    zh="最后一项；空列表为 null。",
    examples={
        "last([7, 8])": "8",
    },
)
def last(items: Sequence[Value]) -> Value:
    """The last item; null if there is none."""
    return items[-1] if items else None


@FAMILY.function(
    "take",
    Parameter("list", LIST),
    Parameter("n", INT),
    result=same,
    zh="开头的 n 项。",
    examples={
        "take([1, 2, 3], 2)": "[1, 2]",
    },
)
def take(items: Sequence[Value], n: int) -> Sequence[Value]:
    """The first `n` items."""
    return items[: natural("take", n)]


@FAMILY.function(
    "drop",
    Parameter("list", LIST),
    Parameter("n", INT),
    result=same,
    zh="去掉开头的 n 项。",
    examples={
        "drop([1, 2, 3], 2)": "[3]",
    },
)
def drop(items: Sequence[Value], n: int) -> Sequence[Value]:
    """All but the first `n` items."""
    return items[natural("drop", n) :]


@FAMILY.function(
    "append",
    Parameter("list", LIST),
    Parameter("item", ANY),
    result=_with_item,
    zh="末尾加上一项。",
    examples={
        "append([1, 2], 3)": "[1, 2, 3]",
    },
)
def append(items: Sequence[Value], item: Value) -> Sequence[Value]:
    """The list with one more item at its end."""
    room_for_items(len(items) + 1)
    return [*items, item]


@FAMILY.function(
    "index_of",
    Parameter("list", LIST),
    Parameter("item", ANY),
    result=OptionalType(INT),
    needs_env=True,
    zh="这一项第一次出现的位置，从 0 数起；没有则为 null。",
    examples={
        'index_of(["a", "b"], "b")': "1",
        "index_of([1], 2)": "null",
    },
)
def index_of(env: Env, items: Sequence[Value], item: Value) -> int | None:
    """Where the item first stands, counted from 0; null if it does not."""
    wanted = identity(env, item)
    return next((index for index, each in enumerate(items) if identity(env, each) == wanted), None)


@FAMILY.function(
    "unique",
    Parameter("list", LIST),
    result=same,
    needs_env=True,
    zh="去掉重复的项，保留第一次出现的。",
    examples={
        "unique([2, 1, 2])": "[2, 1]",
    },
)
def unique(env: Env, items: Sequence[Value]) -> Sequence[Value]:
    """The list without the items that equal an earlier one."""
    found: dict[Hashable, Value] = {}
    for item in items:
        found.setdefault(identity(env, item), item)
    return list(found.values())


@FAMILY.function(
    "compact",
    Parameter("list", LIST),
    result=_without_null,
    zh="去掉为 null 的项。",
    examples={
        "compact([1, null, 2])": "[1, 2]",
    },
)
def compact(items: Sequence[Value]) -> Sequence[Value]:
    """The list without nulls."""
    return [item for item in items if item is not None]


@FAMILY.function(
    "flatten",
    Parameter("list", LIST),
    result=_flat,
    zh="把列表中的列表摊平一层。",
    examples={
        "flatten([[1, 2], [3]])": "[1, 2, 3]",
    },
)
def flatten(items: Sequence[Value]) -> Sequence[Value]:
    """The items of the lists in the list, one after the other; other items stay."""
    parts = [item if isinstance(item, (list, tuple)) else (item,) for item in items]
    room_for_items(sum(map(len, parts)))
    return [item for part in parts for item in part]


@FAMILY.function(
    "chunk",
    Parameter("list", LIST),
    Parameter("size", INT),
    result=_list_of_lists,
    zh="每 size 项分成一组。",
    examples={
        "chunk([1, 2, 3], 2)": "[[1, 2], [3]]",
    },
)
def chunk(items: Sequence[Value], size: int) -> Sequence[Value]:
    """The items in lists of `size`; the last may be shorter."""
    if size < 1:
        raise Fault("argument", f"chunk: `size` must be at least 1, it is {size}")
    return [items[start : start + size] for start in range(0, len(items), size)]


@FAMILY.function(
    "zip",
    Parameter("a", LIST),
    Parameter("b", LIST),
    result=_list_of_pairs,
    zh="两个列表的项两两成对，以较短的为准。",
    examples={
        'zip(["a", "b"], [1, 2])': '[["a", 1], ["b", 2]]',
    },
)
def pairs(a: Sequence[Value], b: Sequence[Value]) -> Sequence[Value]:
    """Pairs of an item of each list, as many as the shorter has."""
    return [[one, other] for one, other in zip(a, b, strict=False)]


@FAMILY.function(
    "union",
    Parameter("a", LIST),
    Parameter("b", LIST),
    result=_list_of_either,
    needs_env=True,
    zh="两个列表的所有项，不重复。",
    examples={
        "union([1, 2], [2, 3])": "[1, 2, 3]",
    },
)
def union(env: Env, a: Sequence[Value], b: Sequence[Value]) -> Sequence[Value]:
    """The items of both lists, each once."""
    room_for_items(len(a) + len(b))
    return unique(env, [*a, *b])


@FAMILY.function(
    "intersect",
    Parameter("a", LIST),
    Parameter("b", LIST),
    result=same,
    needs_env=True,
    zh="同时也在 b 中的项。",
    examples={
        "intersect([1, 2, 3], [3, 1])": "[1, 3]",
    },
)
def intersect(env: Env, a: Sequence[Value], b: Sequence[Value]) -> Sequence[Value]:
    """The items of `a` that are in `b` too."""
    wanted = {identity(env, item) for item in b}
    return [item for item in a if identity(env, item) in wanted]


@FAMILY.function(
    "difference",
    Parameter("a", LIST),
    Parameter("b", LIST),
    result=same,
    needs_env=True,
    zh="不在 b 中的项。",
    examples={
        "difference([1, 2, 3], [2])": "[1, 3]",
    },
)
def difference(env: Env, a: Sequence[Value], b: Sequence[Value]) -> Sequence[Value]:
    """The items of `a` that are not in `b`."""
    unwanted = {identity(env, item) for item in b}
    return [item for item in a if identity(env, item) not in unwanted]


@FAMILY.function(
    "any",
    Parameter("list", LIST),
    result=BOOL,
    zh="列表中是否有 true。",
    examples={
        "any([n > 2 for n in [1, 2, 3]])": "true",
        "any([])": "false",
    },
)
def any_true(items: Sequence[Value]) -> bool:
    """Whether any item of a list of bools is true."""
    return any(_bools("any", items))


@FAMILY.function(
    "all",
    Parameter("list", LIST),
    result=BOOL,
    zh="列表中是否全为 true。",
    examples={
        "all([n > 2 for n in [1, 2, 3]])": "false",
        "all([])": "true",
    },
)
def all_true(items: Sequence[Value]) -> bool:
    """Whether every item of a list of bools is true."""
    return all(_bools("all", items))


@FAMILY.function(
    "join",
    Parameter("sep", TEXT),
    Parameter("list", LIST),
    result=TEXT,
    zh="把各项连成一段文本，中间放 sep。",
    examples={
        'join("、", ["甲", "乙"])': '"甲、乙"',
        'join(" ", [1, 2.5])': '"1 2.5"',
    },
)
def join(sep: str, items: Sequence[Value]) -> str:
    """The items as they print, in one text with `sep` between them."""
    texts = list(map(print_value, items))
    room_for_text(sum(map(len, texts)) + len(sep) * max(0, len(texts) - 1))
    return sep.join(texts)


@FAMILY.function(
    "join_and",
    Parameter("list", LIST),
    result=TEXT,
    needs_env=True,
    zh="按用户的语言把各项列举成一句：甲、乙和丙。",
    examples={
        'join_and(["甲", "乙", "丙"])': '"甲、乙和丙"',
        'join_and(["甲"])': '"甲"',
    },
)
def join_and(env: Env, items: Sequence[Value]) -> str:
    """The items as the user's language counts them up: `a, b and c`."""
    comma, conjunction = ("、", "和") if is_chinese(env) else (", ", " and ")
    if len(items) < 2:
        return join("", items)
    return join(conjunction, [join(comma, items[:-1]), items[-1]])


@FAMILY.function(
    "numbered",
    Parameter("list", LIST),
    Parameter("start", INT, 1),
    result=ListType(TEXT),
    zh="在各项前加上序号。",
    examples={
        'numbered(["甲", "乙"])': '["1. 甲", "2. 乙"]',
    },
)
def numbered(items: Sequence[Value], start: int) -> Sequence[str]:
    """The items as texts with their numbers before them."""
    room_for_text(sum(len(print_value(item)) for item in items))
    return [f"{number}. {print_value(item)}" for number, item in enumerate(items, start)]


def _bools(function: str, items: Sequence[Value]) -> Sequence[Value]:
    for item in items:
        if not isinstance(item, bool):
            raise Fault("argument", f"{function}: the list has an item of the kind {kind_of(item)} among its bools")
    return items
