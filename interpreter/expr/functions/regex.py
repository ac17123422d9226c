"""Functions of regular expressions: the same ones as in patterns, in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from interpreter.diagnostics.wording import Wording
from interpreter.expr.env import Env
from interpreter.expr.functions.limits import room_for_items, room_for_text
from interpreter.expr.functions.registry import BOOL, TEXT, Family, Parameter
from interpreter.types.kinds import ListType, OptionalType
from interpreter.types.regexes import CompiledRegex, RegexMatch, compile_regex, translate
from interpreter.values import Fault

FAMILY = Family(
    "regex",
    Wording("Regular expressions", "正则表达式"),
    Wording(
        "These are the regular expressions of patterns, but without slashes; the flags `i`, `m`, `s` are a text.",
        "与模式中的正则表达式相同，不写斜杠，标志 `i`、`m`、`s` 写成文本。",
    ),
)


@FAMILY.function(
    "matches",
    Parameter("text", TEXT),
    Parameter("pattern", TEXT),
    Parameter("flags", TEXT, ""),
    result=BOOL,
    needs_env=True,
    zh="文本中是否有与 pattern 匹配的部分。",
    examples={
        'matches("订3张", "\\\\d+张")': "true",
        'matches("ABC", "^b")': "false",
        'matches("ABC", "^a", flags="i")': "true",
    },
)
def matches(env: Env, text: str, pattern: str, flags: str) -> bool:
    """Whether the regular expression matches anywhere in the text."""
    return _compiled(env, "matches", pattern, flags).search(text) is not None


@FAMILY.function(
    "find_match",
    Parameter("text", TEXT),
    Parameter("pattern", TEXT),
    Parameter("flags", TEXT, ""),
    result=OptionalType(ListType(OptionalType(TEXT))),
    needs_env=True,
    zh="第一处匹配：整体和各个分组；没有则为 null。",
    examples={
        'find_match("订3张票", "(\\\\d+)(张|份)")': '["3张", "3", "张"]',
        'find_match("abc", "x")': "null",
    },
)
def find_match(env: Env, text: str, pattern: str, flags: str) -> Sequence[str | None] | None:
    """The first match: the whole of it, then its groups; null if there is none."""
    found = _compiled(env, "find_match", pattern, flags).search(text)
    return None if found is None else [found.group(), *found.groups()]


@FAMILY.function(
    "find_all",
    Parameter("text", TEXT),
    Parameter("pattern", TEXT),
    Parameter("flags", TEXT, ""),
    result=ListType(TEXT),
    needs_env=True,
    zh="所有匹配的部分。",
    examples={
        'find_all("a1b22", "\\\\d+")': '["1", "22"]',
    },
)
def find_all(env: Env, text: str, pattern: str, flags: str) -> Sequence[str]:
    """The parts of the text that the regular expression matches."""
    return [found.group() or "" for found in _found(env, _compiled(env, "find_all", pattern, flags), text)]


@FAMILY.function(
    "replace_pattern",
    Parameter("text", TEXT),
    Parameter("pattern", TEXT),
    Parameter("new", TEXT),
    Parameter("flags", TEXT, ""),
    result=TEXT,
    needs_env=True,
    zh="把每处匹配换成 new；其中 $1 是第 1 个分组，$0 是整体，$$ 是 $。",
    examples={
        'replace_pattern("2026-01-02", "(\\\\d+)-(\\\\d+)-(\\\\d+)", "$3.$2.$1")': '"02.01.2026"',
    },
)
def replace_pattern(env: Env, text: str, pattern: str, new: str, flags: str) -> str:
    """The text with `new` for every match; in it `$1` is the first group, `$0` the whole match, `$$` is `$`."""
    regex = _compiled(env, "replace_pattern", pattern, flags)
    parts = _replacement(new, regex.groups)
    written: list[str] = []
    size = end = 0
    for found in _found(env, regex, text):
        start, next_end = found.span()
        inserted = "".join(part if isinstance(part, str) else found.group(part) or "" for part in parts)
        written += (text[end:start], inserted)
        size += start - end + len(inserted)
        room_for_text(size)
        end = next_end
    room_for_text(size + len(text) - end)
    return "".join(written) + text[end:]


@FAMILY.function(
    "split_pattern",
    Parameter("text", TEXT),
    Parameter("pattern", TEXT),
    Parameter("flags", TEXT, ""),
    result=ListType(TEXT),
    needs_env=True,
    zh="在每处匹配的地方把文本拆开。",
    examples={
        'split_pattern("甲，乙; 丙", "[，;]\\\\s*")': '["甲", "乙", "丙"]',
    },
)
def split_pattern(env: Env, text: str, pattern: str, flags: str) -> Sequence[str]:
    """The parts of the text between the matches; an empty match splits nothing."""
    parts: list[str] = []
    last = 0
    for found in _found(env, _compiled(env, "split_pattern", pattern, flags), text):
        start, end = found.span()
        if end > start:
            parts.append(text[last:start])
            last = end
    return [*parts, text[last:]]


@FAMILY.function(
    "escape_pattern",
    Parameter("text", TEXT),
    result=TEXT,
    zh="转义文本，使它在正则表达式中只匹配自己。",
    examples={
        'escape_pattern("1+1")': '"1\\\\+1"',
    },
)
def escape_pattern(text: str) -> str:
    """The text as a regular expression that matches just it."""
    escaped = _SPECIAL.sub(r"\\\g<0>", text)
    room_for_text(len(escaped))
    return escaped


_SPECIAL = re.compile(r"[\\.^$*+?()\[\]{}|/-]")
_REFERENCE = re.compile(r"\$(\d{1,2}|\$)")
_CHARACTERS_PER_STEP = 8
"""How much of a regular expression is compiled for one step."""
_CHARACTERS_READ_PER_STEP = 4096


def _compiled(env: Env, function: str, pattern: str, flags: str) -> CompiledRegex:
    env.spend(len(pattern) // _CHARACTERS_PER_STEP)
    regex = compile_regex(pattern, flags)
    if regex is None:
        _, problems = translate(pattern, flags)
        raise Fault("argument", f"{function}: {problems[0].message.en}, in the regular expression `{pattern[:80]}`")
    return regex


def _found(env: Env, regex: CompiledRegex, text: str) -> Iterator[RegexMatch]:
    """The matches, as long as they would fit into a list; the engine may read all that is left of the text for each."""
    for count, found in enumerate(regex.finditer(text), 1):
        room_for_items(count)
        env.spend(1 + (len(text) - found.end()) // _CHARACTERS_READ_PER_STEP)
        yield found


def _replacement(new: str, groups: int) -> Sequence[str | int]:
    """A replacement as literal parts and numbers of groups."""
    parts: list[str | int] = []
    for index, part in enumerate(_REFERENCE.split(new)):
        if index % 2 == 0 or part == "$":
            parts.append(part)
        elif int(part) <= groups:
            parts.append(int(part))
        else:
            raise Fault("argument", f"replace_pattern: there is no group ${part}, the regular expression has {groups}")
    return parts
