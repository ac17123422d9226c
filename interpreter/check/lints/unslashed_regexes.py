r"""DL416: regular expressions without their slashes, `^在吗$` and `\d+`: as phrases, nobody ever says them.

What a phrase may well hold is no sign of one: a face such as `^_^`, a price such as `$5`, a sign at the end as in
`100元+`, `五星*` and `会员$`, or `(a|b)`, which is notation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import PatternLeaf
from interpreter.dialog.model.rules import Rule
from interpreter.patterns.tree import Phrase
from interpreter.source.tree import Scalar
from interpreter.types.regexes import translate

CODE = "DL416"

_MARK = re.compile(r"[\\^$*+\[{?]")
_SURE = (
    r"\\[dDwWsSbB](?![a-z])"
    r"|\\[dDwWsSbB][+*?{]"
    r"|(?<!\\)\.[*+]"
    r"|(?<!\\)\[\^?[^\[\]\s-]-[^\[\]]+\][+*?{]?"
    r"|(?<!\\)\[[^\[\]]+\][+*{]"
    r"|\(\?(?:[:i]|P?<)"
    r"|\A\^(?=.*(?<!\\)\$\Z)"
)
_LIKELY = (
    r"(?<=\))[?+*]|(?<=[\w)])\{\d+(?:,\d*)?\}"
    r"|\A\^(?=[\w(])(?!.*\^)|(?<=\))\$\Z|\A[*+](?=.+[*+]\Z)"
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The phrases among all patterns."""
    for rule, leaf in subject.marked_patterns:
        if isinstance(leaf.pattern, Phrase) and leaf.pattern.mode != "typo":
            text = leaf.scalar.text
            start = 1 if leaf.pattern.mode == "exact" else 0
            if _MARK.search(text, start) is None or text[0] == "／":
                continue
            body = text[start:]
            sure = re.search(_SURE, body)
            found = sure or re.search(_LIKELY, body)
            if found is not None:
                yield _report(rule, leaf, start, found, is_sure=sure is not None)


def _report(rule: Rule, leaf: PatternLeaf, start: int, found: re.Match[str], *, is_sure: bool) -> Diagnostic:
    scalar = leaf.scalar
    sign = found[0]
    return Diagnostic(
        CODE,
        scalar.place(start + found.start(), start + found.end()),
        Wording(
            f"this phrase looks like a regular expression, yet `{sign}` means nothing of the kind in it",
            f"这个短语看起来像正则表达式，但 `{sign}` 在短语里没有特殊含义",
        ),
        label=Wording("a regular expression stands between slashes", "正则表达式要写在两个 `/` 之间"),
        fix=_slashes(scalar, start, leaf, is_sure=is_sure and scalar.span.start != rule.name.span.start),
        help=Wording(
            "a phrase is found anywhere in a message, so a word alone will often do; a backslash before a sign "
            "says that it is meant",
            "短语在消息的任何位置出现都算匹配，通常只写这个词就够了；如果确实要匹配这个符号，请在它前面加反斜杠",
        ),
    )


def _slashes(scalar: Scalar, start: int, leaf: PatternLeaf, *, is_sure: bool) -> Fix | None:
    """The slashes around it, if it can be read as a regular expression."""
    body = scalar.text[start:]
    first, last = ("", "")
    if start:
        first, last = "^" * (not body.startswith("^")), "$" * (not body.endswith("$"))
    mended = f"/{first}{body}{last}/"
    if leaf.pattern.captures or translate(mended[1:-1])[0] is None:
        return None
    end = len(scalar.text)
    edits = (
        Edit(scalar.place(0, start), f"/{first}"),
        Edit(scalar.place(end, end), f"{last}/"),
    )
    fits = "\n" not in scalar.text and scalar.style in ("plain", "single", "double")
    return Fix(mended, edits if fits else (), Applicability.SAFE if is_sure else Applicability.UNSAFE)
