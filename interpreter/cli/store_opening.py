"""The store `dialog-store` looks into. An SQLite file that is to be changed must not be in use."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from interpreter.cli.store_task import Refused, Task
from interpreter.diagnostics.wording import Wording
from interpreter.server.errors import SettingsError
from interpreter.source.regular_files import kind_of
from interpreter.stores.inventory import Inventory
from interpreter.stores.sqlite_file import FileInUse, hold, is_in_use
from interpreter.stores.sqlite_inventory import SqliteInventory
from interpreter.stores.sqlite_layout import LAYOUT, peek_layout

_CHANGING = ("erase", "restore")


def open_store(task: Task, ending: AsyncExitStack) -> Inventory:
    """The store of a task; at the `ending` it is let go of.

    Raises:
        Refused: it is in use, and should not be.
        StoreUnusable: it cannot be opened.
        SettingsError: there is no such store.
    """
    kind, _, path = task.store.partition(":")
    inventory: Inventory
    match kind, path:
        case "sqlite", path if path and task.act in _CHANGING:
            inventory = _to_be_changed(task, Path(path), ending)
        case "sqlite", path if path:
            inventory = SqliteInventory(Path(path))
        case "redis" | "rediss" | "unix" | "redis+sentinel" | "redis+cluster", path if path.startswith("//"):
            from interpreter.stores.redis_inventory import RedisInventory

            inventory = RedisInventory(task.store)
        case _:
            from interpreter.stores.redis_client import without_password

            shown = without_password(task.store)
            raise SettingsError(
                Wording(
                    f"store: expected sqlite:FILE or redis://HOST, found `{shown}`",
                    f"store：应为 sqlite:文件 或 redis://主机，实为 `{shown}`",
                )
            )
    ending.push_async_callback(inventory.close)
    return inventory


def _to_be_changed(task: Task, path: Path, ending: AsyncExitStack) -> SqliteInventory:
    is_there = kind_of(path) is not None
    if not is_there and task.act != "restore":
        return SqliteInventory(path)  # which says that it is not
    _hold(path, ending)
    layout = 0
    with suppress(OSError):
        layout = peek_layout(path)
    inventory = SqliteInventory(path, create=True)
    if not is_there:
        _mention_owner(task, path)
    elif 0 < layout < LAYOUT:
        kept = f"{path}.layout{layout}-backup"
        task.mention(
            f"{path} has the layout of this version now; {kept} is how it was, with everybody in it",
            f"{path} 已更新为当前版本的结构；{kept} 是原来的样子，包含当时的所有用户",
        )
    return inventory


def _hold(path: Path, ending: AsyncExitStack) -> None:
    """Keep servers from the file until the end; those of older versions hold nothing but the file itself."""
    wording = Wording(
        f"{path} is in use: stop the bot first, only one program may write to an SQLite file",
        f"{path} 正在使用中：请先停止机器人，SQLite 文件只能由一个程序写入",
    )
    try:
        ending.callback(hold(path).release)
    except FileInUse as error:
        raise Refused(wording) from error
    if is_in_use(path):
        raise Refused(wording)


def _mention_owner(task: Task, path: Path) -> None:
    owner = path.stat().st_uid
    if hasattr(os, "geteuid") and owner != os.geteuid():
        task.mention(
            f"{path} was made for user {owner}, who owns its folder",
            f"{path} 已创建，归目录的所有者（用户 {owner}）所有",
        )
