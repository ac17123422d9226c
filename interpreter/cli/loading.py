"""From paths on the command line to bots: the only place where files, language and compiler are wired together."""

from __future__ import annotations

import gc
import glob
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from interpreter.check.analysis import Analysis, analyse
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.ignores import FileIgnores, read_ignores, silence
from interpreter.diagnostics.reading import explain
from interpreter.dialog.model.bot import Bot
from interpreter.source.files import read_file
from interpreter.source.reader import read_source
from interpreter.source.spans import SourceFile
from interpreter.source.tree import Node

if TYPE_CHECKING:  # who only checks a bot needs none of it
    from interpreter.program.suite import SuiteTable
    from interpreter.program.tables import Program

SUFFIXES = (".yaml", ".yml", ".json")
_IS_BOT = re.compile(r"""^[\s{]*["']?dialog["']?\s*:""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of one bot file. There is no program when a diagnostic is an error."""

    path: Path
    bot: Bot | None
    program: Program | None
    suite: SuiteTable | None
    diagnostics: tuple[Diagnostic, ...]
    analysis: Analysis | None = None
    trees: Mapping[str, Node] = field(default_factory=dict)
    """The trees of its files, by the names that diagnostics give them."""

    @property
    def has_errors(self) -> bool:
        """Whether the bot cannot run."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


def load(path: Path, *, only_check: bool = False, texts: Mapping[str, str] | None = None) -> Loaded:
    """Read, check and compile a bot; with `only_check`, without compiling it.

    `texts` stand in for the content of files, by the names that diagnostics give them.
    """
    with _paused_collector():
        return _load(path, _Reader(path, texts or {}), only_check=only_check)


@contextmanager
def _paused_collector() -> Iterator[None]:
    """Building many small objects that all stay: the garbage collector would only get in the way."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _load(path: Path, read: _Reader, *, only_check: bool) -> Loaded:
    from interpreter.dialog.loading import in_order, load_bot

    bot, diagnostics = load_bot(str(path), read)
    if bot is None:
        return Loaded(path, None, None, None, diagnostics, trees=read.trees)
    analysis, found = analyse(bot)
    checked = Loaded(path, bot, None, None, (), analysis, read.trees)
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


class _Reader:
    """Reads the files of one bot; none outside of its folder, not even through a link."""

    def __init__(self, main: Path, texts: Mapping[str, str]) -> None:
        self.ignores: list[FileIgnores] = []
        self.trees: dict[str, Node] = {}
        self._root = main.resolve().parent
        self._texts = texts

    def __call__(self, name: str) -> tuple[Node | None, tuple[Diagnostic, ...]]:
        if name in self._texts:
            return self._parse(SourceFile(name, self._texts[name]))
        path = Path(name)
        place = _place_of(path)
        if place is None or not place.is_relative_to(self._root):
            return None, ()
        file, problems = read_file(path, name)
        if file is None:
            return None, tuple(map(explain, problems))
        tree, more = self._parse(file)
        return tree, (*map(explain, problems), *more)

    def _parse(self, file: SourceFile) -> tuple[Node | None, tuple[Diagnostic, ...]]:
        tree, problems = read_source(file)
        if tree is not None:
            self.trees[file.name] = tree
        if ignores := read_ignores(file, tree):
            self.ignores.append(ignores)
        return tree, tuple(map(explain, problems))


def find_bots(paths: Iterable[str]) -> tuple[list[Path], list[str]]:
    """The bot files that some paths name, and the paths that name none.

    A folder or a pattern (`bots/**/*.yaml`) stands for the files there that say `dialog:`. A file that another one of
    them imports is a part of that bot.
    """
    found: list[Path] = []
    missing: list[str] = []
    for name in paths:
        bots = _bots_of(name)
        found += bots
        if not bots:
            missing.append(name)
    found = list(dict.fromkeys(found))
    imported = {other for path in found for other in _imports(path)} if len(found) > 1 else set()
    return [path for path in found if _place_of(path) not in imported] or found, missing


def _bots_of(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        return _bots_below(path) if name else []
    if path.exists():
        return [path]
    if not glob.has_magic(name):
        return []
    matches = map(Path, sorted(glob.glob(name, recursive=True)))
    return [bot for match in matches for bot in (_bots_below(match) if match.is_dir() else [match]) if _is_bot(bot)]


def _bots_below(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if _is_bot(path) and not _is_hidden(path, folder)]


def _is_bot(path: Path) -> bool:
    return path.suffix in SUFFIXES and path.is_file() and _says_dialog(path)


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _says_dialog(path: Path) -> bool:
    try:
        return _IS_BOT.search(path.read_text(encoding="utf-8-sig", errors="replace")) is not None
    except OSError:
        return True


def _imports(path: Path) -> list[Path]:
    """The files a bot file imports, as far as it can be read."""
    from interpreter.source.tree import Mapping as MappingNode
    from interpreter.source.tree import Scalar, Sequence

    file, _ = read_file(path, str(path))
    tree = read_source(file)[0] if file and "imports" in file.text else None
    imports = tree.get("imports") if isinstance(tree, MappingNode) else None
    items = imports.items if isinstance(imports, Sequence) else ()
    named = [path.parent / item.text for item in items if isinstance(item, Scalar)]
    return [place for name in named if (place := _place_of(name)) is not None]


def _place_of(path: Path) -> Path | None:
    """Where a file really is; None of a name no file can have, or one that leads round in a circle of links."""
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):
        return None
