"""What `dialog-lint` reads: bot files, and text that comes in on stdin."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from interpreter.cli.boundary import UsageError
from interpreter.cli.loading import Loaded, load
from interpreter.diagnostics.reading import explain
from interpreter.diagnostics.render import render_text
from interpreter.diagnostics.wording import Wording
from interpreter.source.files import decode

STDIN = "-"
STDIN_NAME = "<stdin>"


class Input(Struct, frozen=True):
    """One bot to check. `text` is what came in on stdin; None for a file, and when it could not be read."""

    path: Path
    text: str | None = None
    refused: Loaded | None = None
    old: Loaded | None = None
    """The bot as it was, for `--against`."""
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_stdin(self) -> bool:
        """Whether it came in on stdin."""
        return self.text is not None or self.refused is not None

    def load(self, path: Path, texts: Mapping[str, str]) -> Loaded:
        """Check it, with the mended text of some files in place of what is there."""
        if self.refused is not None:
            return self.refused
        loaded = load(path, only_check=True, texts={**self.texts, **texts})
        if self.old is None or self.old.bot is None or loaded.bot is None or loaded.has_errors:
            return loaded
        from interpreter.edits.comparison import compare_bots

        return replace(loaded, diagnostics=(*loaded.diagnostics, *compare_bots(self.old.bot, loaded.bot)))


def read_stdin(name: str | None) -> Input:
    """What comes in on stdin, called by a name."""
    path = Path(name or STDIN_NAME)
    file, problems = decode(str(path), sys.stdin.buffer.read())
    if file is None:
        return Input(path, refused=Loaded(path, None, None, None, tuple(map(explain, problems))))
    return Input(path, text=file.text, texts={str(path): file.text})


def read_old(name: str, new: Path) -> Loaded:
    """The bot as it was before an edit; from stdin, it lies where the new one lies.

    Raises:
        UsageError: it cannot be read as a bot.
    """
    if name == STDIN:
        came = read_stdin(str(new.with_name(f"{STDIN_NAME}{new.suffix}")))
        old = came.load(came.path, {})
    else:
        old = load(Path(name), only_check=True)
    if old.bot is None:
        said = render_text(old.diagnostics, "en"), render_text(old.diagnostics, "zh")
        raise UsageError(
            Wording(f"{name} cannot be read as a bot\n\n{said[0]}", f"{name} 不能作为机器人读取\n\n{said[1]}")
        )
    return old
