"""The facts about a store: read only, so that a doctor changes nothing and disturbs no server."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol, cast

from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.storage import FileFacts, RedisFacts
from interpreter.stores.places import file_system
from interpreter.stores.sqlite_layout import APPLICATION, LAYOUT

_CHECK_STEPS = 2_000_000
_PING_SECONDS = 2.0


def look_at_file(path: Path) -> FileFacts:
    """The facts of an SQLite file, or of the folder it would be made in."""
    try:
        exists = path.exists()
    except PermissionError:
        return FileFacts(str(path), trouble=_HIDDEN, sqlite=sqlite3.sqlite_version_info)
    folder = _existing(path.absolute().parent)
    trouble = _trouble_of_file(path) if exists else _trouble_of_folder(path)
    return FileFacts(
        str(path),
        exists,
        trouble,
        shutil.disk_usage(folder).free,
        file_system(folder),
        sqlite3.sqlite_version_info,
    )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _trouble_of_folder(path: Path) -> tuple[Wording, Wording] | None:
    folder = path.absolute().parent
    if not folder.is_dir():
        return (
            Wording(f"the folder {folder} is not there", f"目录 {folder} 不存在"),
            Wording(f"mkdir -p {folder}", f"mkdir -p {folder}"),
        )
    return None if _may(folder, os.W_OK | os.X_OK) else _not_writable(folder)


def _may(place: Path, what: int) -> bool:
    return os.access(place, what, effective_ids=os.access in os.supports_effective_ids)


def _not_writable(place: Path) -> tuple[Wording, Wording]:
    owner = place.stat().st_uid
    return (
        Wording(f"this user (id {_user()}) may not write to {place}", f"当前用户（id {_user()}）无权写入 {place}"),
        Wording(
            f"run the doctor as the user the bot runs as, or give the place to that user (its owner is id {owner})",
            f"请以机器人的运行用户执行检查，或把所有者改为该用户（现为 id {owner}）",
        ),
    )


def _user() -> str:
    return str(os.geteuid()) if hasattr(os, "geteuid") else "?"


def _trouble_of_file(path: Path) -> tuple[Wording, Wording] | None:
    if path.is_dir():
        return Wording("it is a folder", "它是一个目录"), Wording("name a file inside of it", "请指定其中的一个文件")
    for place in (path, path.absolute().parent):  # SQLite keeps its log beside the file
        if not _may(place, os.R_OK | os.W_OK):
            return _not_writable(place)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2.0)) as connection:
            return _trouble_inside(connection)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_NOTADB"):
            return _FOREIGN
        return Wording(str(error), str(error)), _RESTORE


def _trouble_inside(connection: sqlite3.Connection) -> tuple[Wording, Wording] | None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (layout,) = connection.execute("PRAGMA user_version").fetchone()
    if not application and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        return None
    if application != APPLICATION:
        return _FOREIGN
    if layout > LAYOUT:
        return _NEWER
    left = iter(range(_CHECK_STEPS // 10_000))
    connection.set_progress_handler(lambda: int(next(left, None) is None), 10_000)
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:
        return None  # too large to be read through here
    return None if found == ("ok",) else (Wording("the file is damaged", "文件已损坏"), _RESTORE)


_HIDDEN = (
    Wording("this user may not look into its folder", "当前用户无权进入其所在目录"),
    Wording("run the doctor as root, or as the user the bot runs as", "请以 root 或机器人的运行用户执行检查"),
)
_FOREIGN = (
    Wording("it is no session file of this program", "它不是本程序的会话文件"),
    Wording("name another file with --store", "请用 --store 指定其他文件"),
)
_NEWER = (
    Wording("a newer version of this program wrote it", "它由本程序的更新版本写入"),
    Wording("upgrade, or name another file with --store", "请升级，或用 --store 指定其他文件"),
)
_RESTORE = Wording(
    "restore a backup (`dialog-store BOT restore FILE`), or move it away to start afresh",
    "请恢复备份（`dialog-store BOT restore FILE`），或移走它以重新开始",
)


class _Client(Protocol):
    """What is asked of a Redis."""

    def ping(self) -> Awaitable[object]: ...

    def info(self) -> Awaitable[Mapping[str, object]]: ...

    def config_get(self, pattern: str) -> Awaitable[Mapping[str, str]]: ...

    def aclose(self) -> Awaitable[None]: ...


async def look_at_redis(url: str, shown: str) -> RedisFacts:
    """The facts of a Redis; `shown` is its address without the password."""
    try:
        client = _connect(url)
    except ImportError:
        return RedisFacts(shown, "the package `redis` is not installed")
    except (ValueError, TypeError) as error:
        return RedisFacts(shown, str(error))
    from redis.exceptions import RedisError

    try:
        began = time.monotonic()
        await asyncio.wait_for(client.ping(), _PING_SECONDS)
        seconds = time.monotonic() - began
        facts = await client.info()
        return _redis_facts(shown, seconds, facts, await _snapshots(client))
    except (RedisError, OSError) as error:
        return RedisFacts(shown, f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
    finally:
        await client.aclose()


def _connect(url: str) -> _Client:
    import redis.asyncio as client

    limit = _PING_SECONDS
    opened = client.Redis.from_url(url, decode_responses=True, socket_connect_timeout=limit, socket_timeout=limit)
    return cast("_Client", opened)


async def _snapshots(client: _Client) -> str | None:
    """The `save` setting; hosted services often do not tell."""
    from redis.exceptions import RedisError

    try:
        return (await client.config_get("save")).get("save")
    except RedisError:
        return None


def _redis_facts(shown: str, seconds: float, facts: Mapping[str, object], snapshots: str | None) -> RedisFacts:
    version = str(facts.get("redis_version", ""))
    appends = facts.get("aof_enabled")
    return RedisFacts(
        shown,
        None,
        seconds,
        tuple(int(part) for part in version.split(".") if part.isdigit()) or None,
        _known(facts.get("role")),
        _known(facts.get("maxmemory_policy")),
        _number(facts.get("used_memory")),
        _number(facts.get("maxmemory")),
        None if appends is None else bool(_number(appends)),
        snapshots,
    )


def _known(fact: object) -> str | None:
    return None if fact is None else str(fact)


def _number(fact: object) -> int:
    return fact if isinstance(fact, int) else 0
