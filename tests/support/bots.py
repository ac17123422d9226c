"""Bots for tests: from text or file to model, analysis, program and suite."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from interpreter.check.analysis import analyse
from interpreter.compiler.compile import lower_bot
from interpreter.compiler.suite import lower_suite
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.reading import explain
from interpreter.dialog.loading import load_bot
from interpreter.dialog.model.bot import Bot
from interpreter.program.suite import SuiteTable
from interpreter.program.tables import Program
from interpreter.source.files import read_file
from interpreter.source.reader import read_text
from interpreter.source.tree import Node


@dataclass(frozen=True)
class Compiled:
    bot: Bot | None
    program: Program | None
    suite: SuiteTable | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def codes(self) -> list[str]:
        return [diagnostic.code for diagnostic in self.diagnostics]


def compile_text(text: str, name: str = "bot.yaml") -> Compiled:
    """Compile a bot written in a test; files it imports are not there."""
    files = {name: text}
    return compile_files(files, name)


def compile_files(files: dict[str, str], name: str = "bot.yaml") -> Compiled:
    def read(wanted: str) -> tuple[Node | None, tuple[Diagnostic, ...]]:
        if wanted not in files:
            return None, ()
        tree, problems = read_text(wanted, files[wanted])
        return tree, tuple(explain(problem) for problem in problems)

    return _compile(*load_bot(name, read))


def compile_path(path: Path) -> Compiled:
    def read(wanted: str) -> tuple[Node | None, tuple[Diagnostic, ...]]:
        source, problems = read_file(Path(wanted), wanted)
        if source is None:
            return None, tuple(explain(problem) for problem in problems)
        tree, more = read_text(wanted, source.text)
        return tree, tuple(explain(problem) for problem in (*problems, *more))

    return _compile(*load_bot(str(path), read))


def _compile(bot: Bot | None, diagnostics: tuple[Diagnostic, ...]) -> Compiled:
    if bot is None or any(diagnostic.is_error for diagnostic in diagnostics):
        return Compiled(bot, None, None, diagnostics)
    analysis, found = analyse(bot)
    every = (*diagnostics, *found)
    if any(diagnostic.is_error for diagnostic in found):
        return Compiled(bot, None, None, every)
    return Compiled(bot, lower_bot(bot, analysis), lower_suite(bot, analysis), every)
