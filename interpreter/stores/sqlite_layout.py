"""The tables of the session file, how older ones become these, and which layout a file has.

`sessions.conversation_sum`, `memory_sum` and the `sum` of replies and parcels are checksums over the text and whom it
belongs to: SQLite finds damage to the structure of a file, not to what is written in it, and nobody may be answered
with a damaged text or with another user's. NULL, from before there were sums, is not checked.

Sessions and replies are tables with a row id: of one without, SQLite puts every row of more than a quarter of a page
on a page of its own, and a million sessions of a kilobyte would take five gigabytes.

What a turn costs is above all the pages it changes, so indexes are small and change seldom. Replies have a `place`, a
number, by which `sqlite_replies` finds them. A conversation that may be swept, as it has no timer, has in `idle_from` a
time at which it began to be idle, or an earlier one: turns that follow leave it as it is. What stands in `ahead` is
newer than the rows of sessions (see `sqlite_ahead`).
"""

from __future__ import annotations

import os
import sqlite3
import struct
from pathlib import Path
from zlib import crc32

from interpreter.stores.sqlite_loose import from_layout_4

APPLICATION = 0x44494C47
"""`DILG`, in the file's header: this is a session file of ours."""
LAYOUT = 6
"""The layout of the tables, kept in `user_version`."""

_LAYOUT_1 = """
CREATE TABLE sessions (
    bot TEXT NOT NULL, user TEXT NOT NULL, revision INTEGER NOT NULL,
    conversation TEXT, memory TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (bot, user)
) WITHOUT ROWID;
CREATE INDEX sessions_at ON sessions (bot, at) WHERE conversation IS NOT NULL;
CREATE TABLE replies (
    bot TEXT NOT NULL, user TEXT NOT NULL, message TEXT NOT NULL, reply BLOB NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (bot, user, message)
) WITHOUT ROWID;
CREATE INDEX replies_at ON replies (at);
CREATE TABLE unreadable (
    bot TEXT NOT NULL, user TEXT NOT NULL, revision INTEGER NOT NULL, conversation TEXT, memory TEXT NOT NULL,
    found TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
"""
_LAYOUT_2 = """
CREATE TABLE new_sessions (
    id INTEGER PRIMARY KEY, bot TEXT NOT NULL, user TEXT NOT NULL, revision INTEGER NOT NULL,
    conversation TEXT, memory TEXT NOT NULL, at REAL NOT NULL,
    wake REAL, conversation_sum INTEGER, memory_sum INTEGER
);
INSERT INTO new_sessions (bot, user, revision, conversation, memory, at)
    SELECT bot, user, revision, conversation, memory, at FROM sessions;
DROP TABLE sessions;
ALTER TABLE new_sessions RENAME TO sessions;
CREATE UNIQUE INDEX sessions_of ON sessions (bot, user);
CREATE INDEX sessions_at ON sessions (bot, at) WHERE conversation IS NOT NULL;
CREATE INDEX sessions_wake ON sessions (bot, wake) WHERE wake IS NOT NULL;
CREATE TABLE new_replies (
    id INTEGER PRIMARY KEY, bot TEXT NOT NULL, user TEXT NOT NULL, message TEXT NOT NULL, reply BLOB NOT NULL,
    at REAL NOT NULL, sum INTEGER
);
INSERT INTO new_replies (bot, user, message, reply, at) SELECT bot, user, message, reply, at FROM replies ORDER BY at;
DROP TABLE replies;
ALTER TABLE new_replies RENAME TO replies;
CREATE UNIQUE INDEX replies_of ON replies (bot, user, message);
CREATE INDEX replies_at ON replies (at);
CREATE TABLE parcels (
    bot TEXT NOT NULL, user TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    due REAL NOT NULL, for_next INTEGER NOT NULL, sum INTEGER NOT NULL,
    PRIMARY KEY (bot, user, id)
) WITHOUT ROWID;
CREATE INDEX parcels_due ON parcels (bot, due) WHERE NOT for_next;
CREATE INDEX parcels_for_next ON parcels (due) WHERE for_next;
CREATE TABLE knocks (
    bot TEXT NOT NULL, user TEXT NOT NULL, message TEXT NOT NULL,
    count INTEGER NOT NULL, given_up INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (bot, user, message)
) WITHOUT ROWID;
CREATE INDEX knocks_at ON knocks (at);
CREATE TABLE claims (
    bot TEXT NOT NULL, user TEXT NOT NULL, message TEXT NOT NULL, holder TEXT NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (bot, user, message)
) WITHOUT ROWID;
CREATE INDEX claims_until ON claims (until);
CREATE TABLE shared_values (name TEXT PRIMARY KEY, value TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX shared_values_until ON shared_values (until);
CREATE TABLE counters (name TEXT PRIMARY KEY, count INTEGER NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX counters_until ON counters (until);
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX leases_until ON leases (until);
"""
_LAYOUT_3 = """
DROP INDEX sessions_at;
ALTER TABLE sessions ADD COLUMN idle_from REAL;
UPDATE sessions SET idle_from = at WHERE conversation IS NOT NULL AND wake IS NULL;
CREATE INDEX sessions_idle ON sessions (bot, idle_from) WHERE idle_from IS NOT NULL;
DROP INDEX replies_of;
ALTER TABLE replies ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
UPDATE replies SET place = place_of(bot, user, message);
CREATE INDEX replies_place ON replies (place);
"""
_LAYOUT_4 = """
CREATE TABLE places (place INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (place, id)) WITHOUT ROWID;
INSERT INTO places SELECT place, id FROM replies ORDER BY place, id;
DROP INDEX replies_place;
ALTER TABLE sessions ADD COLUMN loose BLOB NOT NULL DEFAULT x'';
"""
_LAYOUT_5 = "UPDATE sessions SET loose = from_layout_4(loose) WHERE loose <> x'';"
_LAYOUT_6 = "CREATE TABLE ahead (id INTEGER PRIMARY KEY, sessions BLOB NOT NULL, sum INTEGER NOT NULL);"
_STEPS = (_LAYOUT_1, _LAYOUT_2, _LAYOUT_3, _LAYOUT_4, _LAYOUT_5, _LAYOUT_6)
"""What leads from each layout to the next one."""
PLACES = 1 << 31

_HEADER = 100
_WAL_HEADER = struct.Struct(">8I")
_FRAME_HEADER = struct.Struct(">6I")


def place_of(bot: str, user: str, message: str) -> int:
    """The place of a reply; hardly any other one has it. Those of a user lie side by side."""
    return place_under(owner_of(bot, user), message)


def first_place(bot: str, user: str) -> int:
    """The first of the places that replies to a user have; there are `PLACES` of them."""
    return owner_of(bot, user) << 31


def owner_of(bot: str, user: str) -> int:
    """The checksum of a user."""
    return crc32(f"{bot}\0{user}".encode(errors="replace"))


def place_under(owner: int, message: str) -> int:
    """The place of a reply to a user with this checksum."""
    return owner << 31 | crc32(message.encode(errors="replace")) >> 1


def create_tables(connection: sqlite3.Connection, layout: int = 0) -> None:
    """Bring the tables from a layout (0: none yet) to the present one, in one transaction."""
    connection.create_function("place_of", 3, place_of, deterministic=True)
    connection.create_function("from_layout_4", 1, from_layout_4, deterministic=True)
    steps = "".join(_STEPS[layout:])
    connection.executescript(
        f"BEGIN IMMEDIATE;{steps}PRAGMA application_id = {APPLICATION};PRAGMA user_version = {LAYOUT};COMMIT;"
    )


def keep_copy(connection: sqlite3.Connection, path: Path) -> None:
    """Write a consistent copy of the file, whole, sound and for its owner only, or not at all.

    Raises:
        sqlite3.DatabaseError: the file is damaged.
    """
    unfinished = path.with_name(path.name + ".part")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY, 0o600))
    try:
        copy = sqlite3.connect(unfinished)
        try:
            connection.backup(copy)
            if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("the copy is damaged")
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        finally:
            copy.close()
        _flush(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def peek_layout(path: Path) -> int:
    """The layout that a file of ours has, 0 of any other file. SQLite does not open it, so that nothing is changed.

    A file that was not closed has the newest header in its write-ahead log (https://sqlite.org/fileformat2.html).
    """
    with path.open("rb") as file:
        header = file.read(_HEADER)
    log = Path(f"{path}-wal")
    if log.is_file():
        header = _last_header(log) or header
    if len(header) < _HEADER or not header.startswith(b"SQLite format 3\0"):
        return 0
    layout, application = struct.unpack_from(">I4xI", header, 60)
    return int(layout) if application == APPLICATION else 0


def _last_header(log: Path) -> bytes | None:
    """The last header of the database in a write-ahead log."""
    found = None
    with log.open("rb") as file:
        start = file.read(_WAL_HEADER.size)
        if len(start) < _WAL_HEADER.size:
            return None
        _, _, page_size, _, *salts, _, _ = _WAL_HEADER.unpack(start)
        page_size = page_size if page_size <= 65_536 else 0
        while len(frame := file.read(_FRAME_HEADER.size)) == _FRAME_HEADER.size and page_size >= 512:
            page, _, *frame_salts, _, _ = _FRAME_HEADER.unpack(frame)
            if frame_salts != salts:
                break
            if page == 1:
                found = file.read(_HEADER)
                file.seek(page_size - _HEADER, os.SEEK_CUR)
            else:
                file.seek(page_size, os.SEEK_CUR)
    return found
