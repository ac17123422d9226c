"""Replies as lines of text, the way tests expect them and the console shows them."""

from __future__ import annotations

from collections.abc import Iterable

from interpreter.machine.replies import (
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)


def shown_lines(replies: Iterable[Reply]) -> list[str]:
    """What a user is shown: the lines of texts, one `@news title` per article, `@image ID`, …; `@none` for silence."""
    lines = [line for reply in replies for line in _lines(reply)]
    return lines or ["@none"]


def _lines(reply: Reply) -> list[str]:
    match reply:
        case TextReply(text=text):
            return [f"\\{line}" if line.startswith("@") else line for line in text.split("\n")]
        case NewsReply(articles=articles):
            return [f"@news {article.title}".rstrip() for article in articles]
        case MusicReply(title=title, url=url):
            return [f"@music {title or url}".rstrip()]
        case ImageReply(media_id=media_id):
            return [f"@image {media_id}"]
        case VoiceReply(media_id=media_id):
            return [f"@voice {media_id}"]
        case VideoReply(media_id=media_id):
            return [f"@video {media_id}"]
        case TransferReply(account=account):
            return [f"@transfer {account}" if account else "@transfer"]
