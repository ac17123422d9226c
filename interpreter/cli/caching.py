"""Bots ready to be run: from the compiled form of an earlier start, if nothing has changed since, or else compiled.

A compiled form counts for the very files it was made of (the bot's, those it imports, the sizes of those it sends), for
this code and this Python. Where it cannot be had or trusted, the bot is compiled, and nobody notices. A bot with errors
is never kept.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from interpreter.cli.bot_files import Sizes, place_of
from interpreter.cli.cache_folder import CacheFolder
from interpreter.cli.code_state import code_state
from interpreter.cli.garbage import paused_collector
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.program.accounts import AccountTable
from interpreter.program.tables import Program
from interpreter.source.faults import MAX_BYTES
from interpreter.source.files import read_bytes

if TYPE_CHECKING:  # whoever finds a compiled form needs nothing of what makes one
    from interpreter.cli.loading import Loaded

_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ReadyBot:
    """A bot ready to be run. There is no program when a diagnostic is an error; the others are only counted."""

    path: Path
    program: Program | None
    accounts: tuple[AccountTable, ...] = ()
    buttons: Mapping[str, str] = field(default_factory=dict)
    """Keys of menu buttons by their names."""
    sources: tuple[str, ...] = ()
    """The files it is made of, its own first."""
    findings: int = 0
    """How many things were found in it."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """What was found, unless the bot was compiled earlier."""


def ready_bot(path: Path, folder: CacheFolder | None, state: Callable[[], str | None] = code_state) -> ReadyBot:
    """A bot compiled now or earlier, by code of the same `state`."""
    code = state() if folder else None
    if folder is None or code is None:
        return _compiled(path)[0]
    if (found := _kept(path, folder, code)) is not None:
        return found
    ready, loaded = _compiled(path)
    if ready.program is not None and code == state():  # what was imported meanwhile is of the same state
        _keep(ready, loaded, folder, code)
    return ready


def _compiled(path: Path) -> tuple[ReadyBot, Loaded]:
    from interpreter.cli.loading import load
    from interpreter.compiler.accounts import lower_accounts

    loaded = load(path)
    bot = loaded.bot
    ready = ReadyBot(
        path,
        loaded.program,
        lower_accounts(bot) if bot and loaded.program else (),
        loaded.suite.buttons if loaded.suite else {},
        bot.sources if bot else (),
        len(loaded.diagnostics),
        loaded.diagnostics,
    )
    return ready, loaded


# ---------------------------------------------------------------------------------------------------- keeping

_Header = tuple[dict[str, bytes], dict[str, int | None]]
"""Hashes of the bot's files by their names, its own first, and the sizes of files beside it."""


def _kept(path: Path, folder: CacheFolder, code: str) -> ReadyBot | None:
    main = _hash_of(path, path)
    content = folder.read(_name(path, main, code)) if main else None
    if not content:
        return None
    from interpreter.compiler.storing import Unreadable, read_bot, read_plain

    try:
        (hashes, told), body = read_plain(content)
        sizes = Sizes(path)
        if any(_hash_of(Path(name), path) != known for name, known in hashes.items()):
            return None
        if any(sizes(name) != size for name, size in told.items()):
            return None
        with paused_collector():
            bot = read_bot(body)
    except (Unreadable, TypeError, ValueError, AttributeError):
        return None
    return ReadyBot(path, bot.program, bot.accounts, bot.buttons, tuple(hashes), bot.findings)


def _keep(ready: ReadyBot, loaded: Loaded, folder: CacheFolder, code: str) -> None:
    from interpreter.compiler.storing import CompiledBot, write_bot

    assert ready.program is not None
    hashes = {name: _hash(loaded.trees[name].span.file.text.encode()) for name in ready.sources}
    name = _name(ready.path, hashes[ready.sources[0]], code)
    header: _Header = hashes, dict(loaded.sizes)
    try:
        body = write_bot(CompiledBot(ready.program, ready.accounts, ready.buttons, ready.findings))
    except TypeError:
        return
    folder.write(name, pickle.dumps((header, body)))


def _name(path: Path, main: bytes, code: str) -> str:
    """What a compiled form is kept under: how its file is called and where it is, what is in it, and our own state."""
    return "\0".join((str(path), str(place_of(path)), main.hex(), code))


def _hash_of(file: Path, main: Path) -> bytes | None:
    """The hash of one of a bot's files; None of what cannot be read, or is none of its folder."""
    place, home = place_of(file), place_of(main)
    if place is None or home is None or not place.is_relative_to(home.parent) or not place.is_file():
        return None
    try:
        content = read_bytes(file)
    except OSError:
        return None
    return _hash(content.removeprefix(_MARK)) if len(content) <= MAX_BYTES else None


def _hash(content: bytes) -> bytes:
    return sha256(content).digest()
