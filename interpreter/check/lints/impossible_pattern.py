"""DL406: a regular expression, or a part of one, that no message matches, or only one without text."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.regexes import RuleRegex, parts, shortest, takes_characters
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.types.regex_tree import Assertion, Char, Chars, Choice, Group, Node, Repeat

CODE = "DL406"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Places that come too late or too early, and texts that are never sent."""
    for regex in subject.regexes:
        if _is_of_empty_text(regex.placed.node):
            yield _only_empty(regex)
        elif "m" not in regex.placed.flags:
            for place, comes_late in _misplaced(regex.placed.node, 0, 0):
                yield _never(regex, place, comes_late=comes_late)


def _is_of_empty_text(node: Node) -> bool:
    places = {part.re2 for part in parts(node) if isinstance(part, Assertion)}
    return bool(places & {"^", r"\A"}) and bool(places & {"$", r"\z"}) and not takes_characters(node)


def _misplaced(node: Node, before: int, after: int) -> Iterator[tuple[Assertion, bool]]:
    """Starts with something before them, ends with something behind them; `before` and `after` count characters."""
    match node:
        case Assertion(re2="^" | r"\A") if before:
            yield node, True
        case Assertion(re2="$" | r"\z") if after:
            yield node, False
        case Group(body=body) if "m" not in node.flags:
            yield from _misplaced(body, before, after)
        case Repeat(body=body):
            yield from _misplaced(body, before, after)
        case Choice(branches=branches):
            for branch in branches:
                yield from _misplaced(branch, before, after)
        case _:
            pieces = parts(node)
            if len(pieces) > 1:
                yield from _in_series(pieces, before, after)


def _in_series(pieces: tuple[Node, ...], before: int, after: int) -> Iterator[tuple[Assertion, bool]]:
    lengths = [shortest(piece) for piece in pieces]
    rest = after + sum(lengths)
    for piece, length in zip(pieces, lengths, strict=True):
        rest -= length
        if not isinstance(piece, (Char, Chars)):
            yield from _misplaced(piece, before, rest)
        before += length


def _never(regex: RuleRegex, place: Assertion, *, comes_late: bool) -> Diagnostic:
    shown = regex.placed.written(place)
    if comes_late:
        message = Wording(
            f"`{shown}` is the very start of a message, and something must stand before it: no message matches",
            f"`{shown}` 表示消息开头，而它前面还必须有内容：没有消息能匹配",
        )
    else:
        message = Wording(
            f"`{shown}` is the very end of a message, and something must stand behind it: no message matches",
            f"`{shown}` 表示消息结尾，而它后面还必须有内容：没有消息能匹配",
        )
    return Diagnostic(
        CODE,
        regex.span(place),
        message,
        help=Wording(
            f"for the character itself write `\\{shown}`, for starts and ends of lines add the flag `m`",
            f"要匹配字符本身写 `\\{shown}`；要匹配每一行的开头和结尾请加标志 `m`",
        ),
    )


def _only_empty(regex: RuleRegex) -> Diagnostic:
    return Diagnostic(
        CODE,
        regex.leaf.scalar.span,
        Wording(
            "only a message without text matches this, and patterns see none of those",
            "只有空文本才匹配这个模式，而空消息不会经过模式",
        ),
        help=Wording(
            "for messages without text write `message: image` and so on", "没有文本的消息请用 `message: image` 等触发"
        ),
    )
