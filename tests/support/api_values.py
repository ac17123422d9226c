"""Arguments for any method of WeChat's API, made from its fields."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from interpreter.catalogue.arguments import parameters
from interpreter.catalogue.fields import Field
from interpreter.catalogue.methods import Method

DATA = Path(__file__).parents[1] / "data" / "api"


@dataclass(frozen=True)
class NamedFile:
    """A file of a written call: `!file cat.jpg`."""

    name: str


class _Loader(yaml.SafeLoader):
    """Reads `!file`."""


_Loader.add_constructor("!file", lambda _, node: NamedFile(str(node.value)))


def written_calls() -> list[dict[str, Any]]:
    """Calls and what they must look like on the wire, written by hand."""
    return [case for path in sorted(DATA.glob("*.yaml")) for case in yaml.load(path.read_text("utf-8"), _Loader)]  # noqa: S506


def arguments_for(method: Method, folder: Path, *, only_required: bool = False) -> dict[str, object]:
    """A value for each parameter, or for each that is required."""
    given = _level(parameters(method), folder, only_required=only_required)
    content = next((field for field in method.body if field.name == given.get(method.content or "")), None)
    if content is not None:
        given.setdefault(content.name, _value(content, folder, only_required=False))
    return given


def _level(fields: tuple[Field, ...], folder: Path, *, only_required: bool) -> dict[str, object]:
    return {
        "k1" if field.is_free else field.name: _value(field, folder, only_required=only_required)
        for field in fields
        if field.required or not only_required
    }


def _value(field: Field, folder: Path, *, only_required: bool) -> object:
    if field.is_list:
        count = max(field.limits.least or 1, 1)
        item = Field(field.name, field.kind[5:-1] or "str", fields=field.fields)
        return [_value(item, folder, only_required=only_required) for _ in range(count)]
    limits = field.limits
    if limits.constant is not None:
        return int(limits.constant) if field.kind == "int" else limits.constant
    if limits.choices:
        return int(limits.choices[0]) if field.kind in ("int", "flag") else limits.choices[0]
    match field.kind:
        case "int":
            return max(limits.least or 0, min(limits.most or 7, 7))
        case "float":
            return 1.5
        case "bool":
            return True
        case "flag":
            return 1
        case "object":
            return _level(field.fields, folder, only_required=only_required) if field.fields else {"k": "值"}
        case "json":
            return {"title": "标题"}
        case "file" | "bytes":
            path = folder / "图片.jpg"
            path.write_bytes(b"\xff\xd8\xff a picture")
            return path
    if limits.is_date:
        return "2026-01-31"
    return f"é{field.name}"[: limits.characters or 40] if (limits.bytes or 40) >= 40 else "v1"
