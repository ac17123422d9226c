"""Finding the parts of a leaf that holds more than one language: `x = e`, `x in e`, `svc.op(a, b)`, `type = default`.

Everything here works on offsets in the leaf's text, so that each part keeps its exact place. A leaf that cannot be
split is a `Problem`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, cast

from msgspec import Struct

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording


class Part(Struct, frozen=True):
    """A half-open range of a leaf's text."""

    start: int
    end: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands there."""
        return self.start >= self.end


def trimmed(text: str, start: int = 0, end: int | None = None) -> Part:
    """A range without the white space at its ends."""
    end = len(text) if end is None else end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Part(start, end)


# ---------------------------------------------------------------------------------------------------- assignments

Operator = Literal["=", "+=", "-="]


class AssignmentParts(Struct, frozen=True):
    """The name, operator and expression of `x = e`."""

    name: Part
    operator: Operator
    value: Part


_NAME = r"[^\W\d]\w*"
_NAME_ONLY = re.compile(rf"{_NAME}\Z")
_ASSIGNMENT = re.compile(rf"\s*({_NAME}(?:\.{_NAME})*)\s*(\+=|-=|=)(?!=)")
_ANY_OPERATOR = r"==|:=|\*=|/=|%=|\?\?=|＝"
_COUNTING = rf"({_NAME}(?:\.{_NAME})*)\s*(\+\+|--)|(\+\+|--)\s*({_NAME}(?:\.{_NAME})*)"
_LOOP = re.compile(rf"\s*({_NAME})\s+in(?=[\s(\[{{\"']|\Z)")


def split_assignment(text: str) -> AssignmentParts | Problem:
    """The parts of `x = e`, `x += e`, `x -= e`."""
    found = _ASSIGNMENT.match(text)
    if found is None:
        return _no_assignment(text)
    value = trimmed(text, found.end())
    if value.is_empty:
        return _syntax(
            *found.span(2),
            Wording(f"nothing stands after `{found[2]}`; an expression was expected", f"`{found[2]}` 后面缺少表达式"),
        )
    return AssignmentParts(Part(*found.span(1)), cast("Operator", found[2]), value)


_WIDE_QUOTES = {"“": "”", "‘": "’", "「": "」", "『": "』", "＂": "＂", "＇": "＇"}


def _no_assignment(text: str) -> Problem:
    whole = trimmed(text)
    if _WIDE_QUOTES.get(text[whole.start : whole.start + 1]) == text[whole.end - 1 : whole.end] != "":
        return Problem(
            "DL212",
            whole.start,
            whole.end,
            Wording("full-width quotes do not quote anything", "全角引号不起引号的作用"),
            label=Wording("leave them out", "请去掉它们"),
            replacement=text[whole.start + 1 : whole.end - 1].strip(),
        )
    if counting := re.fullmatch(_COUNTING, text[whole.start : whole.end]):
        name, sign = counting[1] or counting[4], (counting[2] or counting[3])[0]
        return Problem(
            "DL200",
            whole.start,
            whole.end,
            Wording(f"there is no `{sign * 2}`", f"没有 `{sign * 2}` 运算符"),
            label=Wording(f"write `{name} {sign}= 1`", f"请写 `{name} {sign}= 1`"),
            replacement=f"{name} {sign}= 1",
        )
    found = re.search(_ANY_OPERATOR, text)
    if text[whole.start : whole.start + 2] == "$(":
        return Problem(
            "DL213",
            whole.start,
            whole.start + 2,
            Wording("a variable is assigned by its bare name, without `$(`", "赋值时直接写变量名，不用 `$(`"),
        )
    if found and found[0] == "＝":
        return Problem(
            "DL212",
            *found.span(),
            Wording("a full-width `＝` stands where `=` was expected", "这里用了全角的 `＝`，应为半角的 `=`"),
            replacement="=",
        )
    if found and _is_target(text[whole.start : found.start()]):
        operator, target = found[0], text[whole.start : found.start()].strip()
        if operator in ("*=", "/=", "%="):
            mended = f"{target} = {target} {operator[0]} …"
            return _syntax(
                *found.span(),
                Wording(f"there is no `{operator}`; write `{mended}`", f"没有 `{operator}` 运算符，可写成 `{mended}`"),
            )
        return _syntax(
            *found.span(),
            Wording(f"an assignment is written with `=`, not with `{operator}`", f"赋值用 `=`，而不是 `{operator}`"),
            replacement="=",
        )
    if "=" in text and not _is_target(text[: text.index("=")].rstrip("+-")):
        end = trimmed(text, whole.start, text.index("=")).end
        return _syntax(
            whole.start,
            max(end, whole.start),
            Wording("only a variable such as `x` or `user.x` can be assigned", "只能给 `x` 或 `user.x` 这样的变量赋值"),
        )
    return _syntax(
        whole.start,
        whole.end,
        Wording("an assignment `name = expression` was expected", "此处应为赋值 `变量名 = 表达式`"),
    )


def _is_target(text: str) -> bool:
    return all(_NAME_ONLY.match(part.strip()) for part in text.split("."))


def split_loop(text: str) -> tuple[Part, Part] | Problem:
    """The name and the list of `x in e`."""
    found = _LOOP.match(text)
    value = trimmed(text, found.end()) if found else Part(0, 0)
    if found is None or value.is_empty:
        whole = trimmed(text)
        return _syntax(
            whole.start,
            whole.end,
            Wording("a loop `name in list` was expected", "此处应为循环 `变量名 in 列表`"),
        )
    return Part(*found.span(1)), value


def split_default(text: str) -> tuple[Part, Part | None]:
    """The type and the default of `type = default`; the default is None when there is no `=`."""
    index = text.find("=")
    if index < 0:
        return trimmed(text), None
    return trimmed(text, 0, index), trimmed(text, index + 1)


# ---------------------------------------------------------------------------------------------------- calls


class ArgumentParts(Struct, frozen=True):
    """One argument of a call; `name` in `op(name=e)`."""

    name: Part | None
    value: Part


class CallParts(Struct, frozen=True):
    """The service, operation and arguments of `svc.op(a, b)`."""

    service: Part
    operation: Part
    arguments: tuple[ArgumentParts, ...]


_CALL = r"\s*([^\s.()（）]+)\s*\.\s*([^\s.()（）]+)\s*"
_ARGUMENT_NAME = re.compile(rf"\s*({_NAME})\s*=(?!=)")


def split_call(text: str) -> CallParts | Problem:
    """The parts of `svc.op(a, b)` or `svc.op(name=e)`."""
    found = re.match(_CALL, text)
    if found is None:
        whole = trimmed(text)
        return _syntax(
            whole.start,
            whole.end,
            Wording("a call `service.operation(…)` was expected", "此处应为调用 `服务.操作(…)`"),
        )
    if found.end() == len(text):
        return _syntax(
            found.start(1),
            found.end(2),
            Wording(
                f"`{found[1]}.{found[2]}` has no argument list; write `{found[1]}.{found[2]}(…)`",
                f"`{found[1]}.{found[2]}` 缺少参数列表，应写成 `{found[1]}.{found[2]}(…)`",
            ),
            replacement=f"{found[1]}.{found[2]}()",
        )
    arguments = _split_arguments(text, found.end())
    if isinstance(arguments, Problem):
        return arguments
    return CallParts(Part(*found.span(1)), Part(*found.span(2)), arguments)


def _split_arguments(text: str, opening: int) -> tuple[ArgumentParts, ...] | Problem:
    if text[opening] == "（":
        return Problem(
            "DL212",
            opening,
            opening + 1,
            Wording("a full-width `（` stands where `(` was expected", "这里用了全角的 `（`，应为半角的 `(`"),
            replacement="(",
        )
    if text[opening] != "(":
        return _syntax(
            opening,
            len(text),
            Wording("`(` was expected after the operation's name", "操作名之后应为 `(`"),
        )
    pieces, closing = _split_commas(text, opening)
    if closing is None:
        return _syntax(opening, opening + 1, Wording("this `(` is never closed", "这个 `(` 没有对应的 `)`"))
    rest = trimmed(text, closing + 1)
    if not rest.is_empty:
        return _syntax(
            rest.start, rest.end, Wording("nothing may stand after the call's `)`", "调用的 `)` 之后不能再有内容")
        )
    if len(pieces) == 1 and pieces[0].is_empty:
        return ()
    for piece in pieces:
        if piece.is_empty:
            return _syntax(piece.start, piece.start, Wording("an argument is missing here", "这里缺少一个参数"))
    return tuple(_argument(text, piece) for piece in pieces)


def _split_commas(text: str, opening: int) -> tuple[list[Part], int | None]:
    """What stands between the commas of a bracket, and where the bracket closes."""
    pieces: list[Part] = []
    start = opening + 1
    for index, depth in _outside_quotes(text, opening):
        if depth == 1 and text[index] == ",":
            pieces.append(trimmed(text, start, index))
            start = index + 1
        elif depth == 0 and index > opening and text[index] in ")]}":
            pieces.append(trimmed(text, start, index))
            return pieces, index if text[index] == ")" else None
    return pieces, None


def _argument(text: str, piece: Part) -> ArgumentParts:
    found = _ARGUMENT_NAME.match(text, piece.start, piece.end)
    if found is None:
        return ArgumentParts(None, piece)
    return ArgumentParts(Part(*found.span(1)), trimmed(text, found.end(), piece.end))


def _outside_quotes(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Every position outside quotes with its depth of brackets; a bracket has the depth outside it."""
    depth, quote, index = 0, "", start
    while index < len(text):
        character = text[index]
        if quote:
            if character == "\\":
                index += 1
            elif character == quote:
                quote = ""
        elif character in "\"'":
            quote = character
        elif character in "([{":
            yield index, depth
            depth += 1
        elif character in ")]}":
            depth = max(depth - 1, 0)
            yield index, depth
        else:
            yield index, depth
        index += 1


# ---------------------------------------------------------------------------------------------------- targets

_TARGET = re.compile(r"\s*(rules|states|flows)\s*\.\s*(?=\S)")


def split_target(text: str) -> tuple[str, Part] | None:
    """The kind and the name of `rules.opening hours`; None when there is no kind or no name."""
    found = _TARGET.match(text)
    return (found[1], trimmed(text, found.end())) if found else None


def _syntax(start: int, end: int, message: Wording, replacement: str | None = None) -> Problem:
    return Problem("DL200", start, end, message, replacement=replacement)
