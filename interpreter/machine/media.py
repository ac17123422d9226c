"""Replies that send files beside the bot: which ones, and the replies with their media ids in place of their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from msgspec import structs

from interpreter.machine.effects import Send
from interpreter.machine.replies import ImageReply, MusicReply, Reply, VideoReply, VoiceReply
from interpreter.program.media import MediaKind, media_name

Use = tuple[str, MediaKind]
"""The name of a file, and as what it is sent: a picture may be an image or the cover (`thumb`) of something."""


def media_of(replies: Iterable[Reply]) -> tuple[Use, ...]:
    """The files that some replies send, each use of one once."""
    found: list[Use] = []
    for reply in replies:
        match reply:
            case ImageReply(media_id=media_id):
                kind: MediaKind = "image"
            case VoiceReply(media_id=media_id):
                kind = "voice"
            case VideoReply(media_id=media_id):
                kind = "video"
            case MusicReply(thumb=media_id):
                kind = "thumb"
            case _:
                continue
        name = media_name(media_id)
        if name is not None:
            found.append((name, kind))
    return tuple(dict.fromkeys(found))


def with_media(reply: Reply, ids: Mapping[Use, str]) -> Reply:
    """A reply with the media ids of its files."""
    for use in media_of([reply]):
        if isinstance(reply, MusicReply):
            reply = structs.replace(reply, thumb=ids[use])
        elif isinstance(reply, (ImageReply, VoiceReply, VideoReply)):
            reply = structs.replace(reply, media_id=ids[use])
    return reply


def media_of_send(send: Send) -> tuple[Use, ...]:
    """The files that a message sends: those of its reply, or its picture."""
    found = media_of([send.reply] if send.reply is not None else [])
    picture = media_name(send.message.parts.get("thumb", "")) if send.message is not None else None
    return found if picture is None else (*found, (picture, "image"))


def send_with_media(send: Send, ids: Mapping[Use, str]) -> Send:
    """A message with the media ids of its files."""
    if send.reply is not None:
        return replace(send, reply=with_media(send.reply, ids))
    uses = media_of_send(send)
    if send.message is None or not uses:
        return send
    parts = {**send.message.parts, "thumb": ids[uses[0]]}
    return replace(send, message=replace(send.message, parts=parts))
