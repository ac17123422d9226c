"""What is refused in a regular expression, and what to write instead: one function per mistake."""

from __future__ import annotations

import re

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording


class Refused(Exception):  # noqa: N818 - it is a verdict on the author's text, not an error of ours
    """The first problem in an expression; it ends the parse and never leaves this stage."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message.en)
        self.problem = problem


def _syntax(
    start: int, end: int, en: str, zh: str, *, hint: tuple[str, str] | None = None, replacement: str | None = None
) -> Refused:
    return _refuse("DL401", start, end, en, zh, hint=hint, replacement=replacement)


def _refuse(
    code: str,
    start: int,
    end: int,
    en: str,
    zh: str,
    *,
    hint: tuple[str, str] | None = None,
    replacement: str | None = None,
) -> Refused:
    help = Wording(*hint) if hint else None
    return Refused(Problem(code, start, end, Wording(en, zh), help=help, replacement=replacement))


def unopened(at: int) -> Refused:
    """A `)` without its `(`."""
    hint = (r"write `\)` for the character itself", r"要匹配括号本身，写作 `\)`")
    return _syntax(at, at + 1, "`)` closes nothing", "多余的 `)`", hint=hint)


def unclosed_group(at: int) -> Refused:
    """A `(` without its `)`."""
    hint = (r"write `\(` for the character itself", r"要匹配括号本身，写作 `\(`")
    return _syntax(at, at + 1, "`(` is not closed", "`(` 没有闭合", hint=hint)


def unclosed_class(at: int) -> Refused:
    """A `[` without its `]`."""
    hint = (r"write `\[` for the character itself", r"要匹配方括号本身，写作 `\[`")
    return _syntax(at, at + 1, "`[` is not closed", "`[` 没有闭合", hint=hint)


def nothing_to_repeat(start: int, end: int, *, after_assertion: bool = False, after_repeat: bool = False) -> Refused:
    """A quantifier that has nothing before it, a place only, or another quantifier."""
    if after_assertion:
        return _syntax(start, end, "a place such as `^` or `\\b` cannot be repeated", "`^`、`\\b` 这样的位置不能重复")
    if after_repeat:
        hint = ("put what is repeated twice into a group: `(?:a*)+`", "要重复两次，请用分组：`(?:a*)+`")
        return _syntax(start, end, "a repetition is repeated", "重复符号之后又有重复符号", hint=hint)
    hint = ("with a backslash before it it stands for itself", "前面加反斜杠表示字符本身")
    return _syntax(start, end, "there is nothing to repeat", "前面没有可重复的内容", hint=hint)


def possessive(start: int, end: int, quantifier: str) -> Refused:
    """`a*+`."""
    hint = (
        f"write `{quantifier}`: this engine never backtracks, so nothing is gained by it",
        f"写作 `{quantifier}` 即可：此引擎从不回溯",
    )
    return _refuse("DL402", start, end, "a possessive repetition", "占有型重复", hint=hint, replacement=quantifier)


def open_lower_bound(start: int, end: int, high: str) -> Refused:
    """`{,3}`, which some engines take for a repetition and some for text."""
    shown = f"{{0,{high}}}"
    message = ("a repetition without a lower bound", "重复次数缺少下限")
    return _syntax(start, end, *message, hint=(f"write `{shown}`", f"写作 `{shown}`"), replacement=shown)


def reversed_bounds(start: int, end: int, shown: str) -> Refused:
    """`{5,2}`."""
    return _syntax(start, end, "the repetition ends before it begins", "重复次数的上限小于下限", replacement=shown)


def too_many_repeats(start: int, end: int, most: int) -> Refused:
    """`{2000}`, also when it takes nested repetitions to get there."""
    return _refuse(
        "DL404",
        start,
        end,
        f"more than {most:,} counted repetitions",
        f"计数重复超过 {most:,} 次",
        hint=(
            "`*` and `+` have no limit; or check `len(text)` in `if`",
            "`*` 和 `+` 没有上限；也可以在 `if` 里检查 `len(text)`",
        ),
    )


def too_deep(at: int, deepest: int) -> Refused:
    """Groups in groups in groups."""
    return _refuse("DL404", at, at + 1, f"groups are nested deeper than {deepest}", f"分组嵌套超过 {deepest} 层")


_EXTENSIONS: tuple[tuple[str, str, str], ...] = (
    ("(?<=", "look-behind", "后顾（look-behind）"),
    ("(?<!", "negative look-behind", "否定后顾（look-behind）"),
    ("(?=", "look-ahead", "前瞻（look-ahead）"),
    ("(?!", "negative look-ahead", "否定前瞻（look-ahead）"),
    ("(?>", "an atomic group", "原子组"),
    ("(?(", "a conditional", "条件分支"),
    ("(?P=", "a back-reference", "反向引用"),
    ("(?P>", "recursion", "递归"),
    ("(?R)", "recursion", "递归"),
    ("(?&", "recursion", "递归"),
    ("(?|", "a branch reset", "分支重置"),
)
_NEGATIVE = (
    "put a rule for the exception before this one, or test the text in `if`",
    "在这条规则之前为例外另写一条规则，或在 `if` 中检查文本",
)
_POSITIVE = (
    "match that text too and put what you want into a named group `(?<name>…)`",
    "把这段文字也匹配进来，用命名分组 `(?<name>…)` 取出需要的部分",
)
_INSTEAD: dict[str, tuple[str, str]] = {
    "(?<=": _POSITIVE,
    "(?=": _POSITIVE,
    "(?<!": _NEGATIVE,
    "(?!": _NEGATIVE,
    "(?>": ("write `(?:…)`: this engine never backtracks", "写作 `(?:…)`：此引擎从不回溯"),
    "(?(": ("write both cases as alternatives: `(?:…|…)`", "把两种情况写成备选：`(?:…|…)`"),
    "(?P=": ("capture both parts and compare them in `if`", "分别捕获两部分，在 `if` 中比较"),
}


def refuse_extension(source: str, at: int) -> None:
    """Refuse look-around and its kin, if the group at this place is one.

    Raises:
        Refused: it is.
    """
    for opening, en, zh in _EXTENSIONS:
        if source.startswith(opening, at):
            hint = _INSTEAD.get(opening)
            raise _refuse("DL402", at, at + len(opening), f"{en} is not supported", f"不支持{zh}", hint=hint)


def back_reference(source: str, at: int) -> Refused:
    r"""`\1`, `\k<name>`."""
    match = re.compile(r"\\(?:\d+|k(?:<[^>]*>|\{[^}]*\}|'[^']*')?)").match(source, at)
    end = match.end() if match else at + 2
    return _refuse("DL402", at, end, "a back-reference is not supported", "不支持反向引用", hint=_INSTEAD["(?P="])


def unknown_group(source: str, at: int) -> Refused:
    """`(?` and something that is no group of ours."""
    if source.startswith("(?'", at):
        hint = ("a named group is written `(?<name>…)`", "命名分组写作 `(?<name>…)`")
        return _syntax(at, at + 3, "a group that cannot be read", "无法解析的分组", hint=hint)
    if flags := re.compile(r"\(\?[a-zA-Z]*(?:-[a-zA-Z]+)?\)").match(source, at):
        hint = ("flags stand at the start, or for one group: `(?i:…)`", "标志写在开头，或只用于一个分组：`(?i:…)`")
        return _syntax(at, flags.end(), "flags in the middle", "标志写在了中间", hint=hint)
    hint = (
        "groups are `(…)`, `(?:…)`, `(?<name>…)` and `(?i:…)`",
        "分组有 `(…)`、`(?:…)`、`(?<name>…)`、`(?i:…)` 几种",
    )
    return _syntax(at, min(at + 3, len(source)), "a group that cannot be read", "无法解析的分组", hint=hint)


def bad_name(name: str, start: int, end: int) -> Refused:
    """A group's name that could not be a variable."""
    return _refuse(
        "DL113",
        start,
        end,
        f"`{name}` cannot name a capture",
        f"`{name}` 不能作为捕获的名称",
        hint=(
            "a name has letters, digits and `_`, begins with no digit and is no word of the language such as `if`",
            "名称由字母、数字和 `_` 组成，不以数字开头，也不能是 `if` 这样的语言关键字",
        ),
    )


def duplicate_name(name: str, start: int, end: int) -> Refused:
    """Two groups of one name."""
    return _syntax(
        start,
        end,
        f"two groups are named `{name}`",
        f"有两个分组都叫 `{name}`",
        hint=(
            "a rule may have several patterns that capture the same name",
            "一条规则可以有多个模式，各自捕获同一名称",
        ),
    )


def unknown_flag(flag: str, at: int) -> Refused:
    """A flag other than `i m s`."""
    why = {
        "g": ("without it all is found that is needed", "不需要它"),
        "u": ("everything is Unicode already", "本来就是 Unicode"),
        "y": ("`^` ties a match to the start", "用 `^` 表示开头"),
        "x": ("write it on one line; a regex may be cut into several patterns", "请写在一行里；也可以拆成多个模式"),
    }
    hint = why.get(
        flag,
        (
            "flags are `i` (letter case), `m` (lines) and `s` (`.` takes line breaks)",
            "标志有 `i`（忽略大小写）、`m`（多行）、`s`（`.` 匹配换行）",
        ),
    )
    return _syntax(at, at + 1, f"there is no flag `{flag}`", f"没有标志 `{flag}`", hint=hint, replacement="")


def unknown_property(name: str, start: int, end: int) -> Refused:
    r"""`\p{…}` of something RE2 does not know."""
    return _syntax(
        start,
        end,
        f"no Unicode category or script is named `{name}`",
        f"没有名为 `{name}` 的 Unicode 类别或文字",
        hint=(
            "known are categories (`L`, `Lu`, `N`, `P`, `So` …) and scripts (`Han`, `Latin` …)",
            "可用类别（`L`、`Lu`、`N`、`P`、`So` …）和文字（`Han`、`Latin` …）",
        ),
    )


def lone_backslash(at: int) -> Refused:
    """A backslash at the very end."""
    hint = (r"write `\\` for the character itself", r"要匹配反斜杠本身，写作 `\\`")
    return _syntax(at, at + 1, "a backslash with nothing after it", "反斜杠之后没有内容", hint=hint)


_ESCAPES: dict[str, tuple[str, str]] = {
    "h": (r"write `[ \t]`", r"写作 `[ \t]`"),
    "H": (r"write `[^ \t]`", r"写作 `[^ \t]`"),
    "R": (r"write `(?:\r\n|\n)`", r"写作 `(?:\r\n|\n)`"),
    "N": (r"write `[^\n]`", r"写作 `[^\n]`"),
    "X": (r"write `\p{L}\p{M}*`", r"写作 `\p{L}\p{M}*`"),
    "G": ("`^` ties a match to the start", "用 `^` 表示开头"),
    "Q": ("put a backslash before each character", "在每个字符前加反斜杠"),
    "E": ("put a backslash before each character", "在每个字符前加反斜杠"),
    "K": ("put what you want into a named group `(?<name>…)`", "用命名分组 `(?<name>…)` 取出需要的部分"),
    "x": (r"write two hexadecimal digits (`\x41`) or `\x{1F600}`", r"写两位十六进制（`\x41`）或 `\x{1F600}`"),
    "u": (r"write four hexadecimal digits (`\u4f60`) or `\u{1F600}`", r"写四位十六进制（`\u4f60`）或 `\u{1F600}`"),
    "p": (r"write `\p{Han}` or `\p{L}`", r"写作 `\p{Han}` 或 `\p{L}`"),
    "P": (r"write `\P{Han}` or `\P{L}`", r"写作 `\P{Han}` 或 `\P{L}`"),
}


def bad_escape(source: str, at: int) -> Refused:
    """A backslash before a letter or digit that means nothing."""
    letter = source[at + 1]
    message = (f"`\\{letter}` means nothing", f"`\\{letter}` 没有含义")
    hint = _ESCAPES.get(letter)
    if hint is None and letter.isalpha():
        hint = (f"write `{letter}` for the letter itself", f"要匹配字母本身，写作 `{letter}`")
    return _syntax(at, at + 2, *message, hint=hint)


def no_character(start: int, end: int) -> Refused:
    """A code point that is no character."""
    return _syntax(start, end, "there is no such character", "没有这个字符")


def empty_class(start: int, end: int, source: str) -> Refused:
    """`[]` or `[^]`, which engines read in three ways."""
    is_negated = source[start + 1 : start + 2] == "^"
    if is_negated:
        hint = (
            r"write `[^\]]` for anything but `]`, `[\s\S]` for any character",
            r"除 `]` 以外写作 `[^\]]`；任意字符写作 `[\s\S]`",
        )
    else:
        hint = (r"write `[\]…]` when `]` is one of the characters", r"若 `]` 是其中一个字符，写作 `[\]…]`")
    return _syntax(start, end, "an empty class", "空的字符类", hint=hint)


def set_in_range(start: int, end: int) -> Refused:
    r"""`[\w-z]`."""
    hint = (r"write `\-` for the character itself", r"要匹配连字符本身，写作 `\-`")
    return _syntax(start, end, "a set cannot be the end of a range", "集合不能作为范围的端点", hint=hint)


def reversed_range(start: int, end: int, low: str, high: str) -> Refused:
    """`[z-a]`."""
    message = (f"the range runs from `{low}` back to `{high}`", f"范围从 `{low}` 到 `{high}`，顺序反了")
    return _syntax(start, end, *message)


_POSIX = {
    "alpha": r"\p{L}",
    "digit": r"\d",
    "alnum": r"\p{L}\d",
    "space": r"\s",
    "upper": r"\p{Lu}",
    "lower": r"\p{Ll}",
    "punct": r"\p{P}",
    "word": r"\w",
    "xdigit": "0-9a-fA-F",
    "blank": r" \t",
}


def posix_class(source: str, at: int) -> Refused:
    """`[[:alpha:]]`."""
    match = re.compile(r"\[:(\w+):\]").match(source, at)
    shown = _POSIX.get(match[1]) if match else None
    end = match.end() if match else at + 2
    hint = (f"write `{shown}`", f"写作 `{shown}`") if shown else (r"write `\p{…}`", r"写作 `\p{…}`")
    return _syntax(at, end, "a POSIX class", "POSIX 字符类", hint=hint, replacement=shown)
