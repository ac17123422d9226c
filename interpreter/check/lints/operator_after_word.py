r"""DL407: `?` or `.` behind a Chinese word, meant as punctuation, where a regular expression reads an operator.

`/你好?/` finds just what `/你/` finds: at an open end an optional character changes nothing, so it cannot be meant.
`/再见./` wants one more character behind the word, so the word alone does not match. Before `$`, or with more behind
it, either may well be meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.regexes import RuleRegex, branches, parts
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.types.regex_tree import Char, Chars, Node, Repeat

CODE = "DL407"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """At the open end of an expression or of one of its alternatives."""
    for regex in subject.regexes:
        for branch in branches(regex.placed.node):
            pieces = parts(branch)
            word = _word_before(pieces)
            match pieces[-1] if pieces else None:
                case Repeat(low=0, high=1, body=Char(char=char)) as option if _is_chinese(char) and word:
                    yield _optional(regex, option, word, char)
                case Chars(re2=".") as dot if len(word) > 1:
                    yield _any_character(regex, dot, word)


def _word_before(pieces: tuple[Node, ...]) -> str:
    """The Chinese characters before the last piece."""
    word = ""
    for piece in reversed(pieces[:-1]):
        if not (isinstance(piece, Char) and _is_chinese(piece.char)):
            break
        word = piece.char + word
    return word


def _is_chinese(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def _optional(regex: RuleRegex, option: Repeat, word: str, char: str) -> Diagnostic:
    start, end = regex.placed.place(option)
    return Diagnostic(
        CODE,
        regex.span_of(start + 1, end),
        Wording(
            f"`?` makes `{char}` optional: a message with `{word}` alone matches too",
            f"`?` 使 `{char}` 可有可无：只含 `{word}` 的消息也会匹配",
        ),
        label=Wording("an operator here, no question mark", "这里是运算符，不是问号"),
        help=Wording(
            r"write `\?` for the character, `[?？]` for either width, or leave it out",
            r"要匹配问号写 `\?`，全角半角都要写 `[?？]`，否则请去掉",
        ),
        fix=regex.mend(start + 1, end, r"\?"),
    )


def _any_character(regex: RuleRegex, dot: Chars, word: str) -> Diagnostic:
    start, end = regex.placed.place(dot)
    return Diagnostic(
        CODE,
        regex.span(dot),
        Wording(
            f"`.` wants one more character: a message that ends with `{word}` does not match",
            f"`.` 要求后面再有一个字符：以 `{word}` 结尾的消息不匹配",
        ),
        label=Wording("an operator here, no full stop", "这里是运算符，不是句号"),
        help=Wording(
            r"write `\.` for the character, `。` for the Chinese full stop, or leave it out",
            r"要匹配句点写 `\.`，中文句号写 `。`，否则请去掉",
        ),
        fix=regex.mend(start, end, r"\."),
    )
