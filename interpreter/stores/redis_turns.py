"""What a turn is in the commands of the Redis store, and in their answers (see `redis_scripts`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from interpreter.machine.session import Session
from interpreter.stores.codec import write_conversation, write_memory
from interpreter.stores.protocol import (
    REPLY_LIFE,
    Commit,
    Committed,
    Parcel,
    SessionConflict,
    SessionKey,
    in_order,
)
from interpreter.stores.redis_keys import base_key, microseconds, milliseconds, pack, unpack, user_keys
from interpreter.stores.redis_known import Texts
from interpreter.stores.redis_pipelines import Part

_LIFE = int(REPLY_LIFE * 1000)

Found = list[object]
"""What is found of a user: revision, conversation, memory, reply, and a list of parcels for the next message."""
Written = list[int | bytes | list[bytes]]
"""What a commit says."""


class SavedTurn(Struct, frozen=True, gc=False):
    """What came of a turn's write, and the hints that are over: of which parcels, and of which timer."""

    committed: Committed
    gone: list[bytes]
    over: bytes


def loaded_keys(key: SessionKey) -> tuple[str, ...]:
    """What is looked at to load a session."""
    return user_keys(base_key(key))[:3]


def written_texts(turn: Commit) -> Texts:
    """A turn's session as it is stored."""
    if turn.session is None:
        return b"", b""
    return write_conversation(turn.session).encode(), write_memory(turn.session).encode()


def written_wake(turn: Commit) -> int | None:
    """When a turn's timer is due, as it is stored."""
    return None if turn.wake is None or turn.session is None else microseconds(turn.wake)


def commit_arguments(turn: Commit, texts: Texts, wake: int | None) -> tuple[Part, ...]:
    """The arguments of a commit."""
    return (
        turn.expected,
        turn.next_revision,
        milliseconds(turn.at),
        texts[0],
        texts[1],
        "" if wake is None else wake,
        turn.message or "",
        turn.reply,
        _LIFE,
        *_sections(turn),
    )


def read_saved(turn: Commit, wake: int | None, found: Written) -> SavedTurn:
    """What came of a turn's write.

    Raises:
        SessionConflict: the session is not at the expected revision any more.
    """
    revision = found[1]
    assert isinstance(revision, int)
    if not found[0]:
        raise SessionConflict(turn.expected, revision)
    was_given_up, before, gone = bool(found[2]), found[3], found[4]
    assert isinstance(before, bytes)
    assert isinstance(gone, list)
    if turn.parcels or turn.given_up is not None:
        gone = [*gone, *_not_saved(turn, was_given_up=was_given_up)]
    return SavedTurn(Committed(revision, was_given_up), gone, before if before and int(before) != wake else b"")


def stored_session(session: Session) -> Session:
    """A session as it is read again: a turn that waits is not written."""
    return session if session.turn is None else replace(session, turn=None)


def to_come(turn: Commit) -> tuple[Parcel, ...]:
    """Every parcel that a turn may save."""
    return (*turn.parcels, *turn.given_up.parcels) if turn.given_up is not None else turn.parcels


def packed(parcels: Sequence[Parcel]) -> tuple[str, ...]:
    """Parcels as they are stored: ids and texts in turn."""
    return tuple(chain.from_iterable((parcel.id, pack(parcel)) for parcel in parcels))


def unpacked(rows: Iterable[tuple[bytes, bytes]]) -> tuple[Parcel, ...]:
    """Parcels as they were stored, but for damaged ones."""
    return in_order(parcel for id, text in rows if (parcel := unpack(id, text)) is not None)


def waiting_parcels(found: Sequence[bytes]) -> tuple[Parcel, ...]:
    """The parcels for the next message, as they are loaded."""
    return unpacked(zip(found[::2], found[1::2], strict=True)) if found else ()


def text(stored: bytes | None) -> str:
    """A text of which a part may be damaged."""
    return (stored or b"").decode(errors="replace")


def _not_saved(turn: Commit, *, was_given_up: bool) -> set[bytes]:
    """Ids of the parcels that were for the other case."""
    _, saved = turn.saved(was_given_up=was_given_up)
    return {parcel.id.encode() for parcel in to_come(turn)} - {parcel.id.encode() for parcel in saved}


def _sections(turn: Commit) -> tuple[Part, ...]:
    """The arguments of a commit that a plain turn does without."""
    given_up = turn.given_up
    if not turn.parcels and not turn.delivered and given_up is None:
        return ()
    counts = len(turn.parcels), -1 if given_up is None else len(given_up.parcels), len(turn.delivered)
    otherwise: tuple[Part, ...] = () if given_up is None else (given_up.reply, *packed(given_up.parcels))
    return (json.dumps(counts), *packed(turn.parcels), *otherwise, *turn.delivered)
