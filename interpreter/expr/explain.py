"""Plain words for the place where an expression stops making sense."""

from __future__ import annotations

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording
from interpreter.expr.foreign import foreign_operators, foreign_words
from interpreter.expr.lexemes import Brackets, Lexeme, lexemes, pair_brackets
from interpreter.expr.tree import KEYWORDS

_SHOWN = {
    "ELSE": "else",
    "IN": "in",
    "IF": "if",
    "COLON": ":",
    "COMMA": ",",
    "RPAR": ")",
    "RSQB": "]",
    "RBRACE": "}",
}
_CONDITIONAL = Wording("a choice is written `a if c else b`", "选择写作 `a if c else b`")
_COMPREHENSION = Wording("write `[f(x) for x in xs if c]`", "写作 `[f(x) for x in xs if c]`")
_DURATION = Wording("durations are written `5m`, `1h30m`, `2d`", "时长写作 `5m`、`1h30m`、`2d`")


def explain(text: str, start: int | None, expected: frozenset[str]) -> tuple[Problem, ...]:
    """What is wrong with an expression where something else was expected: at `start`, or at its end (None).

    One mistake is often several to a grammar, so only the likeliest kind is reported.
    """
    words = lexemes(text)
    open_text = _explain_text(words)
    if open_text is not None:
        return (open_text,)
    foreign = (*foreign_operators(text, words), *foreign_words(words, start))
    if foreign:
        return foreign
    unpaired = _explain_brackets(words)
    if unpaired is not None:
        return (unpaired,)
    if start is None:
        return (_explain_end(words, expected),)
    return (_explain_word(words, start, expected),)


def _explain_text(words: tuple[Lexeme, ...]) -> Problem | None:
    """A text without its closing quote."""
    for word in words:
        if word.kind == "open":
            quote = word.text[0]
            return _syntax(
                word,
                f"this text never ends: its closing {quote} is missing",
                f"这段文本没有结束：缺少右引号 {quote}",
            )
    return None


def _explain_brackets(words: tuple[Lexeme, ...]) -> Problem | None:
    """A bracket without its partner."""
    brackets = pair_brackets(words)
    if brackets.stray is not None:
        return _stray(words, brackets, brackets.stray)
    if brackets.unclosed:
        opening = words[brackets.unclosed[-1]]
        return _syntax(opening, f"`{opening.text}` is never closed", f"`{opening.text}` 没有闭合")
    return None


def _stray(words: tuple[Lexeme, ...], brackets: Brackets, index: int) -> Problem:
    word = words[index]
    opening = next((words[i] for i in reversed(brackets.unclosed)), None)
    if opening is None:
        return _syntax(word, f"`{word.text}` closes nothing", f"`{word.text}` 没有对应的左括号")
    return _syntax(word, f"`{word.text}` does not close `{opening.text}`", f"`{word.text}` 与 `{opening.text}` 不配对")


def _explain_end(words: tuple[Lexeme, ...], expected: frozenset[str]) -> Problem:
    """The expression ends too early."""
    if not words:
        return Problem("DL200", 0, 0, Wording("the expression is empty", "表达式是空的"))
    last = words[-1]
    if "ELSE" in expected and "NUMBER" not in expected:
        opening = next(word for word in reversed(words) if word.text == "if")
        return _syntax(opening, "`if` has no `else`", "`if` 缺少 `else`", _CONDITIONAL)
    wanted = Wording("a name", "一个名称") if "NUMBER" not in expected else Wording("a value", "一个值")
    return _syntax(
        last,
        f"the expression ends after `{last.text}`, where {wanted.en} should follow",
        f"表达式在 `{last.text}` 之后就结束了，后面应有{wanted.zh}",
    )


def _explain_word(words: tuple[Lexeme, ...], start: int, expected: frozenset[str]) -> Problem:
    """Something that cannot stand where it stands."""
    index = next((i for i, word in enumerate(words) if word.end > start), len(words) - 1)
    word = words[index]
    before = words[index - 1] if index else None
    if word.kind == "number" and word.start < start:
        return _syntax(
            word,
            f"`{word.text}` is neither a number nor a duration",
            f"`{word.text}` 既不是数字也不是时长",
            _DURATION,
        )
    if (word.kind == "mark" and not word.text.isascii()) or word.text in ("@", "#", "$", "\\", "`", "~", "^", ";"):
        return _alien(word)
    if word.text == ":" and (time := _time(words, index)) is not None:
        return time
    if "NUMBER" in expected:
        return _no_value(word, before)
    if word.text == "(" and before is not None:
        return _no_call(words, index)
    if "ELSE" in expected and word.kind != "mark":
        return _syntax(
            word, f"expected `else`, found `{word.text}`", f"此处应为 `else`，而不是 `{word.text}`", _CONDITIONAL
        )
    if "IN" in expected and len(expected) == 1:
        return _syntax(
            word, f"expected `in`, found `{word.text}`", f"此处应为 `in`，而不是 `{word.text}`", _COMPREHENSION
        )
    if expected <= {"NAME", "FIELD"}:
        return _syntax(word, f"expected a name, found `{word.text}`", f"此处应为一个名称，而不是 `{word.text}`")
    if word.kind != "mark" and word.text not in KEYWORDS and before is not None:
        missing = Wording("an operator", "运算符")
        if "COMMA" in expected:
            missing = Wording("an operator or a comma", "运算符或逗号")
        return _syntax(
            word,
            f"`{word.text}` follows `{before.text}` without {missing.en} between them",
            f"`{before.text}` 与 `{word.text}` 之间缺少{missing.zh}",
        )
    return _misplaced(word, expected)


def _time(words: tuple[Lexeme, ...], index: int) -> Problem | None:
    """`21:00`, a time of day without quotes."""
    if not 0 < index < len(words) - 1:
        return None
    hours, colon, minutes = words[index - 1 : index + 2]
    if hours.kind != "number" or minutes.kind != "number" or (hours.end, colon.end) != (colon.start, minutes.start):
        return None
    if not (hours.text.isdigit() and minutes.text.isdigit() and int(hours.text) < 25 and len(minutes.text) == 2):
        return None
    written = f'time("{hours.text.zfill(2)}:{minutes.text}")'
    return Problem(
        "DL200",
        hours.start,
        minutes.end,
        Wording(f"`{hours.text}:{minutes.text}` is no value", f"`{hours.text}:{minutes.text}` 不是一个值"),
        label=Wording(f"a time of day is written `{written}`", f"时刻写作 `{written}`"),
        help=Wording(
            f"compare it with `time(now)`, or compare `now.hour` with {int(hours.text)}",
            f"可与 `time(now)` 比较，或拿 `now.hour` 与 {int(hours.text)} 比较",
        ),
    )


def _alien(word: Lexeme) -> Problem:
    if not word.text.isprintable():
        code = f"U+{ord(word.text[0]):04X}"
        return Problem(
            "DL200",
            word.start,
            word.end,
            Wording(f"an invisible character, {code}", f"不可见字符 {code}"),
            replacement="",
        )
    return _syntax(word, f"`{word.text}` has no meaning in an expression", f"`{word.text}` 在表达式里没有意义")


def _no_value(word: Lexeme, before: Lexeme | None) -> Problem:
    if word.text in KEYWORDS and before is None:
        return _syntax(
            word,
            f"expected a value, found the word `{word.text}` of the language",
            f"此处应为一个值，而不是关键字 `{word.text}`",
        )
    if before is None:
        return _syntax(word, f"expected a value, found `{word.text}`", f"此处应为一个值，而不是 `{word.text}`")
    return _syntax(
        word,
        f"expected a value after `{before.text}`, found `{word.text}`",
        f"`{before.text}` 之后应为一个值，而不是 `{word.text}`",
    )


def _no_call(words: tuple[Lexeme, ...], index: int) -> Problem:
    before = words[index - 1]
    if before.kind == "name" and index >= 2 and words[index - 2].text == ".":
        return _syntax(
            before,
            f"`{before.text}` is written after a dot, but functions stand before their arguments",
            f"`{before.text}` 写在了点号之后，但函数应写在参数之前",
            Wording(f"write `{before.text}(x)`", f"写成 `{before.text}(x)`"),
        )
    return _syntax(words[index], f"`{before.text}` cannot be called", f"`{before.text}` 不能调用")


def _misplaced(word: Lexeme, expected: frozenset[str]) -> Problem:
    shown = [f"`{_SHOWN[name]}`" for name in sorted(expected) if name in _SHOWN]
    if 0 < len(shown) <= 3 and "$END" not in expected:
        return _syntax(
            word,
            f"`{word.text}` cannot stand here; expected an operator or {' or '.join(shown)}",
            f"此处不能是 `{word.text}`，应为运算符或{'、'.join(shown)}",
        )
    return _syntax(word, f"`{word.text}` cannot stand here", f"此处不能是 `{word.text}`")


def _syntax(word: Lexeme, en: str, zh: str, hint: Wording | None = None) -> Problem:
    return Problem("DL200", word.start, word.end, Wording(en, zh), help=hint)
