from __future__ import annotations

import logging

import pytest

from interpreter.machine.replies import ImageReply, MusicReply, Reply, TextReply
from interpreter.program.media import MediaKind, symbolic
from interpreter.runtime.media import find_all, ready

CAT, DOG = symbolic("cat"), symbolic("dog")
REPLIES: tuple[Reply, ...] = (TextReply("看"), ImageReply(CAT), MusicReply("歌", thumb=CAT), ImageReply(DOG))


class OnlyCats:
    async def find_media(self, name: str, kind: MediaKind) -> str | None:
        return f"{name}-as-{kind}" if name == "cat" else None


async def test_every_use_of_a_file_has_an_id_of_its_own() -> None:
    assert await find_all(REPLIES, OnlyCats()) == {("cat", "image"): "cat-as-image", ("cat", "thumb"): "cat-as-thumb"}


async def test_a_reply_whose_file_cannot_be_had_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        sent = ready("shop", REPLIES, await find_all(REPLIES, OnlyCats()))
    assert sent == (TextReply("看"), ImageReply("cat-as-image"), MusicReply("歌", thumb="cat-as-thumb"))
    assert "dog" in caplog.text
