"""Full-width punctuation, which a Chinese input method writes where an expression wants the plain one."""

from __future__ import annotations

import re

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording

_PLAIN = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if not chr(code - 0xFEE0).isalpha()},
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "「": '"',
    "」": '"',
    "『": '"',
    "』": '"',
    "、": ",",
    "。": ".",
    "【": "[",
    "】": "]",
    "〔": "[",
    "〕": "]",
    "《": "<",
    "》": ">",
}
_QUOTED = "|".join(f"[{marks}][^{marks}]*[{marks}]" for marks in ("“”", "‘’", "「」", "『』"))
_MARK = re.compile(
    rf"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|["'].*)|(?P<word>[^\W\d]\w*)|(?P<quoted>{_QUOTED})"""
    rf"|(?P<mark>[{re.escape(''.join(_PLAIN))}])",
    re.DOTALL,
)
_ANY = re.compile(f"[{re.escape(''.join(_PLAIN))}]")


def plain_punctuation(text: str) -> tuple[str, Problem | None]:
    """An expression with plain punctuation outside its texts, as long as it was, and the problem if that changed it."""
    if _ANY.search(text) is None:
        return text, None
    pieces: list[str] = []
    start = end = position = 0
    for found in _MARK.finditer(text):
        if found.lastgroup in ("text", "word"):
            continue
        plain = _PLAIN[found.group()] if found.lastgroup == "mark" else _requoted(found.group())
        pieces += (text[position : found.start()], plain)
        position = found.end()
        start, end = (start if end else found.start()), found.end()
    if not end:
        return text, None
    mended = "".join((*pieces, text[position:]))
    return mended, _problem(text[start:end], mended[start:end], start)


def _requoted(quoted: str) -> str:
    inner = quoted[1:-1]
    quote = "'" if '"' in inner else '"'
    return quote + inner + quote


def _problem(found: str, mended: str, start: int) -> Problem:
    shown = "".join(dict.fromkeys(letter for letter, plain in zip(found, mended, strict=True) if letter != plain))
    return Problem(
        "DL212",
        start,
        start + len(found),
        Wording(f"full-width punctuation in an expression: {shown}", f"表达式里有全角标点：{shown}"),
        label=Wording(f"write {mended}", f"写成 {mended}"),
        replacement=mended,
    )
