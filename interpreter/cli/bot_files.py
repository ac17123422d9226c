"""The files of bots: which ones some paths name, and how big those beside them are."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable
from pathlib import Path

from interpreter.source.files import read_bytes

SUFFIXES = (".yaml", ".yml", ".json")
_IS_BOT = re.compile(r"""^[\s{]*["']?dialog["']?\s*:""", re.MULTILINE)


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
    return [path for path in found if place_of(path) not in imported] or found, missing


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
        return _IS_BOT.search(read_bytes(path).decode("utf-8-sig", errors="replace")) is not None
    except OSError:
        return True


def _imports(path: Path) -> list[Path]:
    """The files a bot file imports, as far as it can be read."""
    from interpreter.source.files import read_file
    from interpreter.source.reader import read_source
    from interpreter.source.tree import Mapping as MappingNode
    from interpreter.source.tree import Scalar, Sequence

    file, _ = read_file(path, str(path))
    tree = read_source(file)[0] if file and "imports" in file.text else None
    imports = tree.get("imports") if isinstance(tree, MappingNode) else None
    items = imports.items if isinstance(imports, Sequence) else ()
    named = [path.parent / item.text for item in items if isinstance(item, Scalar)]
    return [place for name in named if (place := place_of(name)) is not None]


def place_of(path: Path) -> Path | None:
    """Where a file really is; None of a name no file can have, or one that leads round in a circle of links."""
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):
        return None


def file_in(folder: Path, name: str) -> Path | None:
    """Where a file of a folder really is; None of one that is outside, be it through a link."""
    home, place = place_of(folder), place_of(folder / name)
    return place if home is not None and place is not None and place.is_relative_to(home) else None


class Sizes:
    """Tells how big the files beside a bot are; none outside of its folder, not even through a link."""

    def __init__(self, main: Path) -> None:
        self._root = place_of(main.parent) or main.parent
        self.told: dict[str, int | None] = {}
        """What was asked for, and the answers."""

    def __call__(self, name: str) -> int | None:
        """The size of a file; None of one that is not there."""
        size = self.told[name] = self._find(name)
        return size

    def _find(self, name: str) -> int | None:
        place = place_of(self._root / name)
        try:
            return place.stat().st_size if place and place.is_relative_to(self._root) and place.is_file() else None
        except OSError:
            return None
