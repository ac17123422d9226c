"""What `dialog-store` is to do, and how it says that it cannot."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from interpreter.diagnostics.wording import Wording
from interpreter.stores.inventory import Inventory
from interpreter.stores.protocol import SessionKey


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
    replaces: bool = False
    """Whether users that are not in a backup are erased when it is restored."""

    def say(self, en: str, zh: str) -> None:
        """Tell how it went."""
        sys.stdout.write(Wording(en, zh).say(self.language) + "\n")

    def mention(self, en: str, zh: str) -> None:
        """Tell beside what was asked for."""
        sys.stderr.write(f"dialog-store: {Wording(en, zh).say(self.language)}\n")

    def mention_damaged(self, count: int) -> None:
        """Tell that records cannot be read, if there are such."""
        if count:
            self.mention(f"{count} records cannot be read and were left out", f"有 {count} 条记录无法读取，已略过")


def users(task: Task, inventory: Inventory) -> aclosing[AsyncGenerator[SessionKey, None]]:
    """All users of the bots."""
    return aclosing(inventory.keys(task.bots))


@contextmanager
def file_errors(file: Path) -> Iterator[None]:
    """Say which file it is that cannot be read or written."""
    try:
        yield
    except (OSError, UnicodeError) as error:
        cause = getattr(error, "strerror", None) or "not text"
        raise Refused(Wording(f"{file}: {cause}", f"{file}：{cause}")) from error
