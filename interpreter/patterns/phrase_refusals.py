"""What is refused in a phrase, and what to write instead: one function per mistake."""

from __future__ import annotations

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording
from interpreter.types.kinds import Type, show


def _problem(
    code: str, start: int, end: int, message: Wording, help: Wording | None = None, replacement: str | None = None
) -> Problem:
    return Problem(code, start, end, message, help=help, replacement=replacement)


def empty(start: int, end: int) -> Problem:
    """A phrase without letters, or one whose options may all stay out."""
    message = Wording(
        "this phrase can be empty, so every message would contain it", "这个短语可以为空，任何消息都会包含它"
    )
    hint = Wording(
        "a rule that answers every message is written `always: true`", "回答任何消息的规则写作 `always: true`"
    )
    return _problem("DL401", start, end, message, hint)


def lone_backslash(at: int) -> Problem:
    """A backslash at the very end."""
    message = Wording("a backslash with nothing after it", "反斜杠之后没有内容")
    hint = Wording(r"write `\\` for the character itself", r"要匹配反斜杠本身，写作 `\\`")
    return _problem("DL401", at, at + 1, message, hint, "\\\\")


def unopened(at: int) -> Problem:
    """A `)` without its `(`."""
    message = Wording("`)` closes nothing", "多余的 `)`")
    hint = Wording(r"write `\)` for the character itself", r"要匹配括号本身，写作 `\)`")
    return _problem("DL401", at, at + 1, message, hint, r"\)")


def unclosed_alternatives(at: int) -> Problem:
    """A `(` without its `)`."""
    message = Wording("`(` is not closed", "`(` 没有闭合")
    hint = Wording(r"write `\(` for the character itself", r"要匹配括号本身，写作 `\(`")
    return _problem("DL401", at, at + 1, message, hint, r"\(")


def unclosed_slot(at: int) -> Problem:
    """A `<` without its `>`."""
    message = Wording("`<` is not closed", "`<` 没有闭合")
    hint = Wording(
        r"a slot is written `<name>` or `<name:type>`; `\<` is the character itself",
        r"槽位写作 `<名称>` 或 `<名称:类型>`；字符本身写作 `\<`",
    )
    return _problem("DL401", at, at + 1, message, hint)


def nameless_slot(start: int, end: int) -> Problem:
    """`<>`, `<:int>`."""
    message = Wording("a slot needs a name", "槽位需要名称")
    hint = Wording("a slot is written `<name>` or `<name:type>`", "槽位写作 `<名称>` 或 `<名称:类型>`")
    return _problem("DL401", start, end, message, hint)


def bad_name(name: str, start: int, end: int) -> Problem:
    """A slot's name that could not be a variable."""
    message = Wording(f"`{name}` cannot name a slot", f"`{name}` 不能作为槽位的名称")
    hint = Wording(
        "a name has letters, digits and `_`, begins with no digit and is no word of the language such as `if`",
        "名称由字母、数字和 `_` 组成，不以数字开头，也不能是 `if` 这样的语言关键字",
    )
    return _problem("DL113", start, end, message, hint)


def plus_after_name(name: str, start: int, end: int) -> Problem:
    """`<name+>`."""
    message = Wording("`+` stands after the type `text`", "`+` 写在类型 `text` 之后")
    return _problem("DL401", start, end, message, replacement=f"{name}:text+")


def plus_after_type(start: int, end: int) -> Problem:
    """`<n:int+>`."""
    message = Wording("only `text+` takes as much as it can", "只有 `text+` 可以尽量多取")
    return _problem("DL401", start, end, message, replacement="")


def not_in_a_slot(kind: Type, start: int, end: int) -> Problem:
    """A type whose values no part of a text can be."""
    shown = show(kind)
    message = Wording(f"a slot cannot have the type `{shown}`", f"槽位不能是 `{shown}` 类型")
    hint = Wording(
        "a slot takes a part of the text: use `text`, or a type with a form of its own such as `int` or `date`",
        "槽位取文本的一部分：用 `text`，或 `int`、`date` 这样有固定写法的类型",
    )
    return _problem("DL107", start, end, message, hint)


def optional_slot(start: int, end: int, slot: str) -> Problem:
    """`<n:int?>`."""
    message = Wording("a slot is made optional by an empty alternative", "槽位用空的备选表示可选")
    hint = Wording(f"write `({slot}|)`", f"写作 `({slot}|)`")
    return _problem("DL107", start, end, message, hint)


def slot_twice(name: str, start: int, end: int) -> Problem:
    """`<a>和<a>`."""
    message = Wording(f"the slot `{name}` stands twice in one phrase", f"槽位 `{name}` 在同一短语中出现两次")
    hint = Wording("slots of one name may stand in different alternatives only", "同名槽位只能出现在不同的备选中")
    return _problem("DL401", start, end, message, hint)


def two_types(name: str, first: Type, second: Type, start: int, end: int) -> Problem:
    """`(<a:int>|<a:text>)`."""
    message = Wording(
        f"the slot `{name}` is `{show(first)}` before and `{show(second)}` here",
        f"槽位 `{name}` 前面是 `{show(first)}`，这里是 `{show(second)}`",
    )
    return _problem("DL401", start, end, message)


def slot_with_typos(start: int, end: int) -> Problem:
    """`~我叫<name>`."""
    message = Wording("a phrase with `~` takes no slots", "`~` 短语中不能有槽位")
    hint = Wording("without `~` slots are fine", "去掉 `~` 就可以使用槽位")
    return _problem("DL401", start, end, message, hint)


def marked_alternative(start: int, end: int, char: str) -> Problem:
    """`a|=b`."""
    message = Wording(
        f"`{char}` in the middle has no meaning: at the start it covers all alternatives",
        f"中间的 `{char}` 没有意义：写在开头时对所有备选有效",
    )
    hint = Wording(
        f"write a list of patterns `[a, {char}b]`; `\\{char}` is the character itself",
        f"写成模式列表 `[a, {char}b]`；字符本身写作 `\\{char}`",
    )
    return _problem("DL401", start, end, message, hint)


def too_many_ways(start: int, end: int, most: int) -> Problem:
    """Alternatives times alternatives times alternatives."""
    message = Wording(f"the alternatives combine in more than {most:,} ways", f"备选的组合超过 {most:,} 种")
    hint = Wording("write several patterns, or a regular expression", "拆成多个模式，或使用正则表达式")
    return _problem("DL404", start, end, message, hint)


def too_deep(at: int) -> Problem:
    """Alternatives in alternatives in alternatives."""
    return _problem("DL404", at, at + 1, Wording("alternatives are nested too deeply", "备选嵌套过深"))


def too_long(end: int, most: int) -> Problem:
    """A pattern nobody would write."""
    return _problem("DL404", 0, end, Wording(f"a pattern longer than {most:,} characters", f"模式超过 {most:,} 个字符"))


def full_width(start: int, end: int, replacement: str) -> Problem:
    """`（早|早上）好`, `＝help`, `你好｜您好`."""
    message = Wording("full-width punctuation where pattern notation is meant", "模式记号误用了全角标点")
    hint = Wording("a backslash before it makes it the character itself", "前面加反斜杠表示字符本身")
    return _problem("DL401", start, end, message, hint, replacement)


def unclosed_regex(text: str) -> Problem:
    """`/help`."""
    message = Wording("a regular expression needs a closing `/`", "正则表达式缺少结尾的 `/`")
    hint = Wording(f"for the phrase itself write `\\{text}`", f"若要匹配文字本身，写作 `\\{text}`")
    return _problem("DL401", 0, len(text), message, hint, f"\\{text}")


def empty_regex(end: int) -> Problem:
    """`//`."""
    message = Wording("an empty regular expression matches every message", "空的正则表达式会匹配任何消息")
    hint = Wording(
        "a rule that answers every message is written `always: true`", "回答任何消息的规则写作 `always: true`"
    )
    return _problem("DL401", 0, end, message, hint)
