"""Files that a reply sends: their media ids have to be there before it is written.

What is delivered later keeps the names of its files until then, since WeChat forgets media after three days.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Protocol

from interpreter.machine.media import Use, media_of, with_media
from interpreter.machine.replies import Reply, TextReply
from interpreter.program.media import MediaKind

_log = logging.getLogger("interpreter.runtime")


class MediaSource(Protocol):
    """Gives media ids of a bot's files, and uploads them where that is needed."""

    async def find_media(self, name: str, kind: MediaKind) -> str | None:
        """The media id of a file; None when it cannot be had, which has been logged."""
        ...


def sends_files(replies: Iterable[Reply]) -> bool:
    """Whether media ids have to be found before some replies can be written."""
    for reply in replies:  # noqa: SIM110 - a generator costs more than all the rest
        if not isinstance(reply, TextReply) and media_of((reply,)):
            return True
    return False


async def find_all(replies: Iterable[Reply], source: MediaSource) -> dict[Use, str]:
    """The media ids of all files that some replies send, as far as they can be had."""
    found = [(use, await source.find_media(*use)) for use in media_of(replies)]
    return {use: media_id for use, media_id in found if media_id is not None}


def ready(bot: str, replies: Iterable[Reply], ids: Mapping[Use, str]) -> tuple[Reply, ...]:
    """Replies with the media ids of their files; one whose file has none is left out."""
    kept = []
    for reply in replies:
        missing = [name for name, kind in media_of([reply]) if (name, kind) not in ids]
        if missing:
            _log.warning("%s: a reply is not sent, since the file %s has no media id", bot, missing[0])
        else:
            kept.append(with_media(reply, ids))
    return tuple(kept)
