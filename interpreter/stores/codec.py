"""Sessions as JSON text, in two parts: the conversation, which ends, and the user's memory, which stays.

The layout has a version; a reader takes the versions it knows and refuses others. What is empty is left out, because
there may be a million rows. A turn that waits for an effect is not written: it would be run again from its message.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct, to_builtins
from msgspec.json import Encoder
from msgspec.structs import replace

from interpreter.machine.session import Frame, Level, Session, Wait
from interpreter.values import Value, from_json, to_json

VERSION = 1


class UnreadableSession(Exception):  # noqa: N818  named for what happened
    """Stored text that is no session of a known version."""


class _Conversation(Struct, omit_defaults=True, gc=False):
    """How a conversation is written."""

    v: int
    started: object = None
    seen: object = None
    turns: int = 0
    vars: object = None
    levels: object = None
    counters: object = None
    edition: str = ""
    effects: int = 0


def write_conversation(session: Session) -> str:
    """All of a session but the user's memory."""
    return _dump(
        _Conversation(
            VERSION,
            None if session.started is None else _write_time(session.started),
            None if session.seen is None else _write_time(session.seen),
            session.turns,
            to_json(session.vars) if session.vars else None,
            [_write_level(level) for level in session.levels] if session.levels else None,
            to_json(session.counters) if session.counters else None,
            session.edition,
            session.effects,
        )
    )


def write_memory(session: Session) -> str:
    """What is kept of the user when the conversation is over; empty when there is nothing."""
    data: dict[str, object] = {}
    if session.memory:
        data["memory"] = to_json(session.memory)
    if session.picks:
        data["picks"] = dict(session.picks)
    return _dump({"v": VERSION, **data}) if data else ""


def read_session(user: str, conversation: str | None, memory: str) -> Session:
    """The session that was written.

    Raises:
        UnreadableSession: the text is damaged or of another version.
    """
    session = Session(user=user)
    try:
        if conversation:
            session = _read_conversation(session, _load(conversation))
        if memory:
            session = _read_memory(session, _load(memory))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise UnreadableSession(f"{type(error).__name__} in a stored session") from error
    return session


def _read_conversation(session: Session, data: Mapping[str, object]) -> Session:
    return replace(
        session,
        started=_read_time(data.get("started")),
        seen=_read_time(data.get("seen")),
        turns=_whole(data.get("turns", 0)),
        vars=_values(data.get("vars", {})),
        levels=tuple(_read_level(level) for level in _items(data.get("levels", []))),
        counters=_values(data.get("counters", {})),
        edition=_text(data.get("edition", "")),
        effects=_whole(data.get("effects", 0)),
    )


def _read_memory(session: Session, data: Mapping[str, object]) -> Session:
    picks = {name: _whole(pick) for name, pick in _map(data.get("picks", {})).items()}
    return replace(session, memory=_values(data.get("memory", {})), picks=picks)


def _write_level(level: Level) -> dict[str, object]:
    data: dict[str, object] = {}
    if level.frames:
        data["frames"] = [[frame.routine, frame.site, to_json(frame.locals)] for frame in level.frames]
    if level.wait is not None:
        wait = level.wait
        data["wait"] = [wait.state, wait.tries, _write_time(wait.since), list(wait.trail)]
    if level.domain is not None:
        data["domain"] = level.domain
    return data


def _read_level(data: object) -> Level:
    level = _map(data)
    domain = level.get("domain")
    return Level(
        frames=tuple(_read_frame(frame) for frame in _items(level.get("frames", []))),
        wait=_read_wait(level["wait"]) if "wait" in level else None,
        domain=None if domain is None else _text(domain),
    )


def _read_frame(data: object) -> Frame:
    routine, site, variables = _items(data)
    return Frame(routine=_text(routine), site=_text(site), locals=_values(variables))


def _read_wait(data: object) -> Wait:
    state, tries, since, trail = _items(data)
    asked = _read_time(since)
    if asked is None:
        raise ValueError("a wait without a time")
    return Wait(
        state=None if state is None else _text(state),
        tries=_whole(tries),
        since=asked,
        trail=tuple(_text(name) for name in _items(trail)),
    )


def _write_time(value: datetime) -> object:
    """What `from_json` reads as a time; it is for the encoder to write it out."""
    return {"$datetime": value.astimezone(UTC), "zone": str(value.tzinfo)}


def _read_time(data: object) -> datetime | None:
    value = from_json(data)
    if value is not None and not isinstance(value, datetime):
        raise ValueError("not a time")
    return value


def _dump(written: object) -> str:
    try:
        return _encode(written).decode()
    except UnicodeEncodeError:  # half a surrogate pair; escaped it can be stored
        return json.dumps(to_builtins(written), separators=(",", ":"))


_encode = Encoder().encode


def forget_conversation(session: Session) -> Session | None:
    """What is left of a session when its conversation is over: the memory of its user, or nothing."""
    if not session.memory and not session.picks:
        return None
    return Session(user=session.user, memory=session.memory, picks=session.picks)


def _load(text: str) -> Mapping[str, object]:
    data = _map(json.loads(text))
    if data.get("v") != VERSION:
        raise ValueError("another version")
    return data


def _values(data: object) -> Mapping[str, Value]:
    value = from_json(data)
    if not isinstance(value, Mapping):
        raise TypeError("not a map")
    return value


def _map(data: object) -> Mapping[str, object]:
    if not isinstance(data, dict):
        raise TypeError("not a map")
    return data


def _items(data: object) -> list[object]:
    if not isinstance(data, list):
        raise TypeError("not a list")
    return data


def _text(data: object) -> str:
    if not isinstance(data, str):
        raise TypeError("not a text")
    return data


def _whole(data: object) -> int:
    if not isinstance(data, int):
        raise TypeError("not a whole number")
    return data
