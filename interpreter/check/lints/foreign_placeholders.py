"""Placeholders of other languages in a text, `${name}`, `{{name}}`, `{1}` and `%s`, which are said as they stand.

A text may speak of such things; so a name counts only if it is one in that very place, and `{1}` only under a regular
expression that has such a group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from interpreter.check.captures import group_count
from interpreter.check.lints.leaves import own_leaves_of_rule
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.rules import Rule
from interpreter.expr.scope import Scope
from interpreter.types.kinds import AnyType, ErrorType, ListType, MapType, OptionalType, RecordType, Type

CODE = "DL601"

_SIGN = re.compile(r"[{%\\]|＄|\$(?!\()")
"""What every such placeholder has; `$(` alone is our own."""
# Patterns for `re` to compile once one of them is needed.
_PATH = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_NAMED = (
    rf"\$\{{\s*({_PATH})\s*\}}|[$＄][ \u3000]*（\s*({_PATH})\s*[）)]|[$＄][ \u3000]+\(\s*({_PATH})\s*[）)]"
    rf"|＄\(\s*({_PATH})\s*\)|\{{\{{\s*({_PATH})\s*\}}\}}"
)
_NUMBERED = r"(?<![\w{$])\{([1-9])\}(?!\})|(?<![\w$\\])[$\\]([1-9])(?!\w)"
_PRINTF = r"(?<![\w%`])%[sd](?![\w`])"
_UNPRINTABLE = (AnyType, ErrorType, ListType, MapType, OptionalType, RecordType)


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The placeholders in everything that is said."""
    suspects = [
        text for text in subject.marked_texts if _SIGN.search(text.scalar.text) and "$$(" not in text.scalar.text
    ]
    groups = _groups(subject.rules) if suspects else {}
    for text in suspects:
        typed = subject.analysis.text(text)
        if typed is not None:
            yield from _in_text(text, typed.scope, groups.get(id(text), 0))


def _groups(rules: Iterable[Rule]) -> dict[int, int]:
    """By the identity of a text, how many numbered groups the patterns of its rule have."""
    return {
        id(leaf): count
        for rule in rules
        if (count := group_count(rule))
        for leaf in own_leaves_of_rule(rule)
        if isinstance(leaf, Text)
    }


def _in_text(text: Text, scope: Scope, groups: int) -> Iterator[Diagnostic]:
    written = text.scalar.text
    for found in re.finditer(_NAMED, written):
        path = next(group for group in found.groups() if group)
        kind = _type_of(path, scope)
        if kind is not None:
            yield _placeholder(text, found, path, is_sure=not isinstance(kind, _UNPRINTABLE))
    for found in re.finditer(_NUMBERED, written):
        number = int(found[1] or found[2])
        if number <= groups:
            yield _placeholder(text, found, f"match[{number}]", is_sure=False)
    if "%" in written and not text.template.holes:
        for found in re.finditer(_PRINTF, written):
            yield _placeholder(text, found, None, is_sure=False)


def _type_of(path: str, scope: Scope) -> Type | None:
    """The type of what a name stands for; None of one that means nothing here."""
    first, *fields = path.split(".")
    binding = scope.bindings.get(first)
    kind = None if binding is None else binding.type
    for field in fields:
        kind = kind.fields.get(field) if isinstance(kind, RecordType) else None
    return None if isinstance(kind, RecordType) else kind


def _placeholder(text: Text, found: re.Match[str], meant: str | None, *, is_sure: bool) -> Diagnostic:
    span = text.scalar.place(*found.span())
    as_written = span.file.text[span.start : span.end] == found[0]
    mended = None if meant is None else f"$({meant})"
    level = Applicability.SAFE if is_sure else Applicability.UNSAFE
    is_free = text.scalar.style in ("double", "literal", "folded", "single") or _stays_plain(mended)
    return Diagnostic(
        CODE,
        span,
        Wording(f"`{found[0]}` is said as it stands", f"`{found[0]}` 会原样发出去"),
        label=Wording("a placeholder of another language", "这是其他语言的占位写法"),
        fix=Fix(mended, (Edit(span, mended),), level) if mended and as_written and is_free else None,
        help=Wording("a value in a text is written `$(name)`", "文本里的值写作 `$(名称)`"),
    )


def _stays_plain(mended: str | None) -> bool:
    return mended is not None and "[" not in mended
