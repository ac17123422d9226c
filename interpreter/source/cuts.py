"""Where a value ends for its author, and where YAML ends it: at ` #`, or inside brackets at a comma.

Expressions and `$(…)` hold commas, brackets, quotes and `#`, which mean something else to YAML. A value is followed
here the way its author reads it: as long as a bracket or quote is open, it goes on. Prose holds brackets and quotes
too, so an end counts only where everything that was opened is closed again.
"""

from __future__ import annotations

import re

from msgspec import Struct

_PARTNERS = {"(": ")", "[": "]", "{": "}"}
_EMOTICON = re.compile(r"[:;]-?\Z")
_COMMENT = re.compile(r"[ \t]+#")
_NUMBERED = re.compile(r"#(?:[0-9]|[^\s#]+#(?:\s|\Z))")
_NO_COMMENT = re.compile(r"[ \t]*(#[^\s#!=*-][^\r\n]*)")
_REST = re.compile(r"[^\r\n]*")
# Patterns for `re` to compile once one of them is needed: most files have no such comment.
_SPOKEN = r"# (?P<said>[^\s#][^\r\n]*)"
_ACTS = "确认|确定|结束|返回|继续|取消|退出|进入|重|即可|后|可"
# What stands before the `#`, then what stands behind it.
_GOES_ON = (
    (r"(?<!者)按(?:下|住|一下)?\Z", r""),
    (r"", rf"(?:号?键|号)(?:\Z|[，。！、；）)或和]|{_ACTS})|号键(?!盘)"),
    (r"(?:[以用加]|输入|键入)\Z", rf"(?:{_ACTS})"),
    (r"(?:分机号?|内线|(?:\A|[^\w]|[请再先可或接须])[拨转](?:打|接)?)\Z", r"\d+\b"),
    (r"(?i)\b(?:ext\.?|extension|dial)\Z", r"\d+\b"),
    (r"(?i)\b(?:press|dial|hit|push|the)\Z", r"(?i)(?:key|sign|button)\b"),
    (r"(?i)\b(?:press|dial|hit|push)\Z", r"(?i)(?:to|and|or|then|for|when|again|twice|once)\b"),
)
_LONGEST = 1_000
_NEAR = 16


class Extent(Struct, frozen=True):
    """The end of a value, and whether every bracket and quote in it is closed there."""

    end: int
    is_closed: bool


def extent(text: str, start: int, *, in_flow: bool) -> Extent:
    """How far the value that begins here goes on its line, brackets and quotes regarded."""
    open_: list[str] = []
    position, length = start, len(text)
    while position < length:
        char = text[position]
        if char in "\r\n":
            break
        if char == "\\":
            position += 1
        elif open_ and open_[-1] in "\"'":
            if char == open_[-1] and not _in_word(text, position + 1):
                open_.pop()
        elif char in "\"'":
            if position == start or not _in_word(text, position - 1):
                open_.append(char)
        elif char in _PARTNERS:
            if not _EMOTICON.search(text, max(start, position - 2), position):
                open_.append(_PARTNERS[char])
        elif open_ and char == open_[-1]:
            open_.pop()
        elif not open_ and (
            (in_flow and char in ",]}") or (char == "#" and position > start and text[position - 1] in " \t")
        ):
            break
        position += 1
    return Extent(start + len(text[start : min(position, length)].rstrip()), not open_)


def _in_word(text: str, position: int) -> bool:
    """Whether an ASCII letter or digit stands here, next to which a quote is an apostrophe or an inch."""
    char = text[position : position + 1]
    return char.isascii() and char.isalnum()


def cut_at_comment(text: str, start: int, end: int) -> int | None:
    """The true end of a plain value that YAML ends at ` #` though something in it is open; None if it ends there."""
    if not _COMMENT.match(text, end):
        return None
    found = extent(text, start, in_flow=False)
    return found.end if found.is_closed and found.end > end else None


def torn_at_comma(text: str, start: int, end: int) -> int | None:
    """The true end of a plain value that YAML ends at a comma though something in it is open; None if it ends there."""
    found = extent(text, start, in_flow=True)
    return found.end if found.is_closed and found.end > end else None


def swallowed_by_comment(text: str, end: int) -> tuple[int, int] | None:
    """The range of what YAML takes for a comment where a value should stand: `#1 首`, `#话题#`."""
    found = _NO_COMMENT.match(text, end)
    return (found.start(1), found.start(1) + len(found[1].rstrip())) if found else None


def numbered(text: str, end: int) -> tuple[int, int] | None:
    """The range of `#1` or `#话题#` behind a value, with the rest of the line: hardly a comment."""
    found = _COMMENT.match(text, end)
    if found is None or not _NUMBERED.match(text, found.end() - 1):
        return None
    rest = _REST.match(text, found.end() - 1)
    return found.end() - 1, found.end() - 1 + len(rest[0].rstrip()) if rest else found.end()


def spoken(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The range of `# 键确认` behind `请按`: what YAML takes for a comment, though the sentence goes on in it.

    An honest comment stands apart, by two spaces or more, or says something about a text that is complete. So it counts
    as one unless there is just one space on either side of the `#`, and the words next to it speak of a key or of a
    number to dial: `按 # 确认`, `# 键`, `press # to`, `分机 # 8001`.
    """
    if text[end : end + 2] != " #":
        return None
    found = re.match(_SPOKEN, text[end + 1 : end + 1 + _LONGEST])
    if found is None:
        return None
    before, said = text[max(start, end - _NEAR) : end], found["said"].rstrip()
    goes_on = any(re.match(behind, said) and re.search(front, before) for front, behind in _GOES_ON)
    return (end + 1, end + 1 + found.start("said") + len(said)) if goes_on else None
