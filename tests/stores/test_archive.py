from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from interpreter.machine.session import Session
from interpreter.stores.archive import (
    Archive,
    UnreadableArchive,
    first_line,
    last_line,
    read_archive,
    write_record,
)
from interpreter.stores.codec import UnreadableSession, write_conversation, write_memory
from interpreter.stores.inventory import Record, RememberedReply
from interpreter.stores.protocol import MessageKey, Parcel, SessionKey

NOW = datetime(2026, 1, 1, 8, 0, 0, 123456, tzinfo=UTC)
SESSION = Session(user="安", started=NOW, vars={"city": "上海", "half": "\ud800"}, memory={"name": "安"})
FULL = Record(
    SessionKey("demo", "安"),
    7,
    NOW,
    write_conversation(SESSION),
    write_memory(SESSION),
    NOW,
    (Parcel("a:1", "{}", NOW), Parcel("a:2", "行\n", NOW, for_next=True)),
    (RememberedReply(MessageKey("m"), NOW, "<xml>好</xml>".encode()), RememberedReply(MessageKey("n"), NOW, b"\xff\0")),
)
BARE = Record(SessionKey("demo", "bob"))


def lines(*records: Record) -> list[str]:
    return [first_line(("demo",)), *map(write_record, records), last_line(len(records))]


def test_reading_gives_back_what_was_written() -> None:
    assert read_archive(lines(FULL, BARE)) == Archive(("demo",), (FULL, BARE))


def test_a_record_is_one_line_that_a_person_can_read() -> None:
    line = write_record(FULL)
    assert "\n" not in line
    assert json.loads(line)["replies"][0]["reply"] == "<xml>好</xml>"
    assert write_record(BARE) == '{"bot":"demo","user":"bob"}'


def test_a_damaged_record_is_not_written() -> None:
    with pytest.raises(UnreadableSession):
        write_record(Record(SessionKey("demo", "bob"), 1, NOW, '{"v":1,"tur'))


@pytest.mark.parametrize("count", range(4))
def test_a_file_that_was_cut_off_is_refused(count: int) -> None:
    with pytest.raises(UnreadableArchive) as refused:
        read_archive(lines(FULL, BARE)[:count])
    assert (refused.value.line, refused.value.cause) == (count, "the end is missing")


def test_a_file_that_lacks_a_line_is_refused() -> None:
    with pytest.raises(UnreadableArchive, match="the end is missing"):
        read_archive([first_line(("demo",)), write_record(FULL), last_line(2)])


@pytest.mark.parametrize(
    "change",
    [
        {"user": 1},
        {"bot": None},
        {"at": "2026-01-01T08:00:00"},
        {"at": "soon"},
        {"revision": "x"},
        {"revision": 10**30},
        {"revision": -1},
        {"revision": 1e300},
        {"revision": float("inf")},
        {"revision": True},
        {"user": "\ud800"},
        {"at": "0001-01-01T00:00:00+08:00"},
        {"wake": "0001-01-01T00:00:00+08:00"},
        {"wake": "9999-12-31T23:59:59-08:00"},
        {"conversation": {"v": 1, "seen": {"$datetime": "0001-01-01T00:00:00+08:00", "zone": "UTC"}}},
        {"conversation": {"v": 1, "seen": {"$datetime": "9000-01-01T00:00:00+00:00", "zone": "UTC"}}},
        {"conversation": {"v": 1, "vars": {"n": float("nan")}}},
        {"parcels": [{"id": "a", "body": "", "due": "1999-12-31T23:59:59+00:00", "for_next": True}]},
        {"parcels": [{"id": "a", "body": "\udc00", "due": NOW.isoformat(), "for_next": True}]},
        {"replies": [{"message": "m", "at": NOW.isoformat(), "reply": ""}] * 2},
        {"conversation": {"v": 99}},
        {"conversation": []},
        {"memory": "x"},
        {"parcels": [{}]},
        {"parcels": 1},
        {"replies": [{"message": "m", "at": NOW.isoformat(), "base64": "%"}]},
        {"replies": [{"message": "m", "at": NOW.isoformat(), "reply": None}]},
    ],
    ids=json.dumps,
)
def test_a_line_of_another_shape_is_refused_with_its_number(change: dict[str, object]) -> None:
    written = lines(BARE, FULL)
    written[2] = json.dumps({**json.loads(written[2]), **change})
    with pytest.raises(UnreadableArchive) as refused:
        read_archive(written)
    assert refused.value.line == 3


@pytest.mark.parametrize("line", ["", "{", "[]", "1", '{"dialog-store": 2, "bots": []}', '{"bot": "demo"}', "[" * 9999])
def test_another_kind_of_file_is_refused_at_its_first_line(line: str) -> None:
    with pytest.raises(UnreadableArchive) as refused:
        read_archive([line, last_line(0)])
    assert refused.value.line == 1


def test_times_are_those_of_utc_wherever_they_were_written() -> None:
    written = lines(FULL)
    written[1] = written[1].replace("2026-01-01T08:00:00.123456+00:00", "2026-01-01T16:00:00.123456+08:00")
    (record,) = read_archive(written).records
    assert replace(record, conversation=FULL.conversation) == FULL
    assert record.wake is not None
    assert record.wake.tzinfo is UTC
