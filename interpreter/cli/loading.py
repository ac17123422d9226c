"""From paths on the command line to bots: the only place where files, language and compiler are wired together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from interpreter.check.analysis import Analysis, analyse
from interpreter.check.media import check_files
from interpreter.cli.bot_files import Sizes, place_of
from interpreter.cli.garbage import paused_collector
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.fixing import loses_text, shown_only
from interpreter.diagnostics.ignores import FileIgnores, read_ignores, silence
from interpreter.dialog.model.bot import Bot
from interpreter.source.faults import ReadProblem
from interpreter.source.files import read_file
from interpreter.source.reader import read_source
from interpreter.source.spans import SourceFile
from interpreter.source.tree import Node

if TYPE_CHECKING:  # who only checks a bot needs none of it
    from interpreter.program.suite import SuiteTable
    from interpreter.program.tables import Program


class Loaded(Struct, frozen=True):
    """What came of one bot file. There is no program when a diagnostic is an error."""

    path: Path
    bot: Bot | None
    program: Program | None
    suite: SuiteTable | None
    diagnostics: tuple[Diagnostic, ...]
    analysis: Analysis | None = None
    trees: Mapping[str, Node] = field(default_factory=dict)
    """The trees of its files, by the names that diagnostics give them."""
    sizes: Mapping[str, int | None] = field(default_factory=dict)
    """The sizes of the files beside it that it names; None of one that is not there."""

    @property
    def has_errors(self) -> bool:
        """Whether the bot cannot run."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


def load(path: Path, *, only_check: bool = False, texts: Mapping[str, str] | None = None) -> Loaded:
    """Read, check and compile a bot; with `only_check`, without compiling it.

    `texts` stand in for the content of files, by the names that diagnostics give them.
    """
    with paused_collector():
        return _promising(_load(path, _Reader(path, texts or {}), only_check=only_check))


def _promising(loaded: Loaded) -> Loaded:
    """What came of a bot, the fixes that would drop words of the author for show only."""
    if not any(map(loses_text, loaded.diagnostics)):
        return loaded
    kept = tuple(shown_only(each) if loses_text(each) else each for each in loaded.diagnostics)
    return replace(loaded, diagnostics=kept)


def load_model(path: Path, texts: Mapping[str, str]) -> Bot | None:
    """A bot as it is written in some texts, without checking what it says."""
    from interpreter.dialog.loading import load_bot

    with paused_collector():
        return load_bot(str(path), _Reader(path, texts))[0]


def _load(path: Path, read: _Reader, *, only_check: bool) -> Loaded:
    from interpreter.dialog.loading import in_order, load_bot

    bot, diagnostics = load_bot(str(path), read)
    if bot is None:
        return Loaded(path, None, None, None, diagnostics, trees=read.trees)
    analysis, found = analyse(bot)
    sizes = Sizes(path)
    if bot.media and path.exists():  # a text that is no file yet has no files beside it
        found = (*found, *check_files(bot, sizes))
    checked = Loaded(path, bot, None, None, (), analysis, read.trees, sizes.told)
    every = in_order((*diagnostics, *found), bot.sources)
    if any(diagnostic.is_error for diagnostic in every):
        every = in_order(silence(every, read.ignores, complete=False), bot.sources)
        return replace(checked, diagnostics=every)
    if only_check:
        from interpreter.check.lints.registry import lint
        from interpreter.check.lints.subject import Subject

        found = (*every, *lint(Subject(bot, analysis)))
        every = in_order(silence(found, read.ignores, complete=True), bot.sources)
        return replace(checked, diagnostics=every)
    from interpreter.compiler.compile import lower_bot
    from interpreter.compiler.suite import lower_suite

    every = in_order(silence(every, read.ignores, complete=False), bot.sources)
    return replace(checked, program=lower_bot(bot, analysis), suite=lower_suite(bot, analysis), diagnostics=every)


def _explained(problems: tuple[ReadProblem, ...]) -> tuple[Diagnostic, ...]:
    if not problems:
        return ()
    from interpreter.diagnostics.reading import explain

    return tuple(map(explain, problems))


class _Reader:
    """Reads the files of one bot; none outside of its folder, not even through a link."""

    def __init__(self, main: Path, texts: Mapping[str, str]) -> None:
        self.ignores: list[FileIgnores] = []
        self.trees: dict[str, Node] = {}
        self._main = str(main)
        self._root = (place_of(main) or main).parent
        self._texts = texts

    def __call__(self, name: str) -> tuple[Node | None, tuple[Diagnostic, ...]]:
        if name in self._texts:
            return self._parse(SourceFile(name, self._texts[name]))
        path = Path(name)
        place = place_of(path)
        if name != self._main and (place is None or not place.is_relative_to(self._root)):
            return None, ()
        file, problems = read_file(path, name)
        if file is None:
            return None, _explained(problems)
        tree, more = self._parse(file)
        return tree, (*_explained(problems), *more)

    def _parse(self, file: SourceFile) -> tuple[Node | None, tuple[Diagnostic, ...]]:
        tree, problems = read_source(file)
        if tree is not None:
            self.trees[file.name] = tree
        if ignores := read_ignores(file, tree):
            self.ignores.append(ignores)
        return tree, _explained(problems)
