"""Opening the session file: settings, layout, and what to tell the operator when it cannot be used."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from pathlib import Path

from interpreter.diagnostics.wording import Wording
from interpreter.stores.protocol import StoreUnusable

_log = logging.getLogger("interpreter.stores")

APPLICATION = 0x44494C47
"""`DILG`, in the file's header: this is a session file of ours."""
LAYOUT = 1
"""The layout of the tables, kept in `user_version`."""

_CHECK_SECONDS = 1.0
_BUSY_MILLISECONDS = 2_000

_TABLES = """
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

_CAUSES: dict[str, tuple[Wording, Wording]] = {
    "SQLITE_CANTOPEN": (
        Wording("the file cannot be opened or created", "文件无法打开或创建"),
        Wording("check that the folder exists and may be written to", "请检查目录是否存在且可写"),
    ),
    "SQLITE_READONLY": (
        Wording("the file or its folder is read-only", "文件或其所在目录只读"),
        Wording("make both writable, or name another file with --store", "请改为可写，或用 --store 指定其他文件"),
    ),
    "SQLITE_BUSY": (
        Wording("another program keeps it locked", "文件被其他程序锁定"),
        Wording("stop the other program; one process serves one file", "请停止该程序；一个文件只能由一个进程使用"),
    ),
    "SQLITE_NOTADB": (
        Wording("it is not an SQLite file", "它不是 SQLite 文件"),
        Wording("move it away, or name another file with --store", "请移走它，或用 --store 指定其他文件"),
    ),
    "SQLITE_CORRUPT": (
        Wording("the file is damaged", "文件已损坏"),
        Wording("restore a backup, or move it away to start afresh", "请恢复备份，或移走它以重新开始"),
    ),
    "SQLITE_FULL": (
        Wording("the disk is full", "磁盘已满"),
        Wording("make room and start again", "请腾出空间后重新启动"),
    ),
}
_FOREIGN = (
    Wording("it is a database of another program", "它是其他程序的数据库"),
    Wording("name another file with --store", "请用 --store 指定其他文件"),
)
_NEWER = (
    Wording("it was written by a newer version of this program", "它由本程序的更新版本写入"),
    Wording("upgrade, or name another file with --store", "请升级，或用 --store 指定其他文件"),
)
_FOLDER = (
    Wording("it is a folder", "它是一个目录"),
    Wording("name a file inside it", "请指定其中的一个文件"),
)


def open_connection(path: Path) -> sqlite3.Connection:
    """Open the file, or make it, ready for use by the calling thread.

    Raises:
        StoreUnusable: with the cause and what to do.
    """
    if path.is_dir():
        raise StoreUnusable(str(path), *_FOLDER)
    connection: sqlite3.Connection | None = None
    try:
        _create(path)
        connection = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_MILLISECONDS / 1000)
        _prepare(connection, path)
    except (sqlite3.Error, OSError, UnicodeError) as error:  # a damaged name is not even UTF-8
        if connection is not None:
            connection.close()
        raise _unusable(path, error) from error
    except StoreUnusable:
        if connection is not None:
            connection.close()
        raise
    return connection


def _create(path: Path) -> None:
    """An empty file that only its owner may read: what users say is nobody else's affair."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    application = _pragma(connection, "application_id")
    layout = _pragma(connection, "user_version")
    is_new = not application and not layout and not connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    if not is_new and application != APPLICATION:
        raise StoreUnusable(str(path), *_FOREIGN)
    if layout > LAYOUT:
        raise StoreUnusable(str(path), *_NEWER)
    if is_new:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
        _log.warning("the file system of %s has no write-ahead log; turns will be slower", path)
    connection.execute("PRAGMA synchronous = FULL")
    if is_new:
        connection.executescript(
            f"BEGIN IMMEDIATE;{_TABLES}PRAGMA application_id = {APPLICATION};PRAGMA user_version = {LAYOUT};COMMIT;"
        )
    else:
        _check(connection, path)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """A look for damage, given up after a second: a large file must not hold up the start."""
    deadline = time.monotonic() + _CHECK_SECONDS
    connection.set_progress_handler(lambda: int(time.monotonic() > deadline), 10_000)
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_INTERRUPT":
            raise
        found = ("ok",)
    finally:
        connection.set_progress_handler(None, 0)
    if found != ("ok",):
        raise StoreUnusable(str(path), *_CAUSES["SQLITE_CORRUPT"])


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)


def _unusable(path: Path, error: sqlite3.Error | OSError | UnicodeError) -> StoreUnusable:
    if isinstance(error, UnicodeError):
        return StoreUnusable(str(path), *_CAUSES["SQLITE_CORRUPT"])
    if isinstance(error, PermissionError):
        return StoreUnusable(str(path), *_CAUSES["SQLITE_READONLY"])
    if isinstance(error, OSError):
        return StoreUnusable(str(path), *_CAUSES["SQLITE_CANTOPEN"])
    name = getattr(error, "sqlite_errorname", "")
    for prefix, words in _CAUSES.items():
        if name.startswith(prefix):
            return StoreUnusable(str(path), *words)
    return StoreUnusable(str(path), Wording(str(error), str(error)), _CAUSES["SQLITE_CANTOPEN"][1])
