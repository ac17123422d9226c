"""The values that literals of the language stand for."""

from __future__ import annotations

import re
from datetime import timedelta

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording
from interpreter.values import MAX_INT

_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "'": "'"}
# Patterns for `re` to compile once one of them is needed.
_ESCAPE = r"\\(?:u([0-9a-fA-F]{4})|((?s:.)))"
_SURROGATES = "[\ud800-\udfff]"
_PART = r"([0-9.]+)([wdhms])"
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


class RefusedError(Exception):
    """Reading stopped at a mistake of the author; raised and caught within this package only."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message.en)
        self.problem = problem


def read_number(shown: str, start: int) -> int | float:
    """The value of a number literal that begins at an offset.

    Raises:
        RefusedError: it is too large.
    """
    amount = float(shown)
    if amount > MAX_INT:
        raise RefusedError(
            Problem(
                "DL217",
                start,
                start + len(shown),
                Wording(f"the number is larger than {MAX_INT}", f"数字超过了 {MAX_INT}"),
                help=Wording("write long numbers such as ids as text, in quotes", "编号之类的长数字请加引号写成文本"),
            )
        )
    return amount if "." in shown else int(shown)


def read_duration(shown: str, start: int) -> timedelta:
    """The value of a duration literal such as `1h30m`.

    Raises:
        RefusedError: it is too long.
    """
    try:
        parts = (timedelta(seconds=float(count) * _SECONDS[unit]) for count, unit in re.findall(_PART, shown))
        return sum(parts, timedelta())
    except OverflowError:
        wording = Wording("the duration is too long", "时长过大")
        raise RefusedError(Problem("DL217", start, start + len(shown), wording)) from None


def read_text(shown: str, start: int) -> str:
    """The text of a literal in quotes.

    Raises:
        RefusedError: it holds an escape the language does not have.
    """
    inner = shown[1:-1]
    if "\\" not in inner:
        return inner

    def unescape(found: re.Match[str]) -> str:
        code, letter = found.groups()
        if code is not None:
            return chr(int(code, 16))
        if letter in _ESCAPES:
            return _ESCAPES[letter]
        raise RefusedError(_unknown_escape(found.group(), start + 1 + found.start()))

    text = re.sub(_ESCAPE, unescape, inner)
    if re.search(_SURROGATES, text) is None:
        return text
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        wording = Wording("half of a surrogate pair is no character", "半个代理对不是字符")
        raise RefusedError(Problem("DL200", start, start + len(shown), wording)) from None


def _unknown_escape(escape: str, start: int) -> Problem:
    return Problem(
        "DL200",
        start,
        start + len(escape),
        Wording(f"`{escape}` is no escape", f"没有 `{escape}` 这种转义"),
        label=Wording("write `\\\\` for a backslash", "反斜杠写作 `\\\\`"),
        help=Wording(r"the escapes are \n \t \\ \" \' and \uXXXX", r"可用的转义有 \n、\t、\\、\"、\' 和 \uXXXX"),
        replacement="\\" + escape,
    )
