"""The bots that are open in an editor, each checked when something has changed and somebody asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from interpreter.language_server.checked import Check, Checked
from interpreter.language_server.importers import main_of

Texts = Mapping[Path, str]
"""What the open files hold."""


class Project:
    """One bot. Changes that come while it is being checked are checked together afterwards."""

    def __init__(self, main: Path, check: Check) -> None:
        self.main = main
        self.checked = Checked(main)
        """What came of checking it last."""
        self.known = self.checked
        """What came of checking it when it last was a bot at all."""
        self._check = check
        self._lock = asyncio.Lock()
        self._wanted = 1
        self._done = 0

    def touch(self) -> None:
        """Something has changed."""
        self._wanted += 1

    def name_of(self, path: Path) -> str:
        """How diagnostics of this bot call a file."""
        if path == self.main or not path.is_relative_to(self.main.parent):
            return str(path)
        folder = str(self.main).removesuffix(self.main.name)
        return folder + path.relative_to(self.main.parent).as_posix()

    async def current(self, texts: Callable[[], Texts]) -> Checked:
        """The bot as it is now."""
        async with self._lock:
            while self._done != self._wanted:
                self._done = self._wanted
                named = {self.name_of(path): text for path, text in texts().items()}
                self.checked = await asyncio.to_thread(self._check, self.main, named)
                if self.checked.bot is not None:
                    self.known = self.checked
            return self.checked


class Projects:
    """The bots that open files belong to."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._mains: dict[Path, Path | None] = {}
        self._projects: dict[Path, Project] = {}

    def arrange(self, texts: Texts) -> tuple[Project, ...]:
        """Find anew what open files belong to; the projects of which none is open any more."""
        self._mains = {path: main_of(path, texts) for path in texts}
        mains = {main for main in self._mains.values() if main is not None}
        gone = [main for main in self._projects if main not in mains]
        closed = tuple(self._projects.pop(main) for main in gone)
        for main in mains:
            self._projects.setdefault(main, Project(main, self._check)).touch()
        return closed

    def of(self, path: Path) -> Project | None:
        """The bot that an open file belongs to."""
        main = self._mains.get(path)
        return self._projects.get(main) if main is not None else None

    def all(self) -> tuple[Project, ...]:
        """Every open bot."""
        return tuple(self._projects.values())
