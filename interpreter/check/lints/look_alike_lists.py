"""DL005: lists of replies that are none: `[你好，欢迎]` with a full-width comma, lines that begin with `－`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.lints.look_alikes import comma_between_items, is_only_item, sign_in
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.replies import OneOf, Say
from interpreter.source.spans import Span
from interpreter.source.tree import Scalar

CODE = "DL005"

DASHES = "－—–−‐‑"
"""What a Chinese keyboard or a word processor writes for the `-` of an item."""

_LINES = rf"(?:^|(?<=\n))[ \t]*(?P<dash>[{DASHES}](?![{DASHES}])[ \u3000]*)(?=\S)"
_ONE_TEXT = Wording("this list holds one text with `{}` in it", "这个列表只有一段文本，`{}` 是其中的文字")


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Texts that are all of a list in brackets, and texts of several lines that all begin with a dash."""
    for reply in subject.replies:
        match reply:
            case OneOf(items=(Say(text=text),)) if text.scalar.is_plain and (sign := sign_in(text.scalar.text)):
                if is_only_item(text.scalar) and text.scalar.text[-1] not in _SENTENCE_ENDS:
                    yield comma_between_items(text.scalar, sign, _ONE_TEXT)
            case Say(text=text) if text.scalar.text[:1] in _DASHES and text.scalar.is_plain:
                yield from _dashes(text.scalar)
            case _:
                pass


_DASHES = frozenset(DASHES)
_SENTENCE_ENDS = "。！？!?…～~；;"
"""What ends a sentence: a text that ends so is whole, whatever commas are in it."""


def _dashes(scalar: Scalar) -> Iterator[Diagnostic]:
    """The finding that a text is a list to its author: each of its lines begins with a dash."""
    file, start, end = scalar.span.file, scalar.span.start, scalar.span.end
    raw = file.text[start:end]
    found = list(re.finditer(_LINES, raw))
    first = file.text.rfind("\n", 0, start) + 1
    if len(found) < 2 or len(found) < len(raw.splitlines()) or file.text[first:start].strip():
        return
    edits = tuple(Edit(Span(file, start + each.start("dash"), start + each.end("dash")), "- ") for each in found)
    sign = raw[0]
    line = raw.splitlines()[0].rstrip()
    yield Diagnostic(
        CODE,
        scalar.place(0, 1),
        Wording(
            f"these lines are one text: `{sign}` does not begin an item of a list",
            f"这几行是一段文本：`{sign}` 不能开始一个列表项",
        ),
        label=Wording("an item begins with `- `, a half-width hyphen and a space", "列表项以半角的 `- ` 开头"),
        fix=Fix("- " + line[found[0].end("dash") :], edits, Applicability.UNSAFE),
        help=Wording("if it is one text, write it on several lines under `|`", "如果是一段文本，请在 `|` 之下分行书写"),
    )
