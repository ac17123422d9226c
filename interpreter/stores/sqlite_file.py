"""Opening the session file: settings, layout, and what to tell the operator when it cannot be used."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from interpreter.diagnostics.wording import Wording
from interpreter.source.regular_files import FileKind, kind_of
from interpreter.stores.places import doubtful_place
from interpreter.stores.protocol import StoreUnavailable, StoreUnusable
from interpreter.stores.sqlite_ahead import bring_home
from interpreter.stores.sqlite_layout import APPLICATION, LAYOUT, create_tables, keep_copy, peek_layout
from interpreter.stores.sqlite_lock import InUse, SoleUse, belong_like, take

_log = logging.getLogger("interpreter.stores")

_CHECK_SECONDS = 1.0
_CHECK_BYTES = 256 * 1024 * 1024
"""A larger file is not checked at the start: older versions of SQLite cannot be interrupted in it."""
_BUSY_SECONDS = 2.0
_LOG_PAGES = 4_000
"""After so many SQLite itself brings the log into the file, within a turn; `sqlite_thread` does so earlier."""
_CACHE_KIB = 8 * 1024
"""Pages kept in memory, so that those of users who write now and then are seldom read again."""
_LOG_BYTES = 8 * 1024 * 1024
"""What may stay of a write-ahead log that a burst has made long."""

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
        Wording(
            "name another file with --store, or start afresh with --fresh-store, which keeps this one beside the new",
            "请用 --store 指定其他文件，或用 --fresh-store 重新开始（原文件会另存在旁边）",
        ),
    ),
    "SQLITE_CORRUPT": (
        Wording("the file is damaged", "文件已损坏"),
        Wording(
            "restore a backup, or start afresh with --fresh-store, which keeps the damaged file beside the new one",
            "请恢复备份，或用 --fresh-store 重新开始（损坏的文件会另存在旁边）",
        ),
    ),
    "SQLITE_FULL": (
        Wording("the disk is full", "磁盘已满"),
        Wording("make room and start again", "请腾出空间后重新启动"),
    ),
    "SQLITE_IOERR": (
        Wording("its disk cannot be read or written", "磁盘无法读写"),
        Wording("look whether it is full or broken", "请检查磁盘是否已满或损坏"),
    ),
}
_CAUSES["SQLITE_IOERR_SHMSIZE"] = _CAUSES["SQLITE_FULL"]  # no room for what stands beside the file
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
_NO_FILES: dict[FileKind, Wording] = {
    "pipe": Wording("it is a pipe, not a file", "它是管道，不是文件"),
    "socket": Wording("it is a socket, not a file", "它是套接字，不是文件"),
    "device": Wording("it is a device, not a file", "它是设备，不是文件"),
}
_NO_FILE_REMEDY = Wording("name another file with --store", "请用 --store 指定其他文件")
_IN_USE = (
    Wording("another process is using it", "另一个进程正在使用它"),
    Wording(
        "stop that one first; only a Redis serves several processes (--store redis://HOST)",
        "请先停止那个进程；多个进程须使用 Redis（--store redis://主机）",
    ),
)
_MISSING = (
    Wording("there is no such file", "没有这个文件"),
    Wording("name the one the server uses with --store", "请用 --store 指定服务所用的文件"),
)
DAMAGED = _CAUSES["SQLITE_CORRUPT"]


class FileInUse(StoreUnusable):
    """Another process is using the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), *_IN_USE)


def hold(path: Path, seconds: float = 0.0) -> SoleUse:
    """The right to serve from a file, for which to wait so long at most.

    Raises:
        FileInUse: another process has it.
        StoreUnusable: nothing can be written beside the file.
    """
    with _refusing(path):
        try:
            return take(path, seconds)
        except InUse:
            raise FileInUse(path) from None


def open_connection(path: Path, factory: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    """Open or create the file, ready for use by the calling thread.

    Raises:
        StoreUnusable: with the cause and what to do. A newer file was not changed, nor an older one that is in use.
    """
    with _refusing(path):
        _create(path)
        layout = peek_layout(path)
        _refuse_newer(path, layout)
        if 0 < layout < LAYOUT and is_in_use(path):
            raise FileInUse(path)
        connection = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_SECONDS, factory=factory)
        with _closed_on_error(connection):
            _prepare(connection, path)
    if (doubt := doubtful_place(path)) is not None:
        _log.warning("%s", doubt)
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open a file, which another process may be using, to look at it: neither it nor its layout is changed.

    Raises:
        StoreUnusable: it is not there or not of ours; with the cause and what to do.
    """
    with _refusing(path):
        if not path.exists():
            raise StoreUnusable(str(path), *_MISSING)
        _refuse_newer(path, peek_layout(path))
        address = f"{path.absolute().as_uri()}?mode=rw"  # not created
        connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=_BUSY_SECONDS)
        with _closed_on_error(connection):
            connection.execute("PRAGMA query_only = ON")
            _refuse_foreign(path, _pragma(connection, "application_id"))
    return connection


def as_of_now(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """What a file holds, in the present layout: of an older one a copy, which goes when it is closed.

    Raises:
        StoreUnusable: the file is damaged.
    """
    with _refusing(path):
        if layout_of(connection) == LAYOUT:
            return connection
        copy = sqlite3.connect("", isolation_level=None)  # in memory, and beyond that in a file without a name
        with _closed_on_error(copy):
            connection.backup(copy)
            layout = layout_of(copy)
            _refuse_newer(path, layout)
            if layout < LAYOUT:
                create_tables(copy, layout)
    return copy


def layout_of(connection: sqlite3.Connection) -> int:
    """The layout of an open file, which another process may have changed."""
    return _pragma(connection, "user_version")


def write_header(connection: sqlite3.Connection) -> None:
    """Write what stands in the file already, in a transaction of the caller's: so it is seen whether that can be done.

    Raises:
        StoreUnavailable: another version has changed the layout.
    """
    layout = layout_of(connection)
    if layout != LAYOUT:
        raise StoreUnavailable(f"the file has layout {layout} and not {LAYOUT} any more")
    connection.execute(f"PRAGMA user_version = {LAYOUT}")


def is_in_use(path: Path) -> bool:
    """Whether somebody else has a session file open: only who is alone can have it exclusively."""
    if not path.is_file():
        return False
    connection = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorname.startswith("SQLITE_BUSY")
    except sqlite3.Error:
        return False  # whoever opens it next says what is the matter
    finally:
        connection.close()
    return False


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Say in our words what stands in the way."""
    kind = kind_of(path)
    if kind == "directory":
        raise StoreUnusable(str(path), *_FOLDER)
    if kind is not None and kind != "file":
        raise StoreUnusable(str(path), _NO_FILES[kind], _NO_FILE_REMEDY)
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeError) as error:  # a damaged name is not even UTF-8
        raise _unusable(path, error) from error


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _refuse_newer(path: Path, layout: int) -> None:
    if layout > LAYOUT:
        raise StoreUnusable(str(path), *_NEWER)


def _refuse_foreign(path: Path, application: int) -> None:
    if application != APPLICATION:
        raise StoreUnusable(str(path), *_FOREIGN)


def set_aside(path: Path, at: datetime) -> Path:
    """Rename a damaged file and its logs, so that a new one can take its place; the new name.

    Raises:
        OSError: it cannot be renamed.
    """
    aside = path.with_name(f"{path.name}.corrupt-{at:%Y%m%dT%H%M%S}")
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def _create(path: Path) -> None:
    """An empty file that only its owner may read: what users say is nobody else's affair."""
    if not path.exists():
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            belong_like(descriptor, path.absolute().parent)
        finally:
            os.close(descriptor)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    application = _pragma(connection, "application_id")
    layout = _pragma(connection, "user_version")
    is_new = not application and not layout and not connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    if not is_new:
        _refuse_foreign(path, application)
        _refuse_newer(path, layout)
        _check(connection, path)
        if layout < 1:
            raise _damaged(path)
    if is_new:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    elif layout < LAYOUT:
        _keep_older(connection, path, layout)
    if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
        _log.warning("the file system of %s has no write-ahead log; turns will be slower", path)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA temp_store = MEMORY")  # a statement of many rows keeps in mind how to undo it
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
    if is_new or layout < LAYOUT:
        create_tables(connection, layout)
    else:
        connection.execute("BEGIN IMMEDIATE")  # a file that can only be read, or has no room, is opened all the same
        write_header(connection)
        bring_home(connection)
        connection.execute("COMMIT")


def _keep_older(connection: sqlite3.Connection, path: Path, layout: int) -> None:
    """A copy of a file that is about to get another layout, for whoever goes back to the version before."""
    kept = path.with_name(f"{path.name}.layout{layout}-backup")
    keep_copy(connection, kept)
    descriptor = os.open(kept, os.O_RDONLY)
    try:
        belong_like(descriptor, path)
    finally:
        os.close(descriptor)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """A look for damage, given up after a second: a large file must not hold up the start."""
    if path.stat().st_size > _CHECK_BYTES:
        return
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
        raise _damaged(path)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says that a file is damaged; text that is no text has no name of its own."""
    name: str | None = getattr(error, "sqlite_errorname", None)
    return name is None or name.startswith("SQLITE_CORRUPT")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)


def _damaged(path: Path) -> StoreUnusable:
    return StoreUnusable(str(path), *DAMAGED, is_damaged=True)


def _unusable(path: Path, error: sqlite3.Error | OSError | UnicodeError) -> StoreUnusable:
    if isinstance(error, UnicodeError):
        return _damaged(path)
    if isinstance(error, PermissionError):
        return StoreUnusable(str(path), *_CAUSES["SQLITE_READONLY"])
    if isinstance(error, OSError):
        return StoreUnusable(str(path), *_CAUSES["SQLITE_CANTOPEN"])
    name = getattr(error, "sqlite_errorname", None)
    if is_damage(error) or name is None or name.startswith("SQLITE_ERROR"):  # a table that is none
        return _damaged(path)
    for prefix, words in sorted(_CAUSES.items(), reverse=True):
        if name.startswith(prefix):
            return StoreUnusable(str(path), *words, is_damaged=prefix == "SQLITE_NOTADB")
    return StoreUnusable(str(path), Wording(str(error), str(error)), _CAUSES["SQLITE_CANTOPEN"][1])
