"""Lowering the messages that only `send` knows."""

from __future__ import annotations

from collections.abc import Iterable

from interpreter.compiler.leaves import Lowering
from interpreter.compiler.replies import lower_localized
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.messages import Message
from interpreter.dialog.model.replies import Localized
from interpreter.expr.env import TextClosure
from interpreter.program.instructions import MessagePlan


def lower_message(context: Lowering, message: Message) -> MessagePlan:
    """The plan of a message."""
    return MessagePlan(message.kind, _lower_texts(context, message.parts), _lower_texts(context, message.entries))


def _lower_texts(context: Lowering, texts: Iterable[tuple[Name, Localized]]) -> tuple[tuple[str, TextClosure], ...]:
    lowered = ((name.text, lower_localized(context, text)) for name, text in texts)
    return tuple((name, text) for name, text in lowered if text is not None)
