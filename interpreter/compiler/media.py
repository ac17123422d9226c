"""Lowering the files of `media`."""

from __future__ import annotations

from interpreter.dialog.media_files import KINDS, path_of, suffix_of
from interpreter.dialog.model.bot import Bot
from interpreter.program.media import MediaFile
from interpreter.source.tree import Scalar


def lower_media(name: str, scalar: Scalar, bot: Bot) -> MediaFile:
    """A file whose name was checked without errors."""
    path = path_of(scalar, bot.sources[0])
    assert path is not None, f"unchecked file at {scalar.span}"
    return MediaFile(name, path, KINDS[suffix_of(path)])
