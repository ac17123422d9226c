"""Turns in Redis that do not wait, or not before they are saved.

A message that is asked for its signature is loaded in the same round trip. What was loaded so is at hand just while it
is told that the message may come in, and only if no turn of its user has been saved from here since it was asked for:
that one's write may have come after the load. So a turn that follows needs no task, and waits for its write only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, cast

from interpreter.machine.session import Session
from interpreter.stores import redis_scripts
from interpreter.stores.codec import read_session
from interpreter.stores.protocol import (
    Admitted,
    Commit,
    MessageKey,
    Saved,
    SessionConflict,
    SessionKey,
    Stored,
    StoreUnavailable,
)
from interpreter.stores.redis_keys import base_key, lease_key, user_keys
from interpreter.stores.redis_known import KnownSessions, Texts
from interpreter.stores.redis_pipelines import Answer, Part
from interpreter.stores.redis_turns import (
    Found,
    Written,
    commit_arguments,
    loaded_keys,
    read_saved,
    stored_session,
    text,
    waiting_parcels,
    written_texts,
    written_wake,
)


class Server(Protocol):
    """A Redis that tells its answers, or the `StoreUnavailable` in place of one."""

    def run_soon(self, script: str, keys: tuple[str, ...], *arguments: Part, then: Callable[[Answer], None]) -> None:
        """Run a script."""
        ...

    def ask_soon(self, *commands: tuple[Part, ...], then: Callable[[list[Answer]], None]) -> None:
        """Ask for several things in one go."""
        ...

    def running(self, script: str, keys: tuple[str, ...], *arguments: Part) -> tuple[Part, ...]:
        """The command that runs a script which the server knows."""
        ...


class Later(Protocol):
    """What takes more than one round trip."""

    def commit_later(self, turn: Commit, then: Saved) -> None:
        """Save a turn."""
        ...

    def unhint_later(self, key: SessionKey, parcels: Sequence[bytes], wake: bytes) -> None:
        """Take out hints at what is gone."""
        ...

    def lease_later(self, name: str, holder: str, seconds: float, then: Admitted) -> None:
        """Take, or hold on to, a lease that somebody has."""
        ...


class RedisDesk:
    """Where turns come that do not wait, and where sessions are known by their texts."""

    def __init__(self, server: Server, later: Later) -> None:
        self._server = server
        self._later = later
        self._known = KnownSessions()
        self._ahead: dict[SessionKey, tuple[Part, ...]] = {}
        """What is being loaded ahead of a turn, as long as no other turn of that user is saved."""
        self._at_hand: tuple[SessionKey, MessageKey, Stored] | None = None

    def load_now(self, key: SessionKey, message: MessageKey) -> Stored | None:
        """What was loaded with the signature of a message, if that is being told and is no more than a session."""
        at_hand = self._at_hand
        return at_hand[2] if at_hand is not None and at_hand[0] == key and at_hand[1] == message else None

    def commit_soon(self, turn: Commit, then: Saved) -> None:
        """Begin to save a turn, and tell `then` what came of it."""
        if written_wake(turn) is not None or turn.parcels or turn.given_up is not None:
            self._later.commit_later(turn, then)
            return
        texts = written_texts(turn)
        keys, arguments = user_keys(base_key(turn.key)), commit_arguments(turn, texts, None)
        self._server.run_soon(redis_scripts.COMMIT, keys, *arguments, then=partial(self._end_commit, turn, texts, then))

    def _end_commit(self, turn: Commit, texts: Texts, then: Saved, found: Answer) -> None:
        self.forget_ahead(turn.key)
        if isinstance(found, StoreUnavailable):
            then(found)
            return
        try:
            saved = read_saved(turn, None, cast("Written", found))
        except SessionConflict as conflict:
            then(conflict)
            return
        self.learn(turn, texts)
        if saved.gone or saved.over:
            self._later.unhint_later(turn.key, saved.gone, saved.over)
        then(saved.committed)

    def admit(
        self, signature: str, holder: str, seconds: float, key: SessionKey, message: MessageKey, then: Admitted
    ) -> None:
        """Ask whether a signature is new or of this same holder, and load what a turn of the message needs."""
        name = f"signature:{signature}"
        lease: tuple[Part, ...] = ("SET", lease_key(name), holder, "PX", max(1, int(seconds * 1000)), "NX")
        load = self._server.running(redis_scripts.LOAD, loaded_keys(key), message)
        self._ahead[key] = load

        def end(answers: list[Answer]) -> None:
            leased, found = answers
            is_fresh = self._ahead.get(key) is load
            if is_fresh:
                del self._ahead[key]
            if isinstance(leased, StoreUnavailable):
                then(leased)
            elif leased is None:  # somebody has it
                self._later.lease_later(name, holder, seconds, then)
            elif is_fresh:
                self._at_hand = self._plain(key, message, found)
                try:
                    then(True)
                finally:
                    self._at_hand = None
            else:
                then(True)

        self._server.ask_soon(lease, load, then=end)

    def _plain(
        self, key: SessionKey, message: MessageKey, found: Answer
    ) -> tuple[SessionKey, MessageKey, Stored] | None:
        """What was loaded ahead, if it is no more than a session; all else is left to `load`."""
        if isinstance(found, StoreUnavailable):
            return None
        try:
            stored = self.read(key, cast("Found", found))
        except Exception:  # whatever it is, `load` meets it again
            return None
        return None if stored.reply is not None or stored.waiting else (key, message, stored)

    def read(self, key: SessionKey, found: Found) -> Stored:
        """What was found of a user.

        Raises:
            UnreadableSession: the session is damaged or of another version.
        """
        revision, conversation, memory, reply = cast("list[bytes | None]", found[:4])
        waiting = waiting_parcels(cast("list[bytes]", found[4]))
        if revision is None:
            self._known.drop(key)
            return Stored(None, 0, reply, waiting)
        texts = conversation or b"", memory or b""
        session: Session | None = self._known.get(key, texts)
        if session is None:
            session = read_session(key.user, text(conversation) or None, text(memory))
            self._known.put(key, texts, session)
        return Stored(session, int(revision), reply, waiting)

    def learn(self, turn: Commit, texts: Texts) -> None:
        """Remember a session that was saved."""
        if turn.session is None:
            self._known.drop(turn.key)
        else:
            self._known.put(turn.key, texts, stored_session(turn.session))

    def forget(self, key: SessionKey) -> None:
        """Remember nothing of a user."""
        self._known.drop(key)

    def forget_ahead(self, key: SessionKey) -> None:
        """What is being loaded ahead may be old: a turn has been saved, or perhaps it has."""
        self._ahead.pop(key, None)
