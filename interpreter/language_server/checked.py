"""A bot as it was checked last: all that the answers to an editor are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from interpreter.check.analysis import Analysis
from interpreter.check.lints.subject import Subject
from interpreter.check.symbols import Symbols, declare
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.rules import Rule
from interpreter.language_server.index import Index
from interpreter.language_server.occurrences import occurrences
from interpreter.source.tree import Node


@dataclass(frozen=True)
class Checked:
    """What came of checking a bot; there is no model when its file is no map at all."""

    path: Path
    bot: Bot | None = None
    analysis: Analysis | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    trees: Mapping[str, Node] = field(default_factory=dict)
    """The trees of its files, by the names that diagnostics give them."""

    @cached_property
    def index(self) -> Index:
        """The bot's names."""
        if self.bot is None or self.analysis is None:
            return Index(())
        return Index(occurrences(self.bot, self.analysis, self.trees))

    @cached_property
    def symbols(self) -> Symbols | None:
        """What the bot declares."""
        return declare(self.bot) if self.bot is not None else None

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """Every rule by its path, those of states too."""
        if self.bot is None or self.analysis is None:
            return {}
        return {rule.path: rule for rule in Subject(self.bot, self.analysis).rules}


Check = Callable[[Path, Mapping[str, str]], Checked]
"""Checks a bot, with the texts of open files in place of what is on the disk, by the names diagnostics give them."""
