r"""Texts with `\n` where it is no line break, in single quotes or without any: it is said as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.wording import Wording
from interpreter.source.tree import Scalar

CODE = "DL604"

_BREAK = r"(?<![\\:`])(?:\\r)?\\n(?!`)"
_PATH = r"[A-Za-z]:\\|\\\\"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The texts of all replies; a path of Windows and code in back-ticks are left alone."""
    for text in subject.marked_texts:
        scalar = text.scalar
        if "\\n" not in scalar.text or scalar.style not in ("plain", "single"):
            continue
        found = re.search(_BREAK, scalar.text)
        inside = found is not None and any(hole.start <= found.start() < hole.end for hole in text.template.holes)
        if found is not None and not inside and "`" not in scalar.text and not re.search(_PATH, scalar.text):
            yield _escape(scalar, *found.span())


def _escape(scalar: Scalar, start: int, end: int) -> Diagnostic:
    written = scalar.text[start:end]
    can_quote = '"' not in scalar.text and not re.search(r"\\(?![nr])", scalar.text) and "\n" not in scalar.text
    quoted = f'"{scalar.text}"'
    return Diagnostic(
        CODE,
        scalar.place(start, end),
        Wording(f"`{written}` is said as it stands, a backslash and a letter", f"`{written}` 会原样发出去，不会换行"),
        label=Wording("a line break only in double quotes", "只有在双引号里才表示换行"),
        fix=Fix(quoted, (Edit(scalar.span, quoted),), Applicability.UNSAFE) if can_quote else None,
        help=Wording(
            "write the text in double quotes, or on several lines under `|`", "请用双引号，或在 `|` 之下分行书写"
        ),
    )
