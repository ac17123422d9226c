"""The records an expression can read: `message`, `session`, `state`, `bot`; and messages as storable values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from interpreter.machine.events import Message
from interpreter.machine.session import Session, Wait
from interpreter.program.tables import Program
from interpreter.values import Value


def message_record(message: Message) -> dict[str, Value]:
    """`message` as expressions see it."""
    return {
        "id": message.id,
        "type": message.type,
        "time": message.time,
        "user": message.user,
        "account": message.account,
        "text": message.text,
        "raw": message.raw,
        **message.fields,
    }


def message_to_value(message: Message) -> Value:
    """A message as a value, for a session that must remember it."""
    return {
        "type": message.type,
        "user": message.user,
        "account": message.account,
        "time": message.time,
        "id": message.id,
        "text": message.text,
        "fields": message.fields,
        "raw": message.raw,
    }


def message_from_value(value: Value) -> Message:
    """The message that `message_to_value` wrote.

    Raises:
        KeyError, TypeError: the value is no message.
    """
    if not isinstance(value, Mapping):
        raise TypeError("not a stored message")
    fields, raw, time = value["fields"], value["raw"], value["time"]
    if not isinstance(fields, Mapping) or not isinstance(raw, Mapping) or not isinstance(time, int):
        raise TypeError("not a stored message")
    words = {name: str(value[name]) for name in ("type", "user", "account", "id", "text")}
    return Message(**words, time=time, fields=fields, raw=raw)


def session_record(session: Session, at: datetime) -> dict[str, Value]:
    """`session` during a turn: `new` until the first answer is over."""
    return {"new": session.turns == 0, "started": session.started or at, "turns": session.turns}


def state_record(label: str | None, wait: Wait | None) -> dict[str, Value]:
    """`state` while a wait is being answered, or outside any."""
    return {"name": label, "tries": wait.tries if wait else 0}


def bot_record(program: Program, descriptions: list[Value]) -> dict[str, Value]:
    """`bot`; `descriptions` are the records of its rules."""
    return {"name": program.name, "version": program.version, "rules": descriptions}
