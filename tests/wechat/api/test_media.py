from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path

import pytest
from fakes.api import Api

from interpreter.stores.memory import MemoryStore
from interpreter.wechat.api.errors import CallRefused
from interpreter.wechat.api.media import MediaShelf


@pytest.fixture
def shelf(api: Api) -> MediaShelf:
    return MediaShelf(api.client, api.shared, api.clock)


@pytest.fixture
def cat(tmp_path: Path) -> Path:
    path = tmp_path / "cat.jpg"
    path.write_bytes(b"a cat")
    return path


async def test_a_file_is_uploaded_when_it_is_first_needed(api: Api, shelf: MediaShelf, cat: Path) -> None:
    ids = await asyncio.gather(*(shelf.media_id(cat, "image") for _ in range(10)))
    assert ids == ["media-2"] * 10
    assert api.platform.media == {"media-2": ("cat.jpg; image/jpeg", b"a cat")}


async def test_processes_share_an_upload_and_so_do_files_of_one_content(api: Api, shelf: MediaShelf, cat: Path) -> None:
    twin = cat.with_name("twin.jpg")
    _write(twin, b"a cat")
    first = await shelf.media_id(cat, "image")
    other = MediaShelf(api.client, api.shared, api.clock)
    assert [await shelf.media_id(twin, "image"), await other.media_id(cat, "image")] == [first] * 2
    assert await shelf.media_id(cat, "thumb") != first


async def test_a_changed_file_is_another_file(shelf: MediaShelf, cat: Path) -> None:
    first = await shelf.media_id(cat, "image")
    _write(cat, b"a larger cat")
    assert await shelf.media_id(cat, "image") != first


async def test_it_is_uploaded_again_before_wechat_forgets_it(api: Api, shelf: MediaShelf, cat: Path) -> None:
    first = await shelf.media_id(cat, "image")
    api.clock.move(2.4 * 86400)
    assert await shelf.media_id(cat, "image") == first
    api.clock.move(0.2 * 86400)
    assert await shelf.media_id(cat, "image") != first


async def test_what_wechat_would_not_take_is_not_sent(api: Api, shelf: MediaShelf, cat: Path) -> None:
    with pytest.raises(CallRefused, match="no voice that WeChat takes"):
        await shelf.media_id(cat, "voice")
    _write(cat, b"x" * 65 * 1024)
    with pytest.raises(CallRefused, match="1 to 64 KB"):
        await shelf.media_id(cat, "thumb")
    with pytest.raises(CallRefused, match="cannot be read"):
        await shelf.media_id(cat.with_name("dog.jpg"), "image")
    assert api.platform.calls == []


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


async def test_neither_a_link_nor_a_pipe_in_place_of_a_file_is_sent(api: Api, shelf: MediaShelf, cat: Path) -> None:
    _write(cat.with_name("secret.jpg"), b"secret")
    os.unlink(cat)
    os.symlink("secret.jpg", cat)
    with pytest.raises(CallRefused, match="cannot be read"):
        await shelf.media_id(cat, "image")
    os.unlink(cat)
    os.mkfifo(cat)
    with pytest.raises(CallRefused, match="it is a pipe, not a file"):
        await shelf.media_id(cat, "image")
    assert api.platform.calls == []


class Swapping(MemoryStore):
    """Changes a file while it is looked up whether it has an id."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    async def read_value(self, name: str, at: datetime) -> str | None:
        if name.startswith("media:") and self.path.read_bytes() == b"a cat":
            self.path.write_bytes(b"a dog that barks")
        return await super().read_value(name, at)


async def test_an_id_is_remembered_for_the_bytes_that_went_out(api: Api, cat: Path) -> None:
    shared = Swapping(cat)
    first = await MediaShelf(api.client, shared, api.clock).media_id(cat, "image")
    dog = cat.with_name("dog.jpg")
    dog.write_bytes(b"a dog that barks")
    assert await MediaShelf(api.client, shared, api.clock).media_id(dog, "image") == first
