"""Reading and writing JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from interpreter.diagnostics.wording import Wording
from interpreter.expr.env import Env
from interpreter.expr.functions.comparing import MAX_DEPTH
from interpreter.expr.functions.limits import room_for_items, room_for_text
from interpreter.expr.functions.registry import ANY, BOOL, TEXT, Family, Parameter
from interpreter.values import MAX_INT, Fault, Value, print_value

FAMILY = Family("json", Wording("JSON", "JSON"))


@FAMILY.function(
    "to_json",
    Parameter("x", ANY),
    Parameter("pretty", BOOL, False),
    result=TEXT,
    needs_env=True,
    zh="写成 JSON；日期等写成文本。",
    examples={
        'to_json({"a": [1, true, null]})': "'{\"a\":[1,true,null]}'",
        'to_json("你")': "'\"你\"'",
    },
)
def to_json(env: Env, x: Value, pretty: bool) -> str:
    """The value in JSON; dates and the like as the texts they print as."""
    plain = _plain(env, x, 0, _Room())
    written = json.dumps(
        plain, ensure_ascii=False, indent=2 if pretty else None, separators=None if pretty else (",", ":")
    )
    room_for_text(len(written))
    return written


@FAMILY.function(
    "parse_json",
    Parameter("text", TEXT),
    result=ANY,
    needs_env=True,
    zh="读 JSON 文本。",
    examples={
        "parse_json('{\"a\": [1, 2]}').a[1]": "2",
        'parse_json("null")': "null",
    },
)
def parse_json(env: Env, text: str) -> Value:
    """The value of a text in JSON."""
    try:
        return _checked(env, json.loads(text, parse_int=_number, parse_constant=_refuse), 0)
    except (ValueError, RecursionError):
        raise Fault("argument", "parse_json: the text is not JSON") from None


class _Room:
    """How much has been written so far: what one list holds many times is written many times."""

    def __init__(self) -> None:
        self.characters = 0

    def take(self, text: str) -> str:
        self.characters += len(text)
        room_for_text(self.characters)
        return text


def _plain(env: Env, value: Value, depth: int, room: _Room) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return room.take(value)
    if not isinstance(value, (list, tuple, Mapping)):
        return print_value(value)
    if depth == MAX_DEPTH:
        raise Fault("budget", f"to_json: the value is nested more than {MAX_DEPTH} levels deep")
    env.spend(len(value))
    if isinstance(value, Mapping):
        return {room.take(key): _plain(env, item, depth + 1, room) for key, item in value.items()}
    return [_plain(env, item, depth + 1, room) for item in value]


def _checked(env: Env, value: object, depth: int) -> Value:
    """What the JSON reader gave, if it is within the limits of values."""
    if isinstance(value, (list, dict)):
        if depth == MAX_DEPTH:
            raise Fault("budget", f"parse_json: the text is nested more than {MAX_DEPTH} levels deep")
        room_for_items(len(value))
        env.spend(len(value))
        if isinstance(value, dict):
            return {_whole(key): _checked(env, item, depth + 1) for key, item in value.items()}
        return [_checked(env, item, depth + 1) for item in value]
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise Fault("argument", "parse_json: a number is too large")
    assert value is None or isinstance(value, (int, float))  # JSON has nothing else
    return value


def _whole(text: str) -> str:
    """A text without halves of characters (such as U+D800), which JSON can hold and nothing could send or store."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _number(digits: str) -> int | float:
    """A whole number where it is small enough to be exact."""
    number = int(digits) if len(digits) <= 20 else float(digits)
    return number if abs(number) <= MAX_INT else float(number)


def _refuse(constant: str) -> float:
    raise Fault("argument", f"parse_json: {constant} is not JSON")
