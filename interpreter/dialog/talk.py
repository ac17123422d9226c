"""The lines of a conversation test.

```
> hi                      the user sends a text; `> @click KEY` and so on for everything else
@bob > hi                 another user does
< Hello, *                the bot's reply; further `<` lines are further lines of it
~ 10m                     the clock moves on
? state.name == "guess"   must be true now
! fetch map.regeo         the last turn requested this
# a comment
```

A `TalkLine` keeps what follows the mark as it was written, escapes too, without the one space after the mark and the
white space at the end of the line. What the words after an `@` mean is for who runs the line; here they are only held
against the list of those there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

from msgspec.structs import replace

from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.durations import read_duration
from interpreter.dialog.leaves import Leaves, place_of
from interpreter.dialog.model.bot import TalkLine
from interpreter.dialog.splitting import Part, trimmed
from interpreter.source.tree import Scalar
from interpreter.types.regexes import translate

Kind = Literal["send", "expect", "clock", "check", "request"]

_KINDS: dict[str, Kind] = {">": "send", "<": "expect", "~": "clock", "?": "check", "!": "request"}
_FOREIGN_MARKS = dict(zip("＞》›$-＜《‹=～？！＃", ">>>>><<<<~?!#", strict=True))
_LINE = re.compile(r"(?:@(?P<user>[^\s<>~?!#]+)\s*)?(?P<mark>[><~?!])[ \t]?")

SENDS: dict[str, str] = {
    "subscribe": "",
    "unsubscribe": "",
    "click": "KEY",
    "view": "URL",
    "scan": "SCENE",
    "image": "URL",
    "location": "LAT,LNG LABEL",
    "voice": "",
    "video": "ID",
    "shortvideo": "ID",
    "link": "URL TITLE",
    "file": "TITLE",
    "event": "NAME k=v…",
    "message": "TYPE k=v…",
}
"""What a user may send with `> @word`, and what must follow the word."""

EXPECTS = ("news", "music", "image", "voice", "video", "transfer", "none")
"""What a bot may say besides text, as `< @word`."""

REQUESTS: dict[str, str] = {"send": "", "fetch": "svc.op", "api": "family.method k=v…"}
"""What a turn may have requested, as `! word`, and what must follow the word."""


def parse_talk(leaves: Leaves, scalar: Scalar) -> tuple[TalkLine, ...]:
    """The lines of a conversation; what cannot be read is reported and left out."""
    if scalar.style == "folded":
        leaves.diagnostics.append(_folded(scalar))
        return ()
    return tuple(line for part in _lines(scalar.text) if (line := _line(leaves, scalar, part)) is not None)


def nothing_sent(lines: tuple[TalkLine, ...]) -> Diagnostic | None:
    """What is wrong with a conversation in which the bot would speak first, if this is one."""
    first = lines[0] if lines else None
    if first is None or first.kind not in ("expect", "request") or first.text.strip() == "@none":
        return None
    return _nothing_sent(first)


def _nothing_sent(line: TalkLine) -> Diagnostic:
    """A conversation in which the bot would speak first."""
    return Diagnostic(
        "DL801",
        line.span,
        Wording("nothing has been sent yet, so the bot says nothing", "这之前用户什么也没有发，机器人不会先开口"),
        label=Wording("a conversation begins with `> …`", "对话以 `> …` 开头"),
        help=Wording(
            "write above it what the user sends: `> hi`, or `> @subscribe` for a new follower",
            "请在它上面写出用户发的消息：`> 你好`，新关注写 `> @subscribe`",
        ),
    )


def _lines(text: str) -> Iterator[Part]:
    """Every line that is neither blank nor a comment, without its indentation and trailing white space."""
    start = 0
    for line in text.split("\n"):
        part = trimmed(text, start, start + len(line))
        if not part.is_empty and text[part.start] != "#":
            yield part
        start += len(line) + 1


def _line(leaves: Leaves, scalar: Scalar, part: Part) -> TalkLine | None:
    found = _LINE.match(scalar.text, part.start, part.end)
    if found is None:
        leaves.report(_unknown_mark(scalar.text[part.start : part.end], part), scalar)
        return None
    kind, body = _KINDS[found["mark"]], Part(found.end(), part.end)
    user = found["user"]
    problem = _CHECKS[kind](scalar.text[body.start : body.end], body) if user is None or kind == "send" else _user(part)
    if problem is not None:
        leaves.report(problem, scalar)
        return None
    expression = leaves.expression_in(scalar, trimmed(scalar.text, body.start, body.end)) if kind == "check" else None
    if kind == "check" and expression is None:
        return None
    return TalkLine(kind, scalar.text[body.start : body.end], user, place_of(scalar, part), expression)


# ---------------------------------------------------------------------------------------------------- what may be wrong


def _folded(scalar: Scalar) -> Diagnostic:
    return Diagnostic(
        "DL801",
        scalar.span,
        Wording("`>` joins the lines of this conversation into one", "`>` 会把这段对话的各行连成一行"),
        help=Wording("write `talk: |`", "请写成 `talk: |`"),
    )


def _unknown_mark(line: str, part: Part) -> Problem:
    mark = _FOREIGN_MARKS.get(line[0])
    if mark is not None and line[0] != mark:
        return Problem(
            "DL801",
            part.start,
            part.start + 1,
            Wording(f"a line of a test cannot begin with `{line[0]}`", f"测试脚本的行不能以 `{line[0]}` 开头"),
            label=Wording(f"did you mean `{mark}`?", f"是不是想写 `{mark}`？"),
            replacement=mark,
        )
    return Problem(
        "DL801",
        part.start,
        part.end,
        Wording("a line of a test that cannot be read", "无法解析的测试行"),
        help=Wording(
            "a line begins with `>` (sent), `<` (replied), `~` (time), `?` (true), `!` (requested) or `#` (comment)",
            "每行以 `>`（发送）、`<`（回复）、`~`（时间）、`?`（成立）、`!`（请求）或 `#`（注释）开头",
        ),
    )


def _user(part: Part) -> Problem:
    return Problem(
        "DL801",
        part.start,
        part.end,
        Wording("another user can only send: `@name > text`", "其他用户只能发送消息：`@名字 > 文本`"),
    )


def _send(text: str, body: Part) -> Problem | None:
    word, rest = _command(text)
    if word is None:
        return None
    if word not in SENDS:
        return _unknown_word(word, SENDS, body, "\\@")
    if SENDS[word] and not rest:
        return _missing(f"@{word}", SENDS[word], body)
    if word == "location" and not _POINT.match(rest):
        return Problem(
            "DL801",
            body.start,
            body.end,
            Wording(
                f"`{rest.split()[0]}` is no position; it is written `@location LAT,LNG LABEL`",
                f"`{rest.split()[0]}` 不是位置，应写成 `@location 纬度,经度 名称`",
            ),
        )
    return None


_POINT = re.compile(r"-?\d+(\.\d+)?,-?\d+(\.\d+)?(\s|\Z)", re.ASCII)


def _expect(text: str, body: Part) -> Problem | None:
    found = _REGEX.fullmatch(text)
    if found is not None:
        _, problems = translate(found["source"], found["flags"])
        return next((_moved(problem, body.start + 1) for problem in problems), None)
    word, _ = _command(text)
    return None if word is None or word in EXPECTS else _unknown_word(word, EXPECTS, body, "\\@")


_REGEX = re.compile(r"/(?P<source>.+)/(?P<flags>[ims]*)\s*", re.DOTALL)


def _moved(problem: Problem, by: int) -> Problem:
    return replace(problem, start=problem.start + by, end=problem.end + by)


def _clock(text: str, body: Part) -> Problem | None:
    if read_duration(text) is not None:
        return None
    if not text:
        return _bare("~", "10m", body)
    return Problem(
        "DL801",
        body.start,
        body.end,
        Wording(
            f"`{text}` is no duration; the clock moves on by one such as `10m` or `1h30m`",
            f"`{text}` 不是时长，应写成 `10m`、`1h30m` 这样",
        ),
    )


_CALL = re.compile(r'\w+\.\w+(\s+[^\s=]+=("[^"]*"|[^\s"]\S*|(?=\s|\Z)))*')


def _request(text: str, body: Part) -> Problem | None:
    word, _, rest = text.strip().partition(" ")
    if not word:
        return _bare("!", "fetch svc.op", body)
    if word not in REQUESTS:
        return _unknown_word(word, REQUESTS, body, "")
    if word == "api":
        return None if _CALL.fullmatch(rest.strip()) else _missing(word, REQUESTS[word], body)
    if REQUESTS[word] and ("." not in rest.strip(". ") or len(rest.split()) != 1):
        return _missing(word, REQUESTS[word], body)
    return None


def _bare(mark: str, example: str, body: Part) -> Problem:
    return Problem(
        "DL801",
        body.start - 1,
        body.end,
        Wording(
            f"nothing stands after `{mark}`; write `{mark} {example}`", f"`{mark}` 后面缺少内容，如 `{mark} {example}`"
        ),
    )


def _check(_: str, __: Part) -> Problem | None:
    return None


_CHECKS: dict[Kind, Callable[[str, Part], Problem | None]] = {
    "send": _send,
    "expect": _expect,
    "clock": _clock,
    "request": _request,
    "check": _check,
}


def _command(text: str) -> tuple[str | None, str]:
    """The word after an `@` and what follows it; no word when the text is a text."""
    if not text.startswith("@"):
        return None, text
    word, _, rest = text[1:].partition(" ")
    return word, rest.strip()


def _unknown_word(word: str, known: dict[str, str] | tuple[str, ...], body: Part, escape: str) -> Problem:
    near, at = nearest(word, known), "@" if escape else ""
    start = body.start + len(at)
    listed = ", ".join(f"`{at}{name}`" for name in known)
    text = Wording(
        f"known are {listed}; a text that begins with `@` is written `{escape}…`",
        f"可用的有 {listed}；以 `@` 开头的文本要写成 `{escape}…`",
    )
    return Problem(
        "DL801",
        start,
        start + len(word),
        Wording(f"nothing is called `{at}{word}` here", f"这里没有 `{at}{word}`"),
        label=Wording(f"did you mean `{at}{near}`?", f"是不是想写 `{at}{near}`？") if near else None,
        help=text if escape else Wording(f"known are {listed}", f"可用的有 {listed}"),
        replacement=near,
    )


def _missing(word: str, form: str, body: Part) -> Problem:
    return Problem(
        "DL801",
        body.start,
        body.end,
        Wording(f"`{word}` is written `{word} {form}`", f"`{word}` 应写成 `{word} {form}`"),
    )
