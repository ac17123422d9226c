"""Files beside a bot that it sends, and how a reply refers to one until it has a media id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MediaKind = Literal["image", "voice", "video", "thumb"]

_MARK = "media:"
"""A media id of WeChat's has no colon."""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file of `media:`. `path` is relative to the bot's folder, with forward slashes, and never leads out of it."""

    name: str
    path: str
    kind: MediaKind


def symbolic(name: str) -> str:
    """What stands in a reply for the media id of a file."""
    return _MARK + name


def media_name(media_id: str) -> str | None:
    """The name of the file that a symbolic media id stands for; None of a media id of WeChat's."""
    return media_id.removeprefix(_MARK) if media_id.startswith(_MARK) else None
