"""Files on disk as media ids: uploaded when they are first needed, and again before WeChat forgets them.

WeChat keeps temporary media for three days. An id is remembered by the account and the content of the file, for all
processes: a file that changes is another file, and one under two names is uploaded once.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Literal

from interpreter.diagnostics.wording import Wording
from interpreter.source.regular_files import open_regular
from interpreter.stores.protocol import SharedValues
from interpreter.wechat.api.client import ApiClient
from interpreter.wechat.api.errors import CallRefused, NoAnswer
from interpreter.wechat.api.requests import Upload
from interpreter.wechat.api.tokens import Clock

MediaKind = Literal["image", "voice", "video", "thumb"]

_KEPT = timedelta(days=2.5)
_MEGABYTE = 1024 * 1024
_MOST = {"image": 10 * _MEGABYTE, "voice": 2 * _MEGABYTE, "video": 10 * _MEGABYTE, "thumb": 64 * 1024}
_TYPES = {
    "image": frozenset({".bmp", ".png", ".jpeg", ".jpg", ".gif"}),
    "voice": frozenset({".amr", ".mp3"}),
    "video": frozenset({".mp4"}),
    "thumb": frozenset({".jpg", ".jpeg"}),
}


class MediaShelf:
    """The media ids of one account's files."""

    def __init__(self, client: ApiClient, shared: SharedValues, clock: Clock) -> None:
        self._client = client
        self._shared = shared
        self._clock = clock
        self._digests: dict[tuple[int, int, int, int], str] = {}
        """By what a file looks like: its device, number, size and time."""
        self._locks: dict[str, asyncio.Lock] = {}

    async def media_id(self, path: Path, kind: MediaKind) -> str:
        """The media id of a file, which is uploaded if it has none.

        Raises:
            ApiFailure: WeChat would not take it, or did not.
        """
        name = self._name(kind, await asyncio.to_thread(self._checked_digest, path, kind))
        async with self._locks.setdefault(name, asyncio.Lock()):
            known = await self._shared.read_value(name, self._clock.now())
            if known is not None:
                return known
            content = await asyncio.to_thread(_content, path, kind)
            name = self._name(kind, hashlib.sha256(content).hexdigest())  # of what goes out, whatever was there before
            media_id = await self._upload(Upload(content, path.name), kind)
            await self._shared.write_value(name, media_id, self._clock.now() + _KEPT)
        return media_id

    def _name(self, kind: MediaKind, digest: str) -> str:
        return f"media:{self._client.account.app_id}:{kind}:{digest}"

    async def _upload(self, file: Upload, kind: MediaKind) -> str:
        answer = await self._client.call("media.upload_media", {"type": kind, "media": file})
        if isinstance(answer, Mapping):
            media_id = answer.get("thumb_media_id" if kind == "thumb" else "media_id") or answer.get("media_id")
            if isinstance(media_id, str):
                return media_id
        raise NoAnswer(
            "media.upload_media", "garbled", Wording("there is no media id in the answer", "回答里没有媒体 id")
        )

    def _checked_digest(self, path: Path, kind: MediaKind) -> str:
        with _opened(path, kind) as file:
            state = os.fstat(file.fileno())
            seen = (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns)
            if seen not in self._digests:
                self._digests[seen] = hashlib.sha256(file.read(_MOST[kind])).hexdigest()
            return self._digests[seen]


def _content(path: Path, kind: MediaKind) -> bytes:
    with _opened(path, kind) as file:
        content = file.read(_MOST[kind] + 1)
    check_file(path.name, len(content), kind)
    return content


@contextmanager
def _opened(path: Path, kind: MediaKind) -> Iterator[BinaryIO]:
    """A file that WeChat takes. A link that was put in its place since it was looked up is refused."""
    try:
        with open_regular(path, follow_links=False) as file:
            check_file(path.name, os.fstat(file.fileno()).st_size, kind)
            yield file
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise _refused(path.name, f"cannot be read ({cause})", f"无法读取（{cause}）") from None


def check_file(name: str, size: int, kind: MediaKind) -> None:
    """Make sure that WeChat takes a file.

    Raises:
        CallRefused: it is too large, empty, or of another type.
    """
    types = _TYPES[kind]
    if Path(name).suffix.lower() not in types:
        known = ", ".join(sorted(types))
        raise _refused(name, f"is no {kind} that WeChat takes: {known}", f"不是微信支持的 {kind} 格式：{known}")
    if not size or size > _MOST[kind]:
        most = _MOST[kind] // 1024
        raise _refused(name, f"has {size} bytes; it must have 1 to {most} KB", f"有 {size} 字节，应为 1 到 {most} KB")


def _refused(name: str, en: str, zh: str) -> CallRefused:
    return CallRefused("media.upload_media", "arguments", Wording(f"{name} {en}", f"{name} {zh}"))
