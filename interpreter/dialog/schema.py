"""The published JSON Schema of the language, written from the tables of `shapes_…`.

An editor checks and completes with it while a bot is being written. It says the same as `structure` does, except for
what only the author's own spelling shows: YAML makes the number 3 of `3`, `0x3` and `3.0`, and null of `null` and of
nothing at all. `python -m interpreter.dialog.schema` writes it to `schemas/bot.schema.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from interpreter.diagnostics.wording import Wording
from interpreter.dialog.plain import type_plain
from interpreter.dialog.shapes import (
    LOCALE,
    SHORT_WORDS,
    ByItems,
    ByKeys,
    ByKind,
    Case,
    Fields,
    Flag,
    Key,
    Leaf,
    ListOf,
    Locales,
    Ref,
    Shape,
    Sides,
    Whole,
    Words,
)
from interpreter.dialog.shapes_bot import BOT, PART, SHAPES

Schema = dict[str, object]


def bot_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of a bot file."""
    writer = _Writer()
    definitions = {name: writer.write(shape) for name, shape in SHAPES.items()}
    definitions["part"] = {**writer.write(PART), "title": _both(PART.title)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:dialog-interpreter:bot:1",
        "title": "Bot / 机器人",
        "description": "A bot in the dialog language, version 1.\n对话语言第 1 版的机器人。",
        "$ref": "#/$defs/part",
        "required": list(BOT.required),
        "$defs": {**definitions, **writer.shared},
    }


def schema_text() -> str:
    """The schema as it is published."""
    return json.dumps(bot_schema(), ensure_ascii=False, indent=1) + "\n"


class _Writer:
    """Writes shapes as schemas; mappings and leaves that occur often are written once, under `$defs`."""

    def __init__(self) -> None:
        self.shared: Schema = {}
        self._names: dict[int, str] = {}

    def place(self, shape: Shape) -> Schema:
        """A shape where it occurs: a reference, or what it is."""
        match shape:
            case Ref(name=name):
                return {"$ref": f"#/$defs/{name}"}
            case Fields() | Leaf() | Words() | Flag() | Whole():
                return {"$ref": f"#/$defs/{self._share(shape)}"}
            case _:
                return self.write(shape)

    def _share(self, shape: Fields | Leaf | Words | Flag | Whole) -> str:
        if id(shape) not in self._names:
            name = self._free_name(_slug(shape.title))
            self._names[id(shape)] = name
            self.shared[name] = {}
            self.shared[name] = {"title": _both(shape.title), **self.write(shape)}
        return self._names[id(shape)]

    def _free_name(self, slug: str) -> str:
        taken = {*SHAPES, "part", *self.shared}
        numbered = (f"{slug}_{number}" for number in range(2, 1000))
        return slug if slug not in taken else next(name for name in numbered if name not in taken)

    def write(self, shape: Shape) -> Schema:
        """What a shape is."""
        match shape:
            case Ref():
                return self.place(shape)
            case Leaf() | Words() | Flag() | Whole():
                return _leaf(shape)
            case ListOf():
                return {"type": "array", "items": self.place(shape.item), **_at_least("minItems", shape.at_least)}
            case ByItems():
                has_step: Schema = {"contains": {"type": "object", **_any_of(sorted(shape.keys))}}
                chosen: Schema = {"anyOf": [{"maxItems": 0}, has_step]}
                return _if({"type": "array", **chosen}, self.write(shape.shape), self.write(shape.otherwise))
            case ByKind():
                return self._by_kind(shape)
            case ByKeys():
                return {"type": "object", **self._by_keys(shape)}
            case Locales():
                return self._locales(shape)
            case Fields():
                return self._fields(shape)

    def _by_kind(self, shape: ByKind) -> Schema:
        kinds = (("object", shape.map), ("array", shape.list), ("", shape.scalar))
        options = [(kind, self.place(option)) for kind, option in kinds if option is not None]
        _, schema = options.pop()
        for kind, option in reversed(options):
            schema = _if({"type": kind}, option, schema)
        return schema

    def _by_keys(self, shape: ByKeys) -> Schema:
        schema = self.place(shape.otherwise)
        for case in reversed(shape.cases):
            schema = _if(_telling(case), self.place(case.shape), schema)
        return schema

    def _locales(self, shape: Locales) -> Schema:
        return {
            "type": "object",
            "propertyNames": {"pattern": LOCALE, "not": {"enum": list(SHORT_WORDS)}},
            "additionalProperties": self.place(shape.item),
            "minProperties": 1,
        }

    def _fields(self, shape: Fields) -> Schema:
        schema: Schema = {"type": "object"}
        if shape.keys:
            schema["properties"] = {key.name: self._property(key) for key in shape.keys}
        schema["additionalProperties"] = False if shape.rest is None else self.place(shape.rest)
        if shape.required:
            schema["required"] = list(shape.required)
        if shape.any_of:
            schema |= _any_of(shape.any_of)
        schema |= _at_least("minProperties", shape.at_least)
        conditions = dict(_dependencies(shape))
        return {**schema, "dependentSchemas": conditions} if conditions else schema

    def _property(self, key: Key) -> Schema:
        return {"description": f"{key.about.en}\n{key.about.zh}", **self.place(key.shape)}


# ---------------------------------------------------------------------------------------------------- leaves


def _leaf(shape: Leaf | Words | Flag | Whole) -> Schema:
    match shape:
        case Leaf(may_be_empty=True):
            return {"type": ["string", "number", "boolean", "null"]}
        case Leaf():
            return _text(shape)
        case Words(words=words):
            return {"enum": _as_written(words)}
        case Flag(only_true=only_true, literal=literal):
            words = ("true",) if only_true else ("true", "false")
            return {"enum": [type_plain(word) for word in words] if literal else _as_written(words)}
        case Whole(low=low, high=high, literal=True):
            return {"type": "integer", "minimum": low, "maximum": high}
        case Whole(low=low, high=high):
            digits = "^0*[1-9][0-9]*$" if low > 0 else "^[0-9]+$"
            return {"type": ["integer", "string"], "minimum": low, "maximum": high, "pattern": digits}


def _text(shape: Leaf) -> Schema:
    kinds = [kind for kind, sample in _SAMPLES.items() if not shape.pattern or re.search(shape.pattern, sample)]
    schema: Schema = {"type": ["string", *kinds] if kinds else "string"}
    if shape.pattern:
        schema["pattern"] = shape.pattern
    if shape.refused:
        schema["not"] = {"enum": _as_written(shape.refused)}
    if shape.examples:
        schema["examples"] = list(shape.examples)
    return schema


_SAMPLES = {"number": "1.5", "integer": "42", "boolean": "true", "null": "null"}
"""What YAML makes something else of than a string. A leaf whose pattern such a text fits may be one."""


def _as_written(words: tuple[str, ...]) -> list[object]:
    """Words as strings, and as what YAML makes of them."""
    typed = [value for word in words if not isinstance(value := type_plain(word), str)]
    return [*words, *typed]


# ---------------------------------------------------------------------------------------------------- conditions


def _if(condition: Schema, then: Schema, otherwise: Schema) -> Schema:
    return {"if": condition, "then": then, "else": otherwise}


def _telling(case: Case) -> Schema:
    if case.entirely:
        return {"propertyNames": {"enum": list(case.keys)}, "minProperties": 1}
    return _any_of(case.keys)


def _any_of(keys: tuple[str, ...] | list[str]) -> Schema:
    return {"required": list(keys)} if len(keys) == 1 else {"anyOf": [{"required": [key]} for key in keys]}


def _at_least(keyword: str, count: int) -> Schema:
    return {keyword: count} if count else {}


def _dependencies(shape: Fields) -> Iterator[tuple[str, Schema]]:
    for name in shape.by_name:
        conditions: Schema = {}
        if others := _excluded(name, shape.apart):
            conditions["properties"] = dict.fromkeys(others, False)
        for need in shape.needs:
            if need.key == name:
                conditions |= _any_of(need.others)
        if conditions:
            yield name, conditions


def _excluded(name: str, apart: tuple[Sides, ...]) -> list[str]:
    """The keys that may not stand beside a key."""
    found = (side for sides in apart if any(name in side for side in sides) for side in sides if name not in side)
    return list(dict.fromkeys(key for side in found for key in side))


# ---------------------------------------------------------------------------------------------------- names


def _both(title: Wording) -> str:
    return f"{title.en} / {title.zh}"


def _slug(title: Wording) -> str:
    """A definition's name: its English title without the article and what stands in brackets or after it."""
    words = re.sub(r"\(.*|, .*| such as .*| that .*| `[^`]*`$|`", "", title.en)
    words = re.sub(r"^(an?|the|one of) ", "", words)
    return re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_")


if __name__ == "__main__":
    (Path(__file__).parents[2] / "schemas" / "bot.schema.json").write_text(schema_text(), encoding="utf-8")
