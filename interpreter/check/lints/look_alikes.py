"""What a Chinese keyboard writes in place of YAML's own signs, where the result is a text and nobody complains.

`reply：你好` is one text to YAML, since the colon is full-width; a pattern in “ ” waits for messages in these quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.wording import Wording
from interpreter.source.spaces import SPACES
from interpreter.source.spans import Span
from interpreter.source.tree import Scalar

CODE = "DL005"

_KEYS = (
    *(
        "reply",
        "do",
        "set",
        "if",
        "wait",
        "goto",
        "call",
        "ask",
        "then",
        "else",
        "pattern",
        "event",
        "message",
        "prompt",
    ),
    *("rules", "choices", "news", "music", "image", "voice", "video", "title", "text", "url", "pic", "into", "type"),
)
_SIGNS = "：:｛"
"""What takes part in each of these."""
# Patterns for `re` to compile once one of them is needed; most texts do not begin like any of them.
_BEGINS = rf"\s*(?:｛|(?:{'|'.join(_KEYS)})[ {SPACES}]*[：:])"
_KEY = rf"(?:{'|'.join(_KEYS)})([ {SPACES}]*：[ {SPACES}]*|:[{SPACES}]+)"
_QUOTES = {"“": "”", "‘": "’", "「": "」", "＂": "＂", "＇": "＇"}


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Texts that are a key and its value but for the colon, and patterns in full-width quotes."""
    for said in subject.marked_texts:
        scalar = said.scalar
        if scalar.is_plain and any(map(scalar.text.__contains__, _SIGNS)) and re.match(_BEGINS, scalar.text):
            if re.match(_WIDE_MAP, scalar.text):
                yield _wide_map(scalar)
            elif (joined := _joined_entries(scalar)) is not None:
                yield joined
            elif found := re.match(_KEY, scalar.text):
                yield _colon(scalar, *found.span(1))
    for _, leaf in subject.marked_patterns:
        text = leaf.scalar.text
        if leaf.scalar.is_plain and len(text) > 2 and _QUOTES.get(text[0]) == text[-1]:
            yield _quotes(leaf.scalar)
        elif leaf.scalar.is_plain and (sign := sign_in(text)) and is_only_item(leaf.scalar):
            yield comma_between_items(leaf.scalar, sign, _ONE_PATTERN)
    for entity in subject.bot.entities.values():
        for scalar, _ in entity.words:
            if scalar.is_plain and (sign := sign_in(scalar.text)) and is_only_item(scalar):
                yield comma_between_items(scalar, sign, _ONE_NAME)


_WIDE_MAP = rf"｛[ {SPACES}]*(?:{'|'.join(_KEYS)})[ {SPACES}]*[：:].*｝\Z"


def _wide_map(scalar: Scalar) -> Diagnostic:
    return Diagnostic(
        CODE,
        scalar.place(0, 1),
        Wording("this is a text in full-width brackets, not a map", "这是带全角括号的文本，不是映射"),
        label=Wording("write half-width { }, `, ` and `: `", "请写半角的 { }、`, ` 和 `: `"),
        help=Wording("if it is meant as a text, put quotes around it", "如果确实是文本，请给它加引号"),
    )


def _joined_entries(scalar: Scalar) -> Diagnostic | None:
    """`pattern:订单` and, below it, `reply:好`: the lines of a rule that YAML joined to one text."""
    file, start = scalar.span.file, scalar.span.start
    raw = file.text[start : scalar.span.end]
    found = [re.match(_ENTRY, line[0].strip()) for line in re.finditer(_LINE, raw)]
    if not found or None in found or (len(found) < 2 and "：" in raw):
        return None
    places = [(start + each.start(1), start + each.end(1)) for each in re.finditer(_COLON, raw, re.MULTILINE)]
    if len(places) != len(found):
        return None
    first = found[0]
    assert first is not None
    edits = tuple(Edit(Span(file, *place), ": ") for place in places)
    sure = len(found) > 1 or first[1] in ("reply", "pattern")
    return Diagnostic(
        CODE,
        edits[0].span,
        Wording(
            f"no space follows the colon, so this is a text that begins with `{first[1]}:`",
            f"冒号后面没有空格，所以这是以 `{first[1]}:` 开头的文本",
        )
        if "：" not in first[2]
        else Wording(
            f"this is a text that begins with `{first[1]}：`, not the key `{first[1]}`",
            f"这是以 `{first[1]}：` 开头的文本，不是键 `{first[1]}`",
        ),
        label=Wording("write `: `, a half-width colon and a space", "请写 `: `，半角冒号加空格"),
        fix=Fix(
            f"{first[1]}: {first[3]}", edits, Applicability.SAFE if sure and len(found) > 1 else Applicability.UNSAFE
        ),
        help=Wording("if it is meant as a text, put quotes around it", "如果确实是文本，请给它加引号"),
    )


_LINE = r"[^\r\n]*\S[^\r\n]*"
_ENTRY = rf"({'|'.join(_KEYS)})([ {SPACES}]*[：:][ {SPACES}]*)(?=[^\s/])(.*)"
_COLON = rf"^[ \t]*(?:{'|'.join(_KEYS)})([ {SPACES}]*[：:][ {SPACES}]*)"


def _colon(scalar: Scalar, start: int, end: int) -> Diagnostic:
    key = scalar.text[:start]
    span = scalar.place(start, end)
    rest = scalar.text[end:]
    edit = Edit(span, ": " if rest else ":")
    return Diagnostic(
        CODE,
        span,
        Wording(
            f"this is a text that begins with `{scalar.text[:end].rstrip()}`, not the key `{key}`",
            f"这是以 `{scalar.text[:end].rstrip()}` 开头的文本，不是键 `{key}`",
        ),
        label=Wording("write `: `, a half-width colon and a space", "请写 `: `，半角冒号加空格"),
        fix=Fix(f"{key}: {rest}".strip(), (edit,), Applicability.UNSAFE),
        help=Wording("if it is meant as a text, put quotes around it", "如果确实是文本，请给它加引号"),
    )


def sign_in(text: str) -> str:
    """The sign by which a Chinese keyboard parts the items of a list; empty without one."""
    return next((sign for sign in "、，" if sign in text), "")


def is_only_item(scalar: Scalar) -> bool:
    """Whether a leaf is all that stands in a list in brackets."""
    text = scalar.span.file.text
    before = text[max(0, scalar.span.start - _NEAR) : scalar.span.start].rstrip(" ")
    after = text[scalar.span.end : scalar.span.end + _NEAR].lstrip(" ")
    return before[-1:] == "[" and after[:1] == "]"


_NEAR = 16


_ONE_PATTERN = Wording("this list holds one pattern with `{}` in it", "这个列表只有一个模式，`{}` 是其中的文字")
_ONE_NAME = Wording("this list holds one name with `{}` in it", "这个列表只有一个名称，`{}` 是其中的文字")


def comma_between_items(scalar: Scalar, sign: str, what: Wording) -> Diagnostic:
    """The finding that the only item of a list is several to its author; `what` is said of the list."""
    items = [item.strip() for item in scalar.text.split(sign)]
    mended = ", ".join(items)
    is_whole = all(items) and scalar.span.file.text[scalar.span.start : scalar.span.end] == scalar.text
    return Diagnostic(
        CODE,
        scalar.place(scalar.text.index(sign), scalar.text.index(sign) + 1),
        Wording(what.en.format(sign), what.zh.format(sign)),
        label=Wording("items are parted by `, `", "列表各项用 `, ` 分隔"),
        fix=Fix(f"[{mended}]", (Edit(scalar.span, mended),) if is_whole else (), Applicability.UNSAFE),
    )


def _quotes(scalar: Scalar) -> Diagnostic:
    text = scalar.text
    return Diagnostic(
        CODE,
        scalar.span,
        Wording(
            f"this waits for a message with the quotes {text[0]} {text[-1]} in it",
            f"这会等待带有引号 {text[0]} {text[-1]} 的消息",
        ),
        label=Wording("full-width quotes are letters of the pattern", "全角引号会被当作模式里的字符"),
        fix=Fix(text[1:-1], (Edit(scalar.span, f'"{text[1:-1]}"'),), Applicability.UNSAFE) if '"' not in text else None,
        help=Wording('leave them out, or write " "', '请去掉引号，或改用半角的 " "'),
    )
