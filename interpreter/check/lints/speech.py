"""Everything a bot may say, where it is said, and what of it is constant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.replies import ByLocale, OneOf, Reply, Say
from interpreter.dialog.model.rules import State
from interpreter.dialog.model.steps import AskStep, FormStep, Question, ReplyStep, SendStep, Step
from interpreter.expr.tree import Field, Name


class Said(Struct, frozen=True, eq=False):
    """A reply of one form, and the step, state or named text that it belongs to."""

    reply: Reply
    is_sent: bool = False
    """Whether a customer-service message carries it (`send`)."""


def everything_said(steps: Iterable[Step], states: Iterable[State], texts: Iterable[Reply]) -> Iterator[Said]:
    """Every reply of these, lists and locale maps opened."""
    for step in steps:
        for reply, is_sent in _replies_of(step):
            for form in forms(reply):
                yield Said(form, is_sent)
    for state in states:
        for form in forms(state.prompt):
            yield Said(form)
    for text in texts:
        for form in forms(text):
            yield Said(form)


def forms(reply: Reply | None) -> Iterator[Reply]:
    """The replies of a list or a locale map, or a reply itself."""
    match reply:
        case None:
            return
        case OneOf(items=items):
            for item in items:
                yield from forms(item)
        case ByLocale(replies=replies):
            for item in replies.values():
                yield from forms(item)
        case _:
            yield reply


def texts_of(reply: Reply | None) -> Iterator[Text]:
    """The texts of a reply, or of a leaf that may differ by locale."""
    for form in forms(reply):
        if isinstance(form, Say):
            yield form.text


def constant(text: Text) -> str | None:
    """A text without holes, as it is said; None of one with holes."""
    parts = text.template.parts
    if len(parts) == 1:
        return parts[0] if isinstance(parts[0], str) else None
    return None if text.template.holes else "".join(part for part in parts if isinstance(part, str))


def start_of(text: Text) -> str | None:
    """The beginning of a text up to its first hole; None when it begins with a hole."""
    parts = text.template.parts
    if not parts:
        return ""
    return parts[0] if isinstance(parts[0], str) else None


def without_holes(text: Text) -> str:
    """A text with every hole replaced by letters that mean nothing, so that places stay as they are."""
    written = text.scalar.text
    for hole in text.template.holes:
        written = written[: hole.start] + "\ue000" * (hole.end - hole.start) + written[hole.end :]
    return written


def named_text(node: object) -> str | None:
    """`x` of `texts.x`."""
    match node:
        case Field(target=Name(name="texts"), name=name):
            return name
        case _:
            return None


def _replies_of(step: Step) -> Iterator[tuple[Reply | None, bool]]:
    match step:
        case ReplyStep(reply=reply):
            yield reply, False
        case SendStep(reply=reply):
            yield reply, True
        case AskStep(question=question):
            yield question.prompt, False
        case FormStep(fields=fields):
            for field in fields:
                yield field.prompt, False
        case _:
            pass


def questions_of(steps: Iterable[Step]) -> Iterator[Question]:
    """Every question among steps."""
    for step in steps:
        if isinstance(step, AskStep):
            yield step.question
        elif isinstance(step, FormStep):
            yield from step.fields
