"""Records as lines of JSON: what `dialog-store export` writes and `restore` reads, whatever kind the stores are.

    {"dialog-store": 1, "bots": ["demo"]}
    {"bot": "demo", "user": "ann", "revision": 3, "at": "2026-01-01T08:00:00+00:00", "conversation": {...},
     "memory": {...}, "wake": "...", "parcels": [{"id", "body", "due", "for_next"}],
     "replies": [{"message", "at", "reply" | "base64"}]}
    {"end": 1}

What is empty is left out. The first line of what was made of one user says so (`"only"`). The last line counts the
records, so that a file that was cut off is known as such.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from interpreter.stores.codec import UnreadableSession, read_session
from interpreter.stores.inventory import Record, RememberedReply
from interpreter.stores.protocol import MessageKey, Parcel, SessionKey

VERSION = 1

_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_MOST_REVISIONS = 2**62


class UnreadableArchive(Exception):  # noqa: N818  named for what happened
    """A file that was not written here, or not whole; `line` is where, 0 for the file as a whole."""

    def __init__(self, line: int, cause: str) -> None:
        super().__init__(f"line {line}: {cause}")
        self.line = line
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Archive:
    """What a file holds."""

    bots: tuple[str, ...]
    records: tuple[Record, ...]
    is_whole: bool = True
    """Whether it was made of all users of the bots, and not of one."""


def first_line(bots: Collection[str], user: str | None = None) -> str:
    """The line that says what this is; `user` is who it was made of, if it was one."""
    fields: dict[str, object] = {"dialog-store": VERSION, "bots": sorted(bots)}
    return _dump(fields if user is None else {**fields, "only": user})


def last_line(count: int) -> str:
    """The line that says that nothing is missing."""
    return _dump({"end": count})


def write_record(record: Record) -> str:
    """One record as a line.

    Raises:
        UnreadableSession: its text is damaged.
    """
    read_session(record.key.user, record.conversation, record.memory)
    fields: dict[str, object] = {
        "bot": record.key.bot,
        "user": record.key.user,
        "revision": record.revision,
        "at": _iso(record.at),
        "conversation": json.loads(record.conversation) if record.conversation else None,
        "memory": json.loads(record.memory) if record.memory else None,
        "wake": _iso(record.wake),
        "parcels": [_write_parcel(parcel) for parcel in record.parcels],
        "replies": [_write_reply(reply) for reply in record.replies],
    }
    return _dump({name: value for name, value in fields.items() if value not in (None, [], 0)})


def read_archive(lines: Iterable[str]) -> Archive:
    """What `first_line`, `write_record` and `last_line` wrote.

    Raises:
        UnreadableArchive: it is something else, or not all of it.
    """
    bots: tuple[str, ...] | None = None
    is_whole = True
    records: list[Record] = []
    number = 0
    for number, line in enumerate(lines, 1):
        try:
            fields = json.loads(line, parse_constant=_refuse_constant)
            if bots is None:
                bots, is_whole = _read_bots(fields), "only" not in fields
            elif "end" in fields:
                if fields["end"] == len(records):
                    return Archive(bots, tuple(records), is_whole)
                break
            else:
                records.append(_read_record(fields))
        except UnreadableSession as error:
            raise UnreadableArchive(number, str(error)) from error
        except _Unfit as error:
            raise UnreadableArchive(number, str(error)) from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            raise UnreadableArchive(number, f"not a record ({type(error).__name__})") from error
    raise UnreadableArchive(number, "the end is missing")


class _Unfit(ValueError):  # noqa: N818  named for what it is
    """A value that no store would have written; the message says which."""


def sound(record: Record) -> Record:
    """A record that every store can keep and every program can read, its times those of UTC.

    Raises:
        UnreadableSession: its session is damaged.
        ValueError: a name or a number is none that a store would write.
    """
    key = record.key
    for text in (*key, record.memory, record.conversation or "", *(each.message for each in record.replies)):
        text.encode()
    for parcel in record.parcels:
        (parcel.id + parcel.body).encode()
    if not isinstance(record.revision, int) or isinstance(record.revision, bool):
        raise _Unfit("the revision is no whole number")
    if not 0 <= record.revision <= _MOST_REVISIONS:
        raise _Unfit("the revision is out of range")
    for names in ([each.message for each in record.replies], [each.id for each in record.parcels]):
        if len(set(names)) < len(names):
            raise _Unfit("a reply or a parcel is there twice")
    session = read_session(key.user, record.conversation, record.memory)
    waits = (level.wait.since for level in session.levels if level.wait is not None)
    for moment in (session.started, session.seen, *waits):
        _within(moment)
    return replace(
        record,
        at=_within(record.at),
        wake=_within(record.wake),
        parcels=tuple(replace(each, due=_in_utc(each.due)) for each in record.parcels),
        replies=tuple(replace(each, at=_in_utc(each.at)) for each in record.replies),
    )


def _within(moment: datetime | None) -> datetime | None:
    return None if moment is None else _in_utc(moment)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise _Unfit("a time without its zone")
    if not _FIRST <= moment < _LAST:
        raise _Unfit(f"a time outside of the years {_FIRST.year} to {_LAST.year}")
    return moment.astimezone(UTC)


def _refuse_constant(name: str) -> object:
    raise _Unfit(f"{name} is no number")


def _read_bots(fields: Mapping[str, Any]) -> tuple[str, ...]:
    if fields["dialog-store"] != VERSION:
        raise ValueError("another version")
    return tuple(str(bot) for bot in fields["bots"])


def _read_record(fields: Mapping[str, Any]) -> Record:
    conversation, memory = fields.get("conversation"), fields.get("memory")
    key = SessionKey(_text(fields["bot"]), _text(fields["user"]))
    record = Record(
        key,
        fields.get("revision", 0),
        _moment(fields.get("at")),
        None if conversation is None else _dump(conversation),
        "" if memory is None else _dump(memory),
        _moment(fields.get("wake")),
        tuple(_read_parcel(parcel) for parcel in fields.get("parcels", ())),
        tuple(_read_reply(reply) for reply in fields.get("replies", ())),
    )
    return sound(record)


def _write_parcel(parcel: Parcel) -> dict[str, object]:
    return {"id": parcel.id, "body": parcel.body, "due": parcel.due.isoformat(), "for_next": parcel.for_next}


def _read_parcel(fields: Mapping[str, Any]) -> Parcel:
    due = _time(fields["due"])
    return Parcel(_text(fields["id"]), _text(fields["body"]), due, for_next=bool(fields["for_next"]))


def _write_reply(reply: RememberedReply) -> dict[str, object]:
    fields = {"message": reply.message, "at": reply.at.isoformat()}
    try:
        return {**fields, "reply": reply.reply.decode()}
    except UnicodeDecodeError:
        return {**fields, "base64": b64encode(reply.reply).decode()}


def _read_reply(fields: Mapping[str, Any]) -> RememberedReply:
    raw = b64decode(fields["base64"], validate=True) if "base64" in fields else fields["reply"].encode()
    return RememberedReply(MessageKey(_text(fields["message"])), _time(fields["at"]), raw)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(written: str | None) -> datetime | None:
    return None if written is None else _time(written)


def _time(written: str) -> datetime:
    return _in_utc(datetime.fromisoformat(written))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _dump(fields: Mapping[str, object]) -> str:
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair; escaped it can be stored
        text = json.dumps(fields, separators=(",", ":"))
    return text
