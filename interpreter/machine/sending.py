"""From a `send` step to the message it sends. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Iterable

from interpreter.expr.env import TextClosure
from interpreter.machine.effects import Send, SentMessage
from interpreter.machine.running import Running
from interpreter.machine.speaking import media_id, render
from interpreter.program.instructions import Dispatch, MessagePlan
from interpreter.values import Fault, Value

Locals = dict[str, Value]


def build_send(turn: Running, send: Dispatch, locals: Locals, id: str) -> Send:
    """What is to be sent, and to whom.

    Raises:
        Fault: a text or expression of it failed.
    """
    to = turn.evaluate(send.to, locals) if send.to else turn.message.user
    if not isinstance(to, str) or not to:
        raise Fault("type", "`to` takes a user's id, and this value is not one")
    return Send(
        id=id,
        to=to,
        reply=render(turn, send.plan, locals) if send.plan else None,
        template=turn.say(send.template, locals) if send.template else None,
        data=_said(turn, send.data, locals),
        url=turn.say(send.url, locals) if send.url else None,
        message=_message(turn, send.message, locals) if send.message else None,
        mini=_said(turn, send.mini, locals),
        agent=turn.say(send.agent, locals),
    )


def _message(turn: Running, plan: MessagePlan, locals: Locals) -> SentMessage:
    parts = _said(turn, plan.parts, locals)
    if "thumb" in parts:
        parts["thumb"] = media_id(turn, parts["thumb"])
    return SentMessage(plan.kind, parts, _said(turn, plan.entries, locals))


def _said(turn: Running, texts: Iterable[tuple[str, TextClosure]], locals: Locals) -> dict[str, str]:
    return {name: turn.say(text, locals) for name, text in texts}
