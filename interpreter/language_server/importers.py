"""Which bot a file belongs to: the file itself, or one that imports it."""

from __future__ import annotations

import contextlib
import os.path
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from interpreter.dialog.leaves import as_items, as_mapping
from interpreter.source.files import read_file
from interpreter.source.reader import read_text
from interpreter.source.tree import Scalar

SUFFIXES = (".yaml", ".yml", ".json")
_IS_BOT = re.compile(r"""^[\s{]*["']?dialog["']?\s*:""", re.MULTILINE)
_FOLDERS = 4
"""How many folders up a bot is looked for: it imports only what is in its own folder or below."""
_FILES = 200
"""How many files of a folder are looked at."""


def main_of(path: Path, texts: Mapping[Path, str]) -> Path | None:
    """The bot's own file; None of a file that is no part of a bot.

    Args:
        path: A file.
        texts: What open files hold.
    """
    for candidate in _candidates(path, texts):
        if path in _imported(candidate, texts):
            return candidate
    is_bot = path.stem == "bot" or _IS_BOT.search(_text_of(path, texts)) is not None
    return path if is_bot else None


def _candidates(path: Path, texts: Mapping[Path, str]) -> Iterator[Path]:
    """The files that may import a file, those furthest up last."""
    for folder in path.parents[:_FOLDERS]:
        found = {other for other in texts if other.parent == folder}
        with contextlib.suppress(OSError):
            found.update(other for other in folder.iterdir() if other.suffix in SUFFIXES)
        for other in sorted(found)[:_FILES]:
            if other != path and "imports" in _text_of(other, texts):
                yield other


def _imported(main: Path, texts: Mapping[Path, str]) -> frozenset[Path]:
    """Every file that a file imports, directly or not."""
    found: set[Path] = set()
    left = [main]
    while left:
        file = left.pop()
        tree, _ = read_text(file.name, _text_of(file, texts))
        for item in as_items(as_mapping(tree).get("imports")):
            other = Path(os.path.normpath(file.parent / item.text)) if isinstance(item, Scalar) and item.text else file
            if other not in found:
                found.add(other)
                left += (other,) if other != file else ()
    return frozenset(found - {main})


def _text_of(path: Path, texts: Mapping[Path, str]) -> str:
    if path in texts:
        return texts[path]
    file, _ = read_file(path)
    return file.text if file is not None else ""
