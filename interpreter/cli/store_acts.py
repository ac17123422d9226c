"""What `dialog-store` does, one function for each act."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from interpreter.cli.bot_files import place_of
from interpreter.cli.store_words import figures_text, record_text
from interpreter.diagnostics.wording import Wording
from interpreter.server.errors import SettingsError
from interpreter.source.regular_files import open_regular
from interpreter.stores.archive import UnreadableArchive, first_line, last_line, read_archive, sound, write_record
from interpreter.stores.codec import UnreadableSession
from interpreter.stores.inventory import Inventory, Record
from interpreter.stores.protocol import SessionKey
from interpreter.stores.sqlite_file import is_in_use
from interpreter.stores.sqlite_inventory import SqliteInventory

_SQLITE = b"SQLite format 3\0"
_LONGEST_LINE = 64 * 1024 * 1024


class Refused(Exception):  # noqa: N818  named for what happened
    """The act was not done; the wording says why."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(wording.en)
        self.wording = wording


@dataclass(frozen=True, slots=True)
class Task:
    """What to do, and with which bots of which store."""

    act: str
    store: str
    bots: tuple[str, ...]
    language: str
    user: str | None = None
    file: Path | None = None
    is_sure: bool = False

    def say(self, en: str, zh: str) -> None:
        """Tell how it went."""
        sys.stdout.write(Wording(en, zh).say(self.language) + "\n")


async def act(task: Task) -> None:
    """Do it.

    Raises:
        Refused: it cannot be done.
        StoreError: the store cannot be used.
        SettingsError: there is no such store.
    """
    inventory = _open(task)
    try:
        await _ACTS[task.act](task, inventory)
    finally:
        await inventory.close()


def _open(task: Task) -> Inventory:
    kind, _, path = task.store.partition(":")
    match kind, path:
        case "sqlite", path if path:
            if task.act == "restore" and is_in_use(Path(path)):
                raise Refused(
                    Wording(
                        f"{path} is in use: stop the bot first, it would not see what is restored",
                        f"{path} 正在使用中：请先停止机器人，否则它看不到恢复的内容",
                    )
                )
            return SqliteInventory(Path(path), create=task.act == "restore")
        case "redis" | "rediss" | "unix" | "redis+sentinel" | "redis+cluster", path if path.startswith("//"):
            from interpreter.stores.redis_inventory import RedisInventory

            return RedisInventory(task.store)
        case _:
            from interpreter.stores.redis_client import without_password

            shown = without_password(task.store)
            raise SettingsError(
                Wording(
                    f"store: expected sqlite:FILE or redis://HOST, found `{shown}`",
                    f"store：应为 sqlite:文件 或 redis://主机，实为 `{shown}`",
                )
            )


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
        _write(sys.stdout, first_line(task.bots), *map(write_record, records), last_line(len(records)))
    else:
        await _export_all(task, inventory, sys.stdout)


async def _export_all(task: Task, inventory: Inventory, out: TextIO) -> int:
    """Write the records of all users as lines; how many. What cannot be read is passed over, and mentioned."""
    count = damaged = 0
    _write(out, first_line(task.bots))
    async with aclosing(inventory.keys(task.bots)) as keys:
        async for key in keys:
            try:
                _write(out, write_record(await inventory.record(key)))
                count += 1
            except UnreadableSession:
                damaged += 1
    _write(out, last_line(count))
    _mention_damaged(task, damaged)
    return count


def _mention_damaged(task: Task, damaged: int) -> None:
    if damaged:
        wording = Wording(f"{damaged} records cannot be read and were left out", f"有 {damaged} 条记录无法读取，已略过")
        sys.stderr.write(f"dialog-store: {wording.say(task.language)}\n")


async def _backup(task: Task, inventory: Inventory) -> None:
    assert task.file is not None
    with _file_errors(task.file):
        if isinstance(inventory, SqliteInventory):
            place = place_of(task.file)
            if place is not None and place == place_of(inventory.path):
                raise Refused(Wording(f"{task.file}: it is the store itself", f"{task.file}：这就是会话存储本身"))
            _refuse_overwriting(task)
            await inventory.copy(task.file)
            task.say(f"{task.file}: the whole file was copied", f"{task.file}：已备份整个文件")
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


async def _restore(task: Task, inventory: Inventory) -> None:
    assert task.file is not None
    if not task.is_sure and await _has_any(task, inventory):
        raise Refused(
            Wording(
                "the store is not empty; --yes restores all the same, and replaces users that are in both",
                "存储不是空的；加上 --yes 仍可恢复，两边都有的用户会被替换",
            )
        )
    with _file_errors(task.file):
        records, others = await _read(task, task.file)
    await inventory.restore(records)
    task.say(f"{len(records)} users were restored", f"已恢复 {len(records)} 个用户")
    if others:
        task.say(f"{others} users of other bots were left out", f"略过其他机器人的 {others} 个用户")


async def _has_any(task: Task, inventory: Inventory) -> bool:
    async with aclosing(inventory.keys(task.bots)) as keys:
        async for _ in keys:
            return True
    return False


async def _read(task: Task, file: Path) -> tuple[list[Record], int]:
    """The records of a backup that are of the bot, and the number of those that are not."""
    with open_regular(file) as raw:
        if raw.read(len(_SQLITE)) == _SQLITE:
            return await _read_copy(task, file), 0
        raw.seek(0)
        records = _read_lines(file, raw)
    mine = [record for record in records if record.key.bot in task.bots]
    return mine, len(records) - len(mine)


async def _read_copy(task: Task, file: Path) -> list[Record]:
    """The records of a copied session file; those that are damaged stay behind, as when it is exported."""
    source = SqliteInventory(file)
    records: list[Record] = []
    damaged = 0
    try:
        async with aclosing(source.keys(task.bots)) as keys:
            async for key in keys:
                try:
                    records.append(sound(await source.record(key)))
                except (UnreadableSession, ValueError, OverflowError):
                    damaged += 1
    finally:
        await source.close()
    _mention_damaged(task, damaged)
    return records


def _read_lines(file: Path, raw: BinaryIO) -> tuple[Record, ...]:
    try:
        return read_archive(_lines(raw)).records
    except UnreadableArchive as error:
        wording = Wording(
            f"{file}:{error.line}: not a backup, or not all of one ({error.cause}); nothing was restored",
            f"{file}:{error.line}：不是完整的备份（{error.cause}）；没有恢复任何内容",
        )
        raise Refused(wording) from error


def _lines(raw: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(iter(lambda: raw.readline(_LONGEST_LINE + 1), b""), 1):
        if len(line) > _LONGEST_LINE:
            raise UnreadableArchive(number, "the line is too long")
        yield line.decode()


@contextmanager
def _file_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeError) as error:
        cause = getattr(error, "strerror", None) or "not text"
        raise Refused(Wording(f"{file}: {cause}", f"{file}：{cause}")) from error


def _write(out: TextIO, *lines: str) -> None:
    out.write("".join(f"{line}\n" for line in lines))


_ACTS: dict[str, Callable[[Task, Inventory], Awaitable[None]]] = {
    "stats": _stats,
    "show": _show,
    "export": _export,
    "erase": _erase,
    "backup": _backup,
    "restore": _restore,
}
