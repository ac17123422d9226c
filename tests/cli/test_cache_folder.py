from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from interpreter.cli.cache_folder import CacheFolder, find_folder

CONTENT = bytes(range(256))


@pytest.fixture
def folder(tmp_path: Path) -> CacheFolder:
    made = CacheFolder(tmp_path / "deep" / "cache")
    made.write("bot", CONTENT)
    return made


def entry(folder: CacheFolder) -> Path:
    (found,) = folder.path.glob("*.bot")
    return found


def test_what_was_kept_is_found_again(folder: CacheFolder) -> None:
    assert folder.read("bot") == CONTENT
    assert CacheFolder(folder.path).read("bot") == CONTENT
    assert folder.read("other") is None


def test_the_folder_its_key_and_its_files_are_their_owners(folder: CacheFolder) -> None:
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.path.iterdir()} == {0o600}
    assert sorted(file.name for file in folder.path.iterdir()) == sorted([entry(folder).name, "key"])


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert CacheFolder(tmp_path).read("bot") is None
    assert CacheFolder(tmp_path / "none").read("bot") is None


def test_no_byte_can_be_changed_added_or_taken_away(folder: CacheFolder) -> None:
    file, sealed = entry(folder), entry(folder).read_bytes()
    for place in range(len(sealed)):
        file.write_bytes(sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :])
        assert folder.read("bot") is None, place
        file.write_bytes(sealed[:place])
        assert folder.read("bot") is None, place
    file.write_bytes(sealed + b"\0")
    assert folder.read("bot") is None
    file.write_bytes(sealed)
    assert folder.read("bot") == CONTENT


def test_a_file_counts_under_its_own_name_only(folder: CacheFolder) -> None:
    old = entry(folder)
    folder.write("other", b"other")
    (new,) = set(folder.path.glob("*.bot")) - {old}
    old.replace(new)
    assert folder.read("other") is None


def test_with_another_key_nothing_is_found_until_it_is_kept_again(folder: CacheFolder) -> None:
    (folder.path / "key").write_bytes(b"k" * 32)
    assert folder.read("bot") is None
    folder.write("bot", CONTENT)
    assert folder.read("bot") == CONTENT


@pytest.mark.parametrize("key", [b"", b"short", b"k" * 33])
def test_a_damaged_key_is_never_used(key: bytes, folder: CacheFolder) -> None:
    (folder.path / "key").write_bytes(key)
    folder.write("bot", CONTENT)
    assert folder.read("bot") is None
    assert (folder.path / "key").read_bytes() == key


@pytest.mark.parametrize(
    ("name", "mode"), [(".", 0o777), (".", 0o720), ("key", 0o644), ("key", 0o620), ("bot", 0o602), ("bot", 0o660)]
)
def test_what_others_can_change_or_a_key_that_they_can_read_is_not_trusted(
    name: str, mode: int, folder: CacheFolder
) -> None:
    place = entry(folder) if name == "bot" else folder.path / name
    place.chmod(mode)
    assert folder.read("bot") is None
    if name != "bot":
        before = entry(folder).stat().st_mtime_ns
        folder.write("bot", CONTENT)
        assert entry(folder).stat().st_mtime_ns == before


def test_what_belongs_to_somebody_else_is_not_trusted(folder: CacheFolder) -> None:
    stranger = CacheFolder(folder.path, owner=os.getuid() + 1)
    assert stranger.read("bot") is None
    stranger.write("other", CONTENT)
    assert folder.read("other") is None


def test_links_lead_nowhere(folder: CacheFolder, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder.path)
    assert CacheFolder(tmp_path / "link").read("bot") is None
    for file in (entry(folder), folder.path / "key"):
        elsewhere = file.replace(tmp_path / file.name)
        file.symlink_to(elsewhere)
        assert folder.read("bot") is None
        file.unlink()
        elsewhere.replace(file)
    assert folder.read("bot") == CONTENT


def test_a_pipe_is_not_waited_for(folder: CacheFolder) -> None:
    file = entry(folder)
    file.unlink()
    os.mkfifo(file, 0o600)
    assert folder.read("bot") is None


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    folder = CacheFolder(tmp_path / "file" / "cache")
    folder.write("bot", CONTENT)
    assert folder.read("bot") is None
    assert CacheFolder(Path("a\0b")).read("bot") is None


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    folder = CacheFolder(tmp_path / "cache")
    folder.write("bot", CONTENT)
    assert folder.read("bot") is None
    tmp_path.chmod(0o700)


def test_the_oldest_files_make_room(tmp_path: Path) -> None:
    folder = CacheFolder(tmp_path, most_bytes=700)
    for number in range(4):
        folder.write(str(number), CONTENT)
        newest = max(tmp_path.glob("*.bot"), key=lambda file: file.stat().st_mtime_ns)
        os.utime(newest, (number, number))
    assert [folder.read(str(number)) for number in range(4)] == [None, None, CONTENT, CONTENT]


def test_what_was_left_unfinished_is_removed_after_a_while(folder: CacheFolder) -> None:
    old, new = folder.path / "old.tmp", folder.path / "new.tmp"
    for file in (old, new, folder.path / "notes"):
        file.write_bytes(b"")
        os.utime(file, (0, 0))
    os.utime(new)
    folder.write("bot", CONTENT)
    assert not old.exists()
    assert new.exists()
    assert (folder.path / "notes").exists()


def test_several_that_begin_at_once_agree_on_a_key(tmp_path: Path) -> None:
    folders = [CacheFolder(tmp_path / "cache") for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda pair: pair[1].write(str(pair[0]), CONTENT), enumerate(folders)))
    assert [folders[0].read(str(number)) for number in range(16)] == [CONTENT] * 16
    assert not list((tmp_path / "cache").glob("*.tmp"))


@pytest.mark.parametrize("word", ["off", "OFF ", "0", "no", "false"])
def test_it_can_be_switched_off(word: str) -> None:
    assert find_folder({"DIALOG_CACHE": word, "HOME": "/home/me"}) is None


@pytest.mark.parametrize(
    ("environ", "place"),
    [
        ({"DIALOG_CACHE": "here", "HOME": "/home/me"}, "here"),
        ({"XDG_CACHE_HOME": "/caches", "HOME": "/home/me"}, "/caches/dialog-interpreter"),
        ({"XDG_CACHE_HOME": "caches", "HOME": "/home/me"}, "/home/me/.cache/dialog-interpreter"),
        ({"HOME": "/home/me"}, "/home/me/.cache/dialog-interpreter"),
    ],
)
def test_it_is_where_caches_are(environ: dict[str, str], place: str) -> None:
    found = find_folder(environ)
    assert found is not None
    assert found.path == Path(place)


def test_without_a_home_there_is_none() -> None:
    assert find_folder({}) is None
    assert find_folder({"HOME": "", "XDG_CACHE_HOME": ""}) is None
