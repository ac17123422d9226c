"""`dialog-store restore`: users of a backup (JSON lines or a copied file) take the place of those in a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from interpreter.cli.store_task import Refused, Task, file_errors, users
from interpreter.diagnostics.wording import Wording
from interpreter.source.regular_files import open_regular
from interpreter.stores.archive import Archive, UnreadableArchive, read_archive, sound
from interpreter.stores.codec import UnreadableSession
from interpreter.stores.inventory import Inventory, Record
from interpreter.stores.protocol import SessionKey
from interpreter.stores.sqlite_inventory import SqliteInventory

_SQLITE = b"SQLite format 3\0"
_LONGEST_LINE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Backup:
    """What a file holds of the bot."""

    bots: tuple[str, ...]
    """Those of the bot whose users it may hold."""
    records: list[Record]
    damaged: frozenset[SessionKey]
    """Users whose records cannot be read."""
    others: Mapping[str, int]
    """How many users of other bots it holds, by the names of those."""
    is_whole: bool = True

    def lacks(self, key: SessionKey) -> bool:
        """Whether a user was not there when it was made; none that is restored."""
        return key.bot in self.bots and key not in self.damaged


async def restore(task: Task, inventory: Inventory) -> None:
    """Put the users of a backup in the place of those in the store; others stay, or go if that is wished for."""
    assert task.file is not None
    if not task.is_sure and await _has_any(task, inventory):
        raise Refused(
            Wording(
                "the store is not empty; --yes restores all the same, and replaces users that are in both",
                "存储不是空的；加上 --yes 仍可恢复，两边都有的用户会被替换",
            )
        )
    with file_errors(task.file):
        backup = await _read(task, task.file)
    restored = {record.key for record in backup.records}
    async with users(task, inventory) as keys:
        rest = [key async for key in keys if key not in restored]
    gone = [key for key in rest if backup.lacks(key)] if task.replaces else []
    if task.replaces:
        _refuse_emptying(task.file, backup)
    await inventory.restore(backup.records, gone)
    _tell(task, backup, len(rest) - len(gone), len(gone))


def _refuse_emptying(file: Path, backup: _Backup) -> None:
    if not backup.is_whole:
        wording = Wording(
            f"{file} was made of one user: --replace would erase all others",
            f"{file} 只包含一个用户：--replace 会删除其他所有用户",
        )
        raise Refused(wording)
    if not backup.records:
        wording = Wording(
            f"{file} holds no user of this bot: --replace would erase them all",
            f"{file} 中没有该机器人的用户：--replace 会删除所有用户",
        )
        raise Refused(wording)


def _tell(task: Task, backup: _Backup, left: int, gone: int) -> None:
    task.mention_damaged(len(backup.damaged))
    count = len(backup.records)
    task.say(f"{count} users were restored", f"已恢复 {count} 个用户")
    if gone:
        task.say(f"{gone} users that are not in the backup were erased", f"已删除备份中没有的 {gone} 个用户")
    if left:
        hint, hint_zh = ("", "") if task.replaces else ("; --replace erases them", "；--replace 会删除他们")
        task.say(
            f"{left} users that are not in the backup were left as they are{hint}",
            f"备份中没有的 {left} 个用户保持不变{hint_zh}",
        )
    if backup.others:
        total = sum(backup.others.values())
        task.say(
            f"{total} users of other bots were left out: {listed(backup.others)}",
            f"略过其他机器人的 {total} 个用户：{listed(backup.others)}",
        )


def listed(bots: Mapping[str, int]) -> str:
    """Bots and how many users each has."""
    return ", ".join(f"{bot} ({count})" for bot, count in sorted(bots.items()))


async def _has_any(task: Task, inventory: Inventory) -> bool:
    async with users(task, inventory) as keys:
        async for _ in keys:
            return True
    return False


async def _read(task: Task, file: Path) -> _Backup:
    with open_regular(file) as raw:
        if raw.read(len(_SQLITE)) != _SQLITE:
            raw.seek(0)
            return _of_lines(task, _read_lines(file, raw))
    return await _of_copy(task, file)


async def _of_copy(task: Task, file: Path) -> _Backup:
    """What a copied session file holds; damaged records stay behind, as when it is exported."""
    source = SqliteInventory(file)
    records: list[Record] = []
    damaged: set[SessionKey] = set()
    try:
        async with users(task, source) as keys:
            async for key in keys:
                try:
                    records.append(sound(await source.record(key)))
                except (UnreadableSession, ValueError, OverflowError):
                    damaged.add(key)
        return _Backup(task.bots, records, frozenset(damaged), await source.others(task.bots))
    finally:
        await source.close()


def _of_lines(task: Task, archive: Archive) -> _Backup:
    records = [record for record in archive.records if record.key.bot in task.bots]
    others = Counter(record.key.bot for record in archive.records if record.key.bot not in task.bots)
    bots = tuple(bot for bot in task.bots if bot in archive.bots)
    return _Backup(bots, records, frozenset(), others, archive.is_whole)


def _read_lines(file: Path, raw: BinaryIO) -> Archive:
    try:
        return read_archive(_lines(raw))
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
