from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from interpreter.machine.session import Frame, Level, Session, Wait
from interpreter.stores.codec import UnreadableSession, read_session, write_conversation, write_memory

ZONE = ZoneInfo("Asia/Shanghai")

FIRST, LAST = map(datetime.fromisoformat, ("1970-01-02", "2100-01-01"))
times = st.datetimes(FIRST, LAST, timezones=st.sampled_from([ZONE, UTC]), allow_imaginary=False)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=[]), max_size=20)
    | st.dates()
    | st.times()
    | times
    | st.integers(-(10**9), 10**9).map(lambda seconds: timedelta(seconds=seconds))
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
maps = st.dictionaries(st.text(max_size=8), values, max_size=4)
waits = st.builds(
    Wait, state=st.none() | st.text(max_size=9), tries=st.integers(0, 9), since=times, trail=st.just(("states.a",))
)
frames = st.builds(Frame, routine=st.text(max_size=9), site=st.text(max_size=9), locals=maps)
levels = st.builds(
    Level, frames=st.lists(frames, max_size=2).map(tuple), wait=st.none() | waits, domain=st.none() | st.just("member")
)
sessions = st.builds(
    Session,
    user=st.just("ann"),
    started=st.none() | times,
    seen=st.none() | times,
    turns=st.integers(0, 10**6),
    vars=maps,
    levels=st.lists(levels, max_size=2).map(tuple),
    counters=maps,
    memory=maps,
    picks=st.dictionaries(st.text(max_size=8), st.integers(0, 99), max_size=3),
    turn=st.none(),
    effects=st.integers(0, 10**6),
)


@settings(deadline=None, max_examples=150)
@given(sessions)
def test_reading_gives_back_what_was_written(session: Session) -> None:
    written = write_conversation(session), write_memory(session)
    for part in written:
        part.encode()
    assert read_session("ann", *written) == session


def test_kinds_of_time_survive() -> None:
    kept = {"d": date(2026, 1, 2), "t": time(8, 30), "s": timedelta(minutes=5), "m": datetime(2026, 1, 2, tzinfo=ZONE)}
    session = Session(user="ann", vars=kept)
    back = read_session("ann", write_conversation(session), "")
    assert back.vars == kept
    assert back.vars["m"].tzinfo is ZONE  # type: ignore[union-attr]


def test_times_of_a_conversation_keep_their_zone() -> None:
    now = datetime(2026, 1, 2, 3, 4, 5, 678, ZONE)
    wait = Level(frames=(), wait=Wait("ask", 0, now))
    session = Session(user="ann", started=now, seen=now, levels=(wait,), vars={"half": "\ud800"})
    for each in (session, structs.replace(session, vars={})):
        back = read_session("ann", write_conversation(each), "")
        assert back == each
        kept = back.levels[0].wait
        assert kept is not None
        assert back.started is not None
        assert back.started.tzinfo is kept.since.tzinfo is ZONE


def test_chinese_is_stored_as_it_is() -> None:
    assert "上海" in write_conversation(Session(user="ann", vars={"city": "上海"}))


def test_an_idle_session_is_small() -> None:
    session = Session(user="ann", started=datetime(2026, 1, 1, tzinfo=ZONE), memory={"name": "安"})
    assert len(write_conversation(session)) < 120
    assert write_memory(Session(user="ann")) == ""


GOOD = write_conversation(
    Session(
        user="ann",
        started=datetime(2026, 1, 1, tzinfo=ZONE),
        vars={"n": 1},
        levels=(
            Level(frames=(Frame("flows.a", "x", {}),), wait=Wait("states.a", 1, datetime(2026, 1, 1, tzinfo=ZONE))),
        ),
    )
)


@pytest.mark.parametrize("cut", range(1, len(GOOD), 7))
def test_a_truncated_conversation_is_unreadable(cut: int) -> None:
    with pytest.raises(UnreadableSession):
        read_session("ann", GOOD[:cut], "")


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": None},
        {"turns": "3"},
        {"started": 5},
        {"started": {"$date": "2026-01-01"}},
        {"started": {"$datetime": "soon", "zone": "Asia/Shanghai"}},
        {"started": {"$datetime": "2026-01-01T00:00:00+00:00", "zone": "Mars/Olympus"}},
        {"started": {"$datetime": "2026-01-01T00:00:00+00:00"}},
        {"vars": [1]},
        {"vars": 1},
        {"levels": {}},
        {"levels": [1]},
        {"levels": [{"frames": [["a"]]}]},
        {"levels": [{"frames": [["a", 1, {}]]}]},
        {"levels": [{"wait": ["a", 1, None, []]}]},
        {"levels": [{"wait": ["a", None, None, []]}]},
        {"levels": [{"wait": []}]},
        {"levels": [{"domain": 1}]},
    ],
    ids=json.dumps,
)
def test_a_conversation_of_another_shape_is_unreadable(change: dict[str, object]) -> None:
    with pytest.raises(UnreadableSession):
        read_session("ann", json.dumps({**json.loads(GOOD), **change}), "")


@pytest.mark.parametrize("memory", ["[]", "null", '{"v":1,"memory":3}', '{"v":1,"picks":{"a":"b"}}', "[" * 100_000])
def test_a_damaged_memory_is_unreadable(memory: str) -> None:
    with pytest.raises(UnreadableSession):
        read_session("ann", None, memory)


def test_what_a_later_version_adds_within_the_layout_is_overlooked() -> None:
    assert read_session("ann", json.dumps({**json.loads(GOOD), "extra": 1}), "") == read_session("ann", GOOD, "")
