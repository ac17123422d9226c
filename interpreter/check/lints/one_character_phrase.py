"""DL414: a phrase of one character that stands in words of other meanings: `好` is in `不好`, `1` in `13800138000`."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.alternatives import Alternative, alternatives_of, plain_text
from interpreter.check.lints.mending import mend
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.patterns.tree import Phrase

CODE = "DL414"

_COMMON = {
    **{char: f"不{char}" for char in "好是要对行能会去想可来买用敢肯"},
    "有": "没有",
    "的": "真的吗",
    "了": "算了",
    "不": "不错",
    "我": "我们",
    "你": "你好",
    "吗": "好吗",
    "一": "一样",
    "大": "大家",
    "小": "小心",
    "上": "早上好",
    "下": "等一下",
    "人": "人工",
    "在": "现在",
}
"""Characters that are in everyday messages of another meaning, each with one."""

_ENGLISH = (
    "thanks",
    "hello",
    "good morning",
    "bye",
    "very quick",
    "just a joke",
    "next please",
    "pizza",
    "fine",
    "how are you",
)
"""Everyday messages that have all letters among them."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Contained phrases only, and of the characters those for which a message of another meaning is known."""
    for rule in subject.rules:
        for leaf in rule.trigger.patterns:
            if isinstance(leaf.pattern, Phrase) and leaf.pattern.mode == "contains" and _may_be_short(leaf.pattern):
                for alternative in alternatives_of(leaf, leaf.pattern):
                    yield from _too_short(alternative)


def _may_be_short(phrase: Phrase) -> bool:
    return any(len(text) == 1 for text in map(plain_text, phrase.variants) if text is not None)


def _too_short(alternative: Alternative) -> Iterator[Diagnostic]:
    for text in filter(None, map(plain_text, alternative.ways)):
        proof = _other_message(text)
        if proof is None:
            continue
        leaf = alternative.leaf
        yield Diagnostic(
            CODE,
            alternative.span,
            Wording(
                f"every message with `{text}` in it matches, `{proof}` too",
                f"只要含有 `{text}` 就会匹配，包括 `{proof}`",
            ),
            help=Wording(f"`={text}` is that message and no other", f"`={text}` 只匹配这条消息本身"),
            fix=mend(leaf.scalar, 0, 0, "=", Applicability.UNSAFE) if alternative.is_alone else None,
        )


def _other_message(text: str) -> str | None:
    if len(text) != 1:
        return None
    if text.isascii() and text.isdigit():
        return f"{text}0"
    if text.isascii() and text.isalpha():
        return next(message for message in _ENGLISH if text in message)
    return _COMMON.get(text)
