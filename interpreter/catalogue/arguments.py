"""Comparing the arguments of a call with what its method takes.

Arguments may be nested as they are sent (`{tag: {name: x}}`) or written flat (`{tag.name: x}`); `arrange` makes the
first of the second. Lint compares what is written in a bot; the client, what it is about to send.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from interpreter.catalogue.fields import RAW, Field, Limits, find_field
from interpreter.catalogue.methods import Method
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording

FROM_ACCOUNT = frozenset({"appid", "app_id", "secret", "appsecret", "corpid", "corpsecret"})
"""Parameters that are filled in from the account when they are left out."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INT = re.compile(r"-?\d{1,15}")


class Unknown:
    """A value that is known only when the call is made; `UNKNOWN` stands for it, and fits everywhere."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


class ArgumentProblem(Struct, frozen=True):
    """What is wrong with one argument; `path` is its place, such as `button[0].name`."""

    path: str
    kind: Literal["unknown", "missing", "type", "limit"]
    wording: Wording
    meant: str | None = None


def parameters(method: Method) -> tuple[Field, ...]:
    """Everything a call can give: what the path holds, query and body; one that is the whole body is called `raw`."""
    body = (replace(field, name="raw") if field.name == RAW else field for field in method.body)
    known = (*method.query, *body)
    names = {field.name for field in known}
    in_path = tuple(Field(name, "str", required=True) for name in method.path_names if name not in names)
    return (*in_path, *known)


def check_arguments(method: Method, arguments: Mapping[str, object]) -> tuple[ArgumentProblem, ...]:
    """What is wrong with the arguments of a call, after `arrange`."""
    found = tuple(_check_level(parameters(method), arguments, "", takes_all=method.is_brief, is_top=True))
    return (*found, *_check_content(method, arguments))


def arrange(method: Method, arguments: Mapping[str, object]) -> dict[str, object]:
    """Arguments as they are sent: nested, without what is null, numbers and texts as the method wants them."""
    fields = parameters(method)
    unfolded: dict[str, object] = {}
    for name, value in arguments.items():
        head, dot, rest = name.partition(".")
        field = find_field(fields, head)
        if dot and find_field(fields, name) is None and field is not None and not field.is_free:
            unfolded[head] = _merged(unfolded.get(head), _nested(rest, value))
        else:
            unfolded[name] = _merged(unfolded.get(name), value)
    return _arranged_level(fields, unfolded)


def _nested(path: str, value: object) -> object:
    head, dot, rest = path.partition(".")
    return {head: _nested(rest, value) if dot else value}


def _merged(first: object, second: object) -> object:
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return second
    both = dict(first)
    for name, value in second.items():
        both[name] = _merged(both.get(name), value)
    return both


def _arranged_level(fields: tuple[Field, ...], given: Mapping[str, object]) -> dict[str, object]:
    result: dict[str, object] = {}
    for name, value in given.items():
        field = find_field(fields, name)
        if value is not None:
            result[name] = value if field is None else _arranged(field, value)
    return result


def _arranged(field: Field, value: object) -> object:
    if value is UNKNOWN:
        return value
    if field.is_list:
        items = value if _is_list(value) else [value]
        assert isinstance(items, Sequence)
        inner = Field(field.name, _item_kind(field), fields=field.fields)
        return [_arranged(inner, item) for item in items]
    match field.kind:
        case "object" if isinstance(value, Mapping):
            return _arranged_level(field.fields, value)
        case "object" if field.is_free and field.inside("value") and isinstance(value, (str, int, float)):
            return {"value": str(value)}
        case "str" if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        case "int" | "flag" if isinstance(value, str) and _INT.fullmatch(value):
            return int(value)
        case "bool" | "flag" if value in ("true", "false"):
            return value == "true"
    return value


def _check_level(
    fields: tuple[Field, ...], given: Mapping[str, object], path: str, *, takes_all: bool, is_top: bool = False
) -> Iterator[ArgumentProblem]:
    for name, value in given.items():
        field = find_field(fields, name)
        if field is not None:
            yield from _check_value(field, value, f"{path}{name}", takes_all=takes_all)
        elif not takes_all:
            yield _unknown(f"{path}{name}", name, fields)
    for field in fields:
        filled = field.limits.constant is not None or (is_top and field.name in FROM_ACCOUNT)
        if field.required and not filled and not field.is_free and given.get(field.name) is None:
            yield _missing(f"{path}{field.name}")


def _check_content(method: Method, arguments: Mapping[str, object]) -> Iterator[ArgumentProblem]:
    """Whether a message holds what it says it is."""
    name = arguments.get(method.content) if method.content is not None else None
    field = next((field for field in method.body if field.name == name), None)
    if field is not None and not arguments.get(field.name) and not arguments.get(f"{field.name}s"):
        yield _missing(f"{field.name}.{field.fields[0].name}" if field.fields else field.name)


def _check_value(field: Field, value: object, path: str, *, takes_all: bool) -> Iterator[ArgumentProblem]:
    if value is UNKNOWN:
        return
    if field.is_list:
        if not _is_list(value):
            yield _wrong_type(path, field.kind, value)
            return
        assert isinstance(value, Sequence)
        yield from _check_range(path, len(value), field.limits, is_list=True)
        item = Field(field.name, _item_kind(field), fields=field.fields)
        for index, inner in enumerate(value):
            yield from _check_value(item, inner, f"{path}[{index}]", takes_all=takes_all)
        return
    if not _is_a(field.kind, value):
        yield _wrong_type(path, field.kind, value)
    elif isinstance(value, Mapping) and field.kind == "object":
        yield from _check_level(field.fields, value, f"{path}.", takes_all=takes_all or not field.fields)
    else:
        yield from check_limits(path, value, field.limits)


def check_limits(path: str, value: object, limits: Limits) -> Iterator[ArgumentProblem]:
    """What is wrong with a single value of the right type."""
    text = str(value)
    if limits.constant is not None and text != limits.constant:
        yield _limit(path, f"must be {limits.constant}", f"只能是 {limits.constant}")
    if limits.choices and text not in limits.choices:
        meant = nearest(text, limits.choices)
        hint, hint_zh = (f"; did you mean {meant}?", f"；是不是 {meant}？") if meant else ("", "")
        one_of = ", ".join(limits.choices)
        yield _limit(path, f"must be one of {one_of}{hint}", f"只能是 {one_of} 之一{hint_zh}")
    if limits.bytes is not None and len(text.encode()) > limits.bytes:
        size = len(text.encode())
        yield _limit(
            path, f"has {size} bytes, at most {limits.bytes} are allowed", f"有 {size} 字节，最多 {limits.bytes}"
        )
    if limits.characters is not None and len(text) > limits.characters:
        most = limits.characters
        yield _limit(
            path, f"has {len(text)} characters, at most {most} are allowed", f"有 {len(text)} 个字，最多 {most}"
        )
    if limits.is_date and not _DAY.fullmatch(text):
        yield _limit(path, "must be a day such as 2026-01-31", "应为 2026-01-31 这样的日期")
    if isinstance(value, int) and not isinstance(value, bool):
        yield from _check_range(path, value, limits, is_list=False)


def _check_range(path: str, amount: int, limits: Limits, *, is_list: bool) -> Iterator[ArgumentProblem]:
    thing, thing_zh = (f"has {amount} items", f"有 {amount} 项") if is_list else (f"is {amount}", f"是 {amount}")
    if limits.least is not None and amount < limits.least:
        yield _limit(path, f"{thing}, the least is {limits.least}", f"{thing_zh}，最少 {limits.least}")
    if limits.most is not None and amount > limits.most:
        yield _limit(path, f"{thing}, the most is {limits.most}", f"{thing_zh}，最多 {limits.most}")


def _item_kind(field: Field) -> str:
    return field.kind[5:-1] if field.kind.startswith("list[") else "any"


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _is_a(kind: str, value: object) -> bool:
    match kind:
        case "str":
            return isinstance(value, str)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "bool":
            return isinstance(value, bool)
        case "flag":
            return isinstance(value, int) and value in (0, 1)
        case "object":
            return isinstance(value, Mapping)
        case "file" | "bytes":
            return isinstance(value, (str, bytes, PurePath)) or hasattr(value, "content")
        case _:
            return True


_KINDS = {
    "str": Wording("a text", "文本"),
    "int": Wording("a whole number", "整数"),
    "float": Wording("a number", "数字"),
    "bool": Wording("true or false", "true 或 false"),
    "flag": Wording("true, false, 0 or 1", "true、false、0 或 1"),
    "object": Wording("a map", "映射"),
    "file": Wording("a file", "文件"),
    "bytes": Wording("a file", "文件"),
}


def describe_kind(kind: str) -> Wording:
    """A type of the catalogue in words."""
    if not kind.startswith("list"):
        return _KINDS.get(kind, Wording("a value", "值"))
    inner = _KINDS.get(kind[5:-1])
    return Wording(f"a list, each item {inner.en}", f"列表，每项为{inner.zh}") if inner else Wording("a list", "列表")


def _unknown(path: str, name: str, fields: tuple[Field, ...]) -> ArgumentProblem:
    known = [field.name for field in fields if not field.is_free]
    inside = list(_places(fields, name))
    meant = nearest(name, known) or (inside[0] if len(inside) == 1 else None)
    listed = ", ".join(known) or "-"
    if meant:
        wording = Wording(f"there is no `{path}`; did you mean `{meant}`?", f"没有参数 `{path}`，是不是 `{meant}`？")
    else:
        wording = Wording(f"there is no `{path}`; known are {listed}", f"没有参数 `{path}`，可用的有 {listed}")
    return ArgumentProblem(path, "unknown", wording, meant)


def _places(fields: tuple[Field, ...], name: str) -> Iterator[str]:
    """Where below these fields one of that name is."""
    for field in fields:
        if field.kind == "object" and not field.is_free:
            if any(inner.name == name for inner in field.fields):
                yield f"{field.name}.{name}"
            yield from (f"{field.name}.{place}" for place in _places(field.fields, name))


def _missing(path: str) -> ArgumentProblem:
    return ArgumentProblem(path, "missing", Wording(f"`{path}` is missing", f"缺少 `{path}`"))


def _wrong_type(path: str, kind: str, value: object) -> ArgumentProblem:
    expected, found = describe_kind(kind), _found(value)
    wording = Wording(
        f"`{path}` must be {expected.en}, not {found.en}", f"`{path}` 应为{expected.zh}，而不是{found.zh}"
    )
    return ArgumentProblem(path, "type", wording)


def _found(value: object) -> Wording:
    match value:
        case bool():
            return _KINDS["bool"]
        case int() | float():
            return _KINDS["float"]
        case str():
            return _KINDS["str"]
        case Mapping():
            return _KINDS["object"]
        case _:
            return Wording("a list", "列表") if _is_list(value) else Wording("this", "这个值")


def _limit(path: str, en: str, zh: str) -> ArgumentProblem:
    return ArgumentProblem(path, "limit", Wording(f"`{path}` {en}", f"`{path}` {zh}"))
