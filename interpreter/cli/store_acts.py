"""What `dialog-store` does, one function for each act."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TextIO

from interpreter.cli.bot_files import place_of
from interpreter.cli.store_opening import open_store
from interpreter.cli.store_restoring import listed, restore
from interpreter.cli.store_task import Refused, Task, file_errors, users
from interpreter.cli.store_words import figures_text, record_text
from interpreter.diagnostics.wording import Wording
from interpreter.stores.archive import first_line, last_line, write_record
from interpreter.stores.codec import UnreadableSession
from interpreter.stores.inventory import Inventory, Record
from interpreter.stores.protocol import SessionKey
from interpreter.stores.sqlite_inventory import SqliteInventory


async def act(task: Task) -> None:
    """Do it.

    Raises:
        Refused: it cannot be done.
        StoreError: the store cannot be used.
        SettingsError: there is no such store.
    """
    async with AsyncExitStack() as ending:
        await _ACTS[task.act](task, open_store(task, ending))


async def _stats(task: Task, inventory: Inventory) -> None:
    figures, size = await inventory.figures(task.bots), await inventory.size()
    sys.stdout.write(figures_text(figures, size, task.language))


async def _records_of_user(task: Task, inventory: Inventory) -> list[Record]:
    """What each account of the bot keeps of a user."""
    assert task.user is not None
    records = [await inventory.record(SessionKey(bot, task.user)) for bot in task.bots]
    known = [record for record in records if record != Record(record.key)]
    if not known:
        raise Refused(Wording("nothing is kept of this user", "没有该用户的任何记录"))
    return known


async def _show(task: Task, inventory: Inventory) -> None:
    for record in await _records_of_user(task, inventory):
        sys.stdout.write(record_text(record, task.language))


async def _erase(task: Task, inventory: Inventory) -> None:
    known = await _records_of_user(task, inventory)
    if not task.is_sure and not _confirmed(task):
        raise Refused(Wording("nothing was erased; --yes erases without asking", "没有删除；加上 --yes 则不再询问"))
    for record in known:
        await inventory.erase(record.key)
    task.say("everything about this user was erased", "已删除该用户的全部记录")


def _confirmed(task: Task) -> bool:
    if not sys.stdin.isatty():
        return False
    sys.stderr.write(
        Wording("erase everything about this user? [y/N] ", "删除该用户的全部记录？[y/N] ").say(task.language)
    )
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")


async def _export(task: Task, inventory: Inventory) -> None:
    if task.user is not None:
        records = await _records_of_user(task, inventory)
        _write(sys.stdout, first_line(task.bots, task.user), *map(write_record, records), last_line(len(records)))
    else:
        await _export_all(task, inventory, sys.stdout)


async def _export_all(task: Task, inventory: Inventory, out: TextIO) -> int:
    """Write the records of all users as lines; how many. What cannot be read is passed over, and mentioned."""
    count = damaged = 0
    _write(out, first_line(task.bots))
    async with users(task, inventory) as keys:
        async for key in keys:
            try:
                _write(out, write_record(await inventory.record(key)))
                count += 1
            except UnreadableSession:
                damaged += 1
    _write(out, last_line(count))
    task.mention_damaged(damaged)
    return count


async def _backup(task: Task, inventory: Inventory) -> None:
    assert task.file is not None
    with file_errors(task.file):
        if isinstance(inventory, SqliteInventory):
            place = place_of(task.file)
            if place is not None and place == place_of(inventory.path):
                raise Refused(Wording(f"{task.file}: it is the store itself", f"{task.file}：这就是会话存储本身"))
            _refuse_overwriting(task)
            await inventory.copy(task.file)
            task.say(f"{task.file}: the whole file was copied", f"{task.file}：已备份整个文件")
            if others := await inventory.others(task.bots):
                task.say(
                    f"it holds other bots too, each of which is restored by its own file: {listed(others)}",
                    f"其中还有其他机器人，须各用其机器人文件恢复：{listed(others)}",
                )
            return
        _refuse_overwriting(task)
        unfinished = task.file.with_name(task.file.name + ".part")
        try:
            with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", -1, "utf-8") as out:
                count = await _export_all(task, inventory, out)
                out.flush()
                os.fsync(out.fileno())
            unfinished.replace(task.file)
        finally:
            unfinished.unlink(missing_ok=True)
    task.say(f"{task.file}: {count} users", f"{task.file}：{count} 个用户")


def _refuse_overwriting(task: Task) -> None:
    if task.file is not None and task.file.exists() and not task.is_sure:
        raise Refused(
            Wording(f"{task.file} is there already; --yes writes over it", f"{task.file} 已经存在；加上 --yes 则覆盖")
        )


def _write(out: TextIO, *lines: str) -> None:
    out.write("".join(f"{line}\n" for line in lines))


_ACTS: dict[str, Callable[[Task, Inventory], Awaitable[None]]] = {
    "stats": _stats,
    "show": _show,
    "export": _export,
    "erase": _erase,
    "backup": _backup,
    "restore": restore,
}
