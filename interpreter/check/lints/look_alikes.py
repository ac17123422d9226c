"""What a Chinese keyboard writes in place of YAML's own signs, where the result is a text and nobody complains.

`reply：你好` is one text to YAML, since the colon is full-width; a pattern in “ ” waits for messages in these quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.lints.replies import replies_of
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.replies import Say
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
_KEY = re.compile(rf"(?:{'|'.join(_KEYS)})([ \u3000]*：[ \u3000]*|:\u3000+)")
_QUOTES = {"“": "”", "‘": "’", "「": "」", "＂": "＂", "＇": "＇"}


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Texts that are a key and its value but for the colon, and patterns in full-width quotes."""
    for reply in replies_of(subject):
        if isinstance(reply, Say) and reply.text.scalar.is_plain:
            scalar = reply.text.scalar
            if found := _KEY.match(scalar.text):
                yield _colon(scalar, *found.span(1))
    for rule in subject.rules:
        for leaf in rule.trigger.patterns:
            text = leaf.scalar.text
            if leaf.scalar.is_plain and len(text) > 2 and _QUOTES.get(text[0]) == text[-1]:
                yield _quotes(leaf.scalar)


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
