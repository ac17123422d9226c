"""DL511: markup that WeChat shows as it is written, links that are none, and characters that no message can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.lints.speech import without_holes
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.replies import Say

CODE = "DL511"

_FORBIDDEN = frozenset(map(chr, (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0xFFFE, 0xFFFF)))
# Patterns for `re` to compile once one of them is needed: few texts hold markup.
_TAG = (
    r"</br>|<(?:br|hr|img|font|strong|em|span|div|center|h[1-6]|ul|ol|li|table|tr|td|th|script|style|iframe|blockquote|pre)"
    r"(?:\s[^<>]*|\s*/)?>"
    r"|<([bips])>(?=[^<>]*</\1>)"
)
_LINK = r"(?i)<a(?=[\s>])(?P<inside>[^<>]*)(?P<close>>?)(?P<label>[^<]*)(?P<end></a\s*>)?"
_HREF = r"""\shref\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')"""
_SCHEME = r"[a-z][a-z0-9+.-]*:"
_HOLE = "\ue000"
_EXAMPLE = '<a href="https://example.com">…</a>'


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Texts that are said; what a hole puts in is not known."""
    for said in subject.said:
        if isinstance(said.reply, Say):
            yield from _in_text(said.reply.text)


def _in_text(text: Text) -> Iterator[Diagnostic]:
    written = text.scalar.text
    if not _FORBIDDEN.isdisjoint(written):
        yield from (_forbidden(text, offset) for offset, char in enumerate(written) if char in _FORBIDDEN)
    if "<" not in written:
        return
    shown = without_holes(text)
    for match in re.finditer(_LINK, shown):
        wrong = _wrong_link(match)
        if wrong is not None:
            yield _broken(text, match, wrong)
    for match in re.finditer(_TAG, shown, re.IGNORECASE):
        yield _raw(text, match)


def _wrong_link(match: re.Match[str]) -> Wording | None:
    inside = match["inside"].lower()
    if "data-miniprogram" in inside or ("href" not in inside and match["end"] is None):
        return None  # a link to a mini program, or what only looks like a link
    if not match["close"]:
        return Wording("the link's `<a …` has no `>`", "链接的 `<a …` 缺少 `>`")
    href = re.search(_HREF, match["inside"], re.IGNORECASE)
    if href is None:
        return None if _HOLE in match["inside"] else Wording('this link has no `href="…"`', '链接缺少 `href="…"`')
    if match["end"] is None:
        return None if _HOLE in match["label"] else Wording("the link has no `</a>`", "链接缺少 `</a>`")
    address = (href["double"] or href["single"] or "").strip()
    if not address.startswith(_HOLE) and not re.match(_SCHEME, address, re.IGNORECASE):
        return Wording(
            "the address of this link has no `https://`, so nothing opens",
            "链接地址缺少 `https://`，点击后打不开",
        )
    return None


def _broken(text: Text, match: re.Match[str], message: Wording) -> Diagnostic:
    return Diagnostic(
        CODE,
        text.scalar.place(match.start(), match.start() + 2),
        message,
        help=Wording(f"a link is written `{_EXAMPLE}`", f"链接写作 `{_EXAMPLE}`"),
    )


def _raw(text: Text, match: re.Match[str]) -> Diagnostic:
    tag = match[0]
    is_break = re.match(r"</?(br|p)\b", tag, re.IGNORECASE) is not None
    return Diagnostic(
        CODE,
        text.scalar.place(*match.span()),
        Wording(f"the user sees `{tag}` as it is written", f"用户会直接看到 `{tag}` 这几个字"),
        label=Wording("of all tags WeChat knows links only", "微信文本只支持链接标签"),
        help=Wording("write a line break: a text may have several lines (`|`)", "请直接换行：文本可以写成多行（`|`）")
        if is_break
        else Wording("leave the tag out", "请去掉这个标签"),
    )


def _forbidden(text: Text, offset: int) -> Diagnostic:
    name = f"U+{ord(text.scalar.text[offset]):04X}"
    return Diagnostic(
        CODE,
        text.scalar.place(offset, offset + 1),
        Wording(
            f"no message can hold the character {name}, so it is left out",
            f"消息中不能有字符 {name}，发送时会被去掉",
        ),
        help=Wording("delete it", "请删除它"),
    )
