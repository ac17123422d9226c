"""Functions of maps, and of lists of maps such as a service answers with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from interpreter.diagnostics.wording import Wording
from interpreter.expr.assignable import join as join_types
from interpreter.expr.env import Env
from interpreter.expr.functions.comparing import Ordered, identity, in_order
from interpreter.expr.functions.generic import item_of, same
from interpreter.expr.functions.limits import room_for_items
from interpreter.expr.functions.registry import ANY, BOOL, INT, LIST, MAP, TEXT, Family, Parameter
from interpreter.types.kinds import ListType, MapType, OptionalType, Type, optional
from interpreter.values import Fault, Value, kind_of, print_value

FAMILY = Family("map", Wording("Maps and lists of maps", "映射与映射的列表"))


def _values(arguments: Sequence[Type]) -> Type:
    return ListType(item_of(arguments[0]))


def _merged(arguments: Sequence[Type]) -> Type:
    return MapType(join_types(item_of(arguments[0]), item_of(arguments[1])))


def _fewer(arguments: Sequence[Type]) -> Type:
    return MapType(item_of(arguments[0]))


def _field_of_items(arguments: Sequence[Type]) -> Type:
    return ListType(optional(item_of(item_of(arguments[0]))))


def _groups(arguments: Sequence[Type]) -> Type:
    return MapType(ListType(item_of(arguments[0])))


def _from_lists(arguments: Sequence[Type]) -> Type:
    return MapType(item_of(arguments[1]))


@FAMILY.function(
    "keys",
    Parameter("map", MAP),
    result=ListType(TEXT),
    zh="映射的键。",
    examples={
        'keys({"a": 1, "b": 2})': '["a", "b"]',
    },
)
def keys(entries: Mapping[str, Value]) -> Sequence[str]:
    """The keys of the map."""
    return list(entries)


@FAMILY.function(
    "values",
    Parameter("map", MAP),
    result=_values,
    zh="映射的值。",
    examples={
        'values({"a": 1, "b": 2})': "[1, 2]",
    },
)
def values(entries: Mapping[str, Value]) -> Sequence[Value]:
    """The values of the map."""
    return list(entries.values())


@FAMILY.function(
    "entries",
    Parameter("map", MAP),
    result=ListType(MAP),
    zh="映射的各项，每项有 key 和 value。",
    examples={
        'entries({"a": 1})': '[{"key": "a", "value": 1}]',
    },
)
def entries_of(entries: Mapping[str, Value]) -> Sequence[Value]:
    """The entries of the map, each a map with `key` and `value`."""
    return [{"key": key, "value": value} for key, value in entries.items()]


@FAMILY.function(
    "has",
    Parameter("map", MAP),
    Parameter("key", TEXT),
    result=BOOL,
    zh="映射中是否有这个键。",
    examples={
        'has({"a": null}, "a")': "true",
        'has({}, "a")': "false",
    },
)
def has(entries: Mapping[str, Value], key: str) -> bool:
    """Whether the map has the key."""
    return key in entries


@FAMILY.function(
    "get",
    Parameter("x", ANY, one_of=(MAP, LIST)),
    Parameter("key", ANY, one_of=(TEXT, INT)),
    Parameter("default", ANY, None),
    result=ANY,
    zh="键的值或该位置的项；没有则为 default。",
    examples={
        'get({"a": 1}, "a")': "1",
        'get({"a": 1}, "b", 0)': "0",
        "get([5, 6], 9)": "null",
    },
)
def get(x: Mapping[str, Value] | Sequence[Value], key: str | int, default: Value) -> Value:
    """The value of a key, or the item at a place of a list; `default` if there is none."""
    if isinstance(x, Mapping):
        return x.get(key, default) if isinstance(key, str) else default
    if isinstance(key, str):
        return default
    return x[key] if -len(x) <= key < len(x) else default


@FAMILY.function(
    "merge",
    Parameter("a", MAP),
    Parameter("b", MAP),
    result=_merged,
    zh="合并两个映射，b 的值优先。",
    examples={
        'merge({"a": 1, "b": 2}, {"b": 3})': '{"a": 1, "b": 3}',
    },
)
def merge(a: Mapping[str, Value], b: Mapping[str, Value]) -> Mapping[str, Value]:
    """Both maps in one; where both have a key, the value of `b` counts."""
    merged = {**a, **b}
    room_for_items(len(merged))
    return merged


@FAMILY.function(
    "only",
    Parameter("map", MAP),
    Parameter("keys", ListType(TEXT)),
    result=_fewer,
    zh="只留下这些键。",
    examples={
        'only({"a": 1, "b": 2}, ["a"])': '{"a": 1}',
    },
)
def only(entries: Mapping[str, Value], wanted: Sequence[Value]) -> Mapping[str, Value]:
    """The map with these keys alone."""
    names = _texts("only", wanted)
    return {key: value for key, value in entries.items() if key in names}


@FAMILY.function(
    "without",
    Parameter("map", MAP),
    Parameter("keys", ListType(TEXT)),
    result=_fewer,
    zh="去掉这些键。",
    examples={
        'without({"a": 1, "b": 2}, ["a"])': '{"b": 2}',
    },
)
def without(entries: Mapping[str, Value], unwanted: Sequence[Value]) -> Mapping[str, Value]:
    """The map without these keys."""
    names = _texts("without", unwanted)
    return {key: value for key, value in entries.items() if key not in names}


@FAMILY.function(
    "map",
    Parameter("keys", ListType(TEXT)),
    Parameter("values", LIST),
    result=_from_lists,
    zh="由键的列表和值的列表组成的映射。",
    examples={
        'map(["a", "b"], [1, 2])': '{"a": 1, "b": 2}',
    },
)
def map_of(names: Sequence[Value], items: Sequence[Value]) -> Mapping[str, Value]:
    """The map of a list of keys and a list of their values."""
    if len(names) != len(items):
        raise Fault("argument", f"map: there are {len(names)} keys but {len(items)} values")
    _texts("map", names)
    return {str(name): item for name, item in zip(names, items, strict=True)}


@FAMILY.function(
    "sort",
    Parameter("list", LIST),
    Parameter("by", OptionalType(TEXT), None),
    Parameter("descending", BOOL, False),
    result=same,
    zh="排好序的列表；by 是映射的字段名；为 null 的排在最后。",
    examples={
        "sort([3, 1, 2])": "[1, 2, 3]",
        "sort([3, 1, 2], descending=true)": "[3, 2, 1]",
        'sort([{"n": 2}, {"n": 1}], by="n")': '[{"n": 1}, {"n": 2}]',
    },
)
def sort(items: Sequence[Value], by: str | None, descending: bool) -> Sequence[Value]:
    """The list in order, of maps by one of their fields; null comes last."""
    keys = list(items) if by is None else _fields("sort", items, by)
    order = in_order([key for key in keys if key is not None], "sort")
    ranks = iter(order)
    ranked = [(next(ranks), item) for key, item in zip(keys, items, strict=True) if key is not None]
    ranked.sort(key=_rank, reverse=descending)
    return [item for _, item in ranked] + [item for key, item in zip(keys, items, strict=True) if key is None]


@FAMILY.function(
    "pluck",
    Parameter("list", LIST),
    Parameter("field", TEXT),
    result=_field_of_items,
    zh="各映射中这个字段的值。",
    examples={
        'pluck([{"name": "甲", "age": 30}, {"name": "乙", "age": 20}], "name")': '["甲", "乙"]',
    },
)
def pluck(items: Sequence[Value], field: str) -> Sequence[Value]:
    """The value of one field of every map in the list; null where it is missing."""
    return _fields("pluck", items, field)


@FAMILY.function(
    "where",
    Parameter("list", LIST),
    Parameter("field", TEXT),
    Parameter("value", ANY),
    result=same,
    needs_env=True,
    zh="字段等于 value 的各个映射。",
    examples={
        'where([{"name": "甲", "age": 30}, {"name": "乙", "age": 20}], "age", 20)': '[{"name": "乙", "age": 20}]',
    },
)
def where(env: Env, items: Sequence[Value], field: str, value: Value) -> Sequence[Value]:
    """The maps of the list whose field has this value."""
    wanted = identity(env, value)
    found = zip(items, _fields("where", items, field), strict=True)
    return [item for item, each in found if identity(env, each) == wanted]


@FAMILY.function(
    "group_by",
    Parameter("list", LIST),
    Parameter("field", TEXT),
    result=_groups,
    zh="按字段的值把映射分组。",
    examples={
        'group_by([{"c": "甲", "n": 1}, {"c": "乙", "n": 2}], "c")["乙"]': '[{"c": "乙", "n": 2}]',
    },
)
def group_by(items: Sequence[Value], field: str) -> Mapping[str, Value]:
    """The maps of the list in groups, by what their field prints as."""
    groups: dict[str, list[Value]] = {}
    for item, each in zip(items, _fields("group_by", items, field), strict=True):
        groups.setdefault(print_value(each), []).append(item)
    return groups


@FAMILY.function(
    "count_by",
    Parameter("list", LIST),
    Parameter("field", OptionalType(TEXT), None),
    result=MapType(INT),
    zh="各个值（或字段的值）出现的次数。",
    examples={
        'count_by(["甲", "乙", "甲"])': '{"甲": 2, "乙": 1}',
        'count_by([{"c": "甲"}], "c")': '{"甲": 1}',
    },
)
def count_by(items: Sequence[Value], field: str | None) -> Mapping[str, int]:
    """How often each item occurs, or each value of a field of the maps in the list, by what it prints as."""
    return dict(Counter(map(print_value, items if field is None else _fields("count_by", items, field))))


def _rank(pair: tuple[Ordered, Value]) -> Ordered:
    return pair[0]


def _fields(function: str, items: Sequence[Value], field: str) -> Sequence[Value]:
    found: list[Value] = []
    for item in items:
        if not isinstance(item, Mapping):
            raise Fault("argument", f"{function}: the list has an item of the kind {kind_of(item)} among its maps")
        found.append(item.get(field))
    return found


def _texts(function: str, names: Sequence[Value]) -> set[str]:
    for name in names:
        if not isinstance(name, str):
            raise Fault("argument", f"{function}: a key must be a text, not of the kind {kind_of(name)}")
    return set(map(str, names))
