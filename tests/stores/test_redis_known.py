"""Sessions that are known by their text, and only by that."""

from __future__ import annotations

from interpreter.machine.session import Session
from interpreter.stores.protocol import SessionKey
from interpreter.stores.redis_known import KnownSessions

ANN, BOB, CYD = (SessionKey("demo", user) for user in ("ann", "bob", "cyd"))
SESSION = Session(user="ann", turns=1)
TEXTS = b'{"v":1,"turns":1}', b""


def test_a_session_is_known_by_its_text_alone() -> None:
    known = KnownSessions()
    known.put(ANN, TEXTS, SESSION)
    assert known.get(ANN, TEXTS) is SESSION
    assert known.get(ANN, (TEXTS[0], b"{}")) is None
    assert known.get(BOB, TEXTS) is None


def test_the_last_text_of_a_user_is_the_one_that_is_kept() -> None:
    known = KnownSessions()
    known.put(ANN, TEXTS, SESSION)
    known.put(ANN, (b"{}", b""), Session(user="ann"))
    assert known.get(ANN, TEXTS) is None
    assert known.get(ANN, (b"{}", b"")) == Session(user="ann")


def test_who_was_not_heard_of_the_longest_goes_first() -> None:
    known = KnownSessions(max_users=2)
    for key in (ANN, BOB, ANN, CYD):
        known.put(key, TEXTS, SESSION)
    assert [known.get(key, TEXTS) for key in (ANN, BOB, CYD)] == [SESSION, None, SESSION]


def test_no_more_is_kept_than_there_is_room_for() -> None:
    known = KnownSessions(max_bytes=200_000)
    keys = [SessionKey("demo", str(number)) for number in range(200)]
    for key in keys:
        known.put(key, (b"x" * 100, b""), SESSION)
    assert 100 < sum(known.get(key, (b"x" * 100, b"")) is not None for key in keys) < 150
    known.put(ANN, (b"x" * 1_000, b""), SESSION)  # too large for so little room
    assert known.get(ANN, (b"x" * 1_000, b"")) is None


def test_a_user_who_was_dropped_is_unknown_and_makes_room() -> None:
    known = KnownSessions(max_bytes=200_000)
    for number in range(1_000):
        known.put(ANN, TEXTS, SESSION)
        known.drop(ANN)
        known.put(SessionKey("demo", str(number % 2)), TEXTS, SESSION)
    known.drop(ANN)
    assert known.get(ANN, TEXTS) is None
    assert known.get(SessionKey("demo", "1"), TEXTS) is SESSION
