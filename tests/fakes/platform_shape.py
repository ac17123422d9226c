"""Whether a request has the shape that the catalogue says; written apart from the client that makes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache

from interpreter.catalogue.fields import Field
from interpreter.catalogue.methods import Method, every_method

_KINDS = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "flag": int,
    "object": dict,
}


@cache
def _by_place() -> Mapping[tuple[str, str], tuple[tuple[re.Pattern[str], Method], ...]]:
    places: dict[tuple[str, str], tuple[tuple[re.Pattern[str], Method], ...]] = {}
    for method in every_method():
        pattern = re.compile(
            "".join(
                "[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", method.path)
            )
        )
        key = (method.verb, method.host)
        places[key] = (*places.get(key, ()), (pattern, method))
    return places


def methods_at(verb: str, host: str, path: str) -> list[Method]:
    """The methods of the catalogue that are called so."""
    return [method for pattern, method in _by_place().get((verb, host), ()) if pattern.fullmatch(path)]


def faults(method: Method, query: Mapping[str, str], body: bytes, parts: Mapping[str, bytes] | None) -> list[str]:
    """What is wrong with a request for a method; nothing when it fits."""
    found = list(_query_faults(method, query))
    match method.sends:
        case "json":
            found += _json_faults(method, body)
        case "multipart":
            if parts is None and any(field.required for field in method.body):
                found.append("no form")
            found += [
                f"no part {field.name}" for field in method.body if field.required and field.name not in (parts or {})
            ]
        case "none" if body:
            found.append("a body")
    return found


def _query_faults(method: Method, query: Mapping[str, str]) -> Iterator[str]:
    known = {field.name: field for field in method.query}
    if method.takes_token and "access_token" not in query:
        yield "no access_token"
    for name in query:
        if name not in known and name != "access_token" and not method.is_brief:
            yield f"unknown query {name}"
    for field in known.values():
        if field.required and not query.get(field.name):
            yield f"no query {field.name}"
        yield from _constant(field, query.get(field.name))


def _json_faults(method: Method, body: bytes) -> Iterator[str]:
    if re.search(rb"\\u[0-9a-fA-F]{4}", body):
        yield "escapes"
    try:
        content = json.loads(body)
    except ValueError:
        yield "no JSON"
        return
    yield from _level(method.body, content, takes_all=method.is_brief)


def _level(fields: tuple[Field, ...], content: object, *, takes_all: bool) -> Iterator[str]:
    if not isinstance(content, dict):
        yield "no object"
        return
    free = next((field for field in fields if field.is_free), None)
    named = {field.name: field for field in fields if not field.is_free}
    for name, value in content.items():
        if value is None:
            yield f"{name} is null"
        field = named.get(name, free)
        if field is not None:
            yield from _value(field, value, takes_all=takes_all)
        elif fields and not takes_all:
            yield f"unknown {name}"
    yield from (f"no {name}" for name, field in named.items() if field.required and name not in content)


def _value(field: Field, value: object, *, takes_all: bool) -> Iterator[str]:
    if field.is_list:
        items = value if isinstance(value, list) else None
        if items is None:
            yield f"{field.name} is no list"
            return
        kind = field.kind[5:-1]
        for item in items:
            if kind and not isinstance(item, _KINDS[kind]):
                yield f"{field.name} holds something else"
            elif field.fields:
                yield from _level(field.fields, item, takes_all=takes_all)
        return
    kind_of = _KINDS.get(field.kind)
    if kind_of is not None and (not isinstance(value, kind_of) or (field.kind == "int" and isinstance(value, bool))):
        yield f"{field.name} is no {field.kind}"
    elif field.fields:
        yield from _level(field.fields, value, takes_all=takes_all)
    yield from _constant(field, value)


def _constant(field: Field, value: object) -> Iterator[str]:
    constant = field.limits.constant
    if constant is not None and value is not None and str(value) != constant:
        yield f"{field.name} is not {constant}"
