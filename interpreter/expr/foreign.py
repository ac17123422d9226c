"""Operators and habits of other languages: `&&`, `!x`, `a ? b : c`, a single `=`, `$(x)` inside an expression."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording
from interpreter.expr.lexemes import Brackets, Lexeme, pair_brackets

_OURS = {
    "&&": "and",
    "||": "or",
    "&": "and",
    "|": "or",
    "===": "==",
    "!==": "!=",
    "<>": "!=",
    "=<": "<=",
    "=>": ">=",
    "≠": "!=",
    "≤": "<=",
    "≥": ">=",
    "×": "*",
    "÷": "/",
    "−": "-",
}
_WORDS = {
    "AND": "and",
    "And": "and",
    "OR": "or",
    "Or": "or",
    "NOT": "not",
    "Not": "not",
    "IN": "in",
    "In": "in",
    "IF": "if",
    "If": "if",
    "ELSE": "else",
    "Else": "else",
    "is": "==",
}


def foreign_operators(text: str, words: tuple[Lexeme, ...]) -> Iterator[Problem]:
    """What of an expression is another language's, with the mend in ours."""
    brackets = pair_brackets(words)
    has_ternary = False
    for index, word in enumerate(words):
        if word.kind != "mark":
            continue
        if word.text in _OURS:
            yield _foreign(text, word, _OURS[word.text])
        elif word.text == "!":
            yield _foreign(text, word, "not")
        elif word.text == "=" and not _names_argument(words, brackets, index):
            yield _foreign(text, word, "==")
        elif word.text in ("+=", "-="):
            yield _assignment(word)
        elif word.text == "**":
            yield _unmended(word, "write a power as `pow(a, b)`", "乘方写作 `pow(a, b)`")
        elif word.text == "?." or (word.text == "?" and _is_dangling(words, index)):
            yield _unmended(
                word, "ask `x != null` first, or give a value with `??`", "先判断 `x != null`，或用 `??` 给出默认值"
            )
        elif word.text == "?" and not has_ternary:
            has_ternary = True
            yield _ternary(text, words, brackets, index)
        elif word.text in ("$(", "${"):
            yield _hole(text, words, brackets, index)


def foreign_words(words: tuple[Lexeme, ...], start: int | None) -> Iterator[Problem]:
    """A word such as `AND` or `is` at the place, or just before the place, where reading stopped."""
    for index, word in enumerate(words):
        follower = words[index + 1].start if index + 1 < len(words) else None
        if word.kind == "name" and word.text in _WORDS and start in (word.start, follower):
            ours, end = _WORDS[word.text], word.end
            if word.text == "is" and follower is not None and words[index + 1].text == "not":
                ours, end = "!=", words[index + 1].end
            yield _replace(word.start, end, word.text, ours, ours)
            return


def _foreign(text: str, word: Lexeme, ours: str) -> Problem:
    replacement = ours
    if ours.isalpha():
        before, after = text[: word.start][-1:], text[word.end :][:1]
        replacement = (
            (" " if before.isalnum() or before in tuple("_)]}\"'") else "")
            + ours
            + ("" if after.isspace() or (after in ("", "(") and ours == "not") else " ")
        )
    return _replace(word.start, word.end, word.text, ours, replacement)


def _replace(start: int, end: int, theirs: str, ours: str, replacement: str) -> Problem:
    return Problem(
        "DL211",
        start,
        end,
        Wording(f"`{theirs}` is an operator of another language", f"`{theirs}` 是其他语言的运算符"),
        label=Wording(f"write `{ours}`", f"写成 `{ours}`"),
        replacement=replacement,
    )


def _unmended(word: Lexeme, help_en: str, help_zh: str) -> Problem:
    return Problem(
        "DL211",
        word.start,
        word.end,
        Wording(f"`{word.text}` is an operator of another language", f"`{word.text}` 是其他语言的运算符"),
        help=Wording(help_en, help_zh),
    )


def _assignment(word: Lexeme) -> Problem:
    return Problem(
        "DL211",
        word.start,
        word.end,
        Wording("an expression cannot assign", "表达式不能赋值"),
        help=Wording("assign with the key `set`", "赋值请用键 `set`"),
    )


def _names_argument(words: tuple[Lexeme, ...], brackets: Brackets, index: int) -> bool:
    """Whether a `=` belongs to `f(name=value)`."""
    opening = brackets.inside[index]
    if opening < 1 or words[opening].text != "(" or words[opening - 1].kind != "name":
        return False
    return index >= 2 and words[index - 1].kind == "name" and words[index - 2].text in ("(", ",")


def _is_dangling(words: tuple[Lexeme, ...], index: int) -> bool:
    return index + 1 == len(words) or words[index + 1].text in (")", "]", "}", ",")


def _ternary(text: str, words: tuple[Lexeme, ...], brackets: Brackets, index: int) -> Problem:
    """`c ? a : b`, within the brackets and commas it stands between."""
    home = brackets.inside[index]
    peers = [i for i, inside in enumerate(brackets.inside) if inside == home and words[i].kind == "mark"]
    borders = [i for i in peers if words[i].text == "," or (i < index and words[i].text in (":", "$(")) or i == home]
    first = max((words[i].end for i in borders if i < index), default=words[home].end if home >= 0 else 0)
    closing = brackets.partner.get(home)
    limit = words[closing].start if closing is not None else len(text)
    last = min((words[i].start for i in borders if i > index), default=limit)
    mark = words[index]
    colon = next((words[i] for i in peers if i > index and words[i].text == ":" and words[i].start < last), None)
    message = Wording("`? :` is an operator of another language", "`? :` 是其他语言的运算符")
    if colon is None:
        return _unmended(mark, "write a choice as `a if c else b`", "选择写作 `a if c else b`")
    condition, then, otherwise = text[first : mark.start], text[mark.end : colon.start], text[colon.end : last]
    start = first + len(condition) - len(condition.lstrip())
    mended = f"{then.strip()} if {condition.strip()} else {otherwise.strip()}"
    end = last - (len(otherwise) - len(otherwise.rstrip()))
    return Problem(
        "DL211", start, end, message, label=Wording(f"write `{mended}`", f"写成 `{mended}`"), replacement=mended
    )


def _hole(text: str, words: tuple[Lexeme, ...], brackets: Brackets, index: int) -> Problem:
    opening, closing = words[index], brackets.partner.get(index)
    end = words[closing].end if closing is not None else opening.end
    inner = text[opening.end : words[closing].start].strip() if closing is not None else ""
    alone = closing is not None and index == 0 and closing == len(words) - 1
    mended = inner if alone or inner.isidentifier() else f"({inner})"
    return Problem(
        "DL213",
        opening.start,
        end,
        Wording(f"`{opening.text}` inside an expression", f"表达式里写了 `{opening.text}`"),
        label=Wording(
            f"this is an expression already: write `{mended}`" if inner else "this is an expression already",
            f"这里已经是表达式：写成 `{mended}`" if inner else "这里已经是表达式",
        ),
        replacement=mended if inner else None,
    )
