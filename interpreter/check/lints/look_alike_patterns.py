r"""DL005: what looks like pattern notation and is none: `／\d+／`, `我是《name》`, characters that nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.lints.mending import mend
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.source.spaces import INVISIBLE
from interpreter.source.tree import Scalar

CODE = "DL005"

_SLASHES = r"(?s:[／/](.+)[／/]([ims]*))"
_SLOT = r"[《〈]([A-Za-z_][A-Za-z0-9_]{0,30}(?:[:：][A-Za-z_|+]+)?)[》〉]"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The patterns of all rules."""
    for rule, leaf in subject.marked_patterns:
        scalar = leaf.scalar
        text = scalar.text
        if text.isascii():
            continue
        if text[0] == "／" and (found := re.fullmatch(_SLASHES, text)):
            yield _slashes(scalar, f"/{found[1]}/{found[2]}")
        elif text[0] != "/" and ("《" in text or "〈" in text) and (slot := re.search(_SLOT, text)):
            yield _slot(scalar, slot)
        if (unseen := INVISIBLE.search(text)) and scalar.span.start != rule.name.span.start:
            yield _invisible(scalar, unseen)


def _slashes(scalar: Scalar, mended: str) -> Diagnostic:
    return Diagnostic(
        CODE,
        scalar.place(0, 1),
        Wording(
            "this is a phrase with full-width slashes, no regular expression", "这是带全角斜杠的短语，不是正则表达式"
        ),
        label=Wording("write half-width slashes", "请写半角的 `/`"),
        fix=mend(scalar, 0, len(scalar.text), mended, Applicability.SAFE),
        help=Wording("a backslash before them says that they are meant", "如果确实要匹配全角斜杠，请在它前面加反斜杠"),
    )


def _slot(scalar: Scalar, found: re.Match[str]) -> Diagnostic:
    slot = f"<{found[1].replace('：', ':')}>"
    return Diagnostic(
        CODE,
        scalar.place(*found.span()),
        Wording(
            f"this waits for a message with `{found[0]}` in it: these brackets make no slot",
            f"这会等待带有 `{found[0]}` 的消息：这种括号不是槽位",
        ),
        label=Wording(f"a slot is written `{slot}`", f"槽位写作 `{slot}`"),
        fix=mend(scalar, *found.span(), slot, Applicability.UNSAFE),
        help=Wording("a backslash before them says that they are meant", "如果确实要匹配书名号，请在它前面加反斜杠"),
    )


def _invisible(scalar: Scalar, found: re.Match[str]) -> Diagnostic:
    name = f"U+{ord(found[0]):04X}"
    last = max(each.end() for each in INVISIBLE.finditer(scalar.text))
    visible = INVISIBLE.sub("", scalar.text[found.start() : last])
    return Diagnostic(
        CODE,
        scalar.place(*found.span()),
        Wording(
            f"this waits for a message with the invisible character {name} in it",
            f"这会等待带有不可见字符 {name} 的消息",
        ),
        label=Wording("delete it", "删除它"),
        fix=mend(scalar, found.start(), last, visible, Applicability.SAFE),
        help=Wording("it came along with a copied text: type the pattern anew", "它是复制时带来的：请重新输入这个模式"),
    )
