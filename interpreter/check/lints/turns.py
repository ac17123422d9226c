"""What one turn surely sends: the replies along a straight path of steps, as WeChat's messages.

Texts that follow one another are one message; anything else is a message of its own. A path ends where the bot waits or
goes on elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from interpreter.check.lints.answering import surely_says
from interpreter.check.lints.speech import forms
from interpreter.check.traversal import inner_lists
from interpreter.dialog.model.replies import Reply, Say, Silence, Transfer
from interpreter.dialog.model.steps import (
    ApiStep,
    AskStep,
    CallStep,
    EachStep,
    FetchStep,
    FormStep,
    IfStep,
    LetStep,
    LogStep,
    ReplyStep,
    SendStep,
    SetStep,
    Steps,
)
from interpreter.source.spans import Span

Kind = Literal["text", "transfer", "media", "unknown"]


class Sent(Struct, frozen=True):
    """A message that a path sends, after at least `before` others of the same turn."""

    kind: Kind
    span: Span
    before: int
    first: Span | None
    """Where the first message of the turn stands, when it is another one."""


class _Path(Struct, frozen=True):
    """How far a path has come: at least so many messages, and what the last one was."""

    count: int = 0
    last: Kind | None = None
    first: Span | None = None


def messages(steps: Steps) -> Iterator[Sent]:
    """The messages of a list of steps and of the lists inside it."""
    yield from _walk(steps, _Path(), [])


def _walk(steps: Steps, path: _Path, ends: list[_Path]) -> Iterator[Sent]:
    """The messages of steps behind a path; where they lead goes into `ends`, unless they lead nowhere."""
    for step in steps:
        match step:
            case ReplyStep(reply=reply, span=span):
                path, sent = _said(reply, span, path)
                yield from sent
            case AskStep(question=question):
                if question.prompt is not None:
                    _, sent = _said(question.prompt, question.span, path)
                    yield from sent
                path = _Path()
                yield from _apart(inner_lists(step))
            case IfStep(branches=branches):
                ways: list[_Path] = []
                for branch in branches:
                    yield from _walk(branch.steps, path, ways)
                if not any(branch.is_else for branch in branches):
                    ways.append(path)
                if not ways:
                    return
                path = _joined(ways)
            case FetchStep(failed=failed) | ApiStep(failed=failed):
                ways = [path]
                yield from _walk(failed or (), path, ways)
                path = _joined(ways)
            case EachStep(steps=inner):
                yield from _walk(inner, _Path(path.count, "unknown" if path.count else None, path.first), [])
                path = _Path(path.count, "unknown", path.first)
            case CallStep() | FormStep():
                yield from _apart(inner_lists(step))
                path = _Path()  # they may wait, and then a new turn begins
            case SetStep() | LetStep() | LogStep() | SendStep():
                pass
            case _:
                return
    ends.append(path)


def _apart(lists: Iterator[Steps]) -> Iterator[Sent]:
    for steps in lists:
        yield from _walk(steps, _Path(), [])


def _said(reply: Reply, span: Span, path: _Path) -> tuple[_Path, list[Sent]]:
    kinds = {_kind(form) for form in forms(reply)}
    kind: Kind = kinds.pop() if len(kinds) == 1 else "unknown"
    if kind == "unknown" or not surely_says(reply):
        return _Path(path.count, "unknown", path.first), []
    if kind == "text" and path.last in ("text", "unknown"):
        return path, []
    sent = Sent(kind, span, path.count, path.first)
    return _Path(path.count + 1, kind, path.first or span), [sent]


def _kind(reply: Reply) -> Kind:
    match reply:
        case Say():
            return "text"
        case Silence():
            return "unknown"
        case Transfer():
            return "transfer"
        case _:
            return "media"


def _joined(ways: list[_Path]) -> _Path:
    """What is sure of a path that has come one of several ways."""
    least = min(ways, key=lambda path: path.count)
    same = all(path.last == least.last and path.count == least.count for path in ways)
    return least if same else _Path(least.count, "unknown", least.first)
