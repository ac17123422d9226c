"""Functions that lay texts out: padding, cutting, masking, filling in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from interpreter.diagnostics.wording import Wording
from interpreter.expr.functions.limits import natural, room_for_text
from interpreter.expr.functions.registry import ANY, INT, TEXT, Family, Parameter
from interpreter.values import Fault, Value, print_value

FAMILY = Family("layout", Wording("Text layout", "文本排版"))


@FAMILY.function(
    "pad_left",
    Parameter("x", ANY, one_of=(TEXT, INT)),
    Parameter("length", INT),
    Parameter("fill", TEXT, " "),
    result=TEXT,
    zh="在左边补字符，直到这个长度。",
    examples={
        'pad_left(7, 3, "0")': '"007"',
        'pad_left("abc", 2)': '"abc"',
    },
)
def pad_left(x: str | int, length: int, fill: str) -> str:
    """The text, or the digits of a whole number, with as many `fill` before it as bring it to the length."""
    text = str(x)
    return _padding("pad_left", text, length, fill) + text


@FAMILY.function(
    "pad_right",
    Parameter("x", ANY, one_of=(TEXT, INT)),
    Parameter("length", INT),
    Parameter("fill", TEXT, " "),
    result=TEXT,
    zh="在右边补字符，直到这个长度。",
    examples={
        'pad_right("ab", 4, ".")': '"ab.."',
    },
)
def pad_right(x: str | int, length: int, fill: str) -> str:
    """The text, or the digits of a whole number, with as many `fill` after it as bring it to the length."""
    text = str(x)
    return text + _padding("pad_right", text, length, fill)


@FAMILY.function(
    "repeat",
    Parameter("text", TEXT),
    Parameter("n", INT),
    result=TEXT,
    zh="把文本重复 n 次。",
    examples={
        'repeat("哈", 3)': '"哈哈哈"',
    },
)
def repeat(text: str, n: int) -> str:
    """The text `n` times in a row."""
    room_for_text(len(text) * natural("repeat", n))
    return text * n if text else text


@FAMILY.function(
    "truncate",
    Parameter("text", TEXT),
    Parameter("length", INT),
    Parameter("ending", TEXT, "…"),
    result=TEXT,
    zh="太长的文本截到这个长度，末尾加 ending。",
    examples={
        'truncate("一二三四五", 4)': '"一二三…"',
        'truncate("一二三", 4)': '"一二三"',
    },
)
def truncate(text: str, length: int, ending: str) -> str:
    """The text, cut to the length with `ending` at its end if it is longer."""
    if len(text) <= natural("truncate", length):
        return text
    return text[: max(0, length - len(ending))] + ending[:length]


@FAMILY.function(
    "mask",
    Parameter("text", TEXT),
    Parameter("keep_left", INT, 3),
    Parameter("keep_right", INT, 4),
    Parameter("cover", TEXT, "*"),
    result=TEXT,
    zh="遮住中间的字符，默认如手机号。",
    examples={
        'mask("13800138000")': '"138****8000"',
        'mask("张小三", 1, 0)': '"张**"',
    },
)
def mask(text: str, keep_left: int, keep_right: int, cover: str) -> str:
    """The text with its middle hidden, as is usual for phone numbers; a short text is hidden whole."""
    kept = natural("mask", keep_left) + natural("mask", keep_right)
    hidden = len(text) - kept if kept < len(text) else len(text)
    room_for_text(len(text) - hidden + hidden * len(cover))
    if hidden == len(text):
        return cover * hidden
    return text[:keep_left] + cover * hidden + text[len(text) - keep_right :]


@FAMILY.function(
    "format",
    Parameter("template", TEXT),
    rest=Parameter("values", ANY),
    result=TEXT,
    zh="在 {} 或 {0} 处依次填入各值，在 {name} 处填入映射的值；{{ 和 }} 表示括号本身。",
    examples={
        'format("{}比{}大", 3, 2)': '"3比2大"',
        'format("{name}，你好", {"name": "小明"})': '"小明，你好"',
    },
)
def fill_in(template: str, *values: Value) -> str:
    """The template with values in its `{}` or `{0}`, or of a map in its `{name}`; `{{` and `}}` are braces."""
    names = values[0] if len(values) == 1 and isinstance(values[0], Mapping) else {}
    written: list[str] = []
    size = filled = 0
    for piece in _PIECE.finditer(template):
        text = piece[0]
        if text in ("{{", "}}"):
            text = text[0]
        elif text in ("{", "}"):
            raise Fault(
                "argument", f"format: the brace at character {piece.start() + 1} has no partner; double it to print it"
            )
        elif text.startswith("{"):
            text = print_value(_filling(text[1:-1].strip(), filled, values, names))
            filled += 1
        written.append(text)
        size += len(text)
        room_for_text(size)
    return "".join(written)


_PIECE = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+")


def _padding(function: str, text: str, length: int, fill: str) -> str:
    if not fill:
        raise Fault("argument", f"{function}: `fill` is empty")
    room_for_text(length)
    missing = max(0, length - len(text))
    return (fill * (missing // len(fill) + 1))[:missing]


def _filling(name: str, filled: int, values: Sequence[Value], names: Mapping[str, Value]) -> Value:
    if name in names:
        return names[name]
    if not name or (name.isascii() and name.isdigit() and len(name) < 6):
        index = int(name or filled)
        if index < len(values):
            return values[index]
        raise Fault(
            "argument", f"format: the template wants value number {index}, but there are {len(values)} (from 0)"
        )
    raise Fault("argument", f"format: there is no value '{name}' for the template")
