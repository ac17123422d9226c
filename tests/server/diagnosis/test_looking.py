"""The facts about files and Redis."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from support.disks import ordinary_user

from interpreter.server.diagnosis.looking import look_at_file, look_at_redis
from interpreter.server.diagnosis.storage import file_findings, redis_findings
from interpreter.stores.sqlite import SqliteStore
from interpreter.stores.sqlite_layout import APPLICATION


def trouble(path: Path) -> str:
    found = look_at_file(path).trouble
    return found[0].en if found else ""


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A file that a server has made."""
    path = tmp_path / "dialog.db"

    async def make() -> None:
        await SqliteStore(path).close()

    asyncio.run(make())
    return path


def test_a_file_of_ours_is_fine_and_stays_as_it_is(used: Path) -> None:
    before = used.read_bytes()
    facts = look_at_file(used)
    assert facts.exists
    assert facts.trouble is None
    assert facts.free is not None
    assert used.read_bytes() == before


async def test_a_file_in_use_is_fine(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "dialog.db")
    await store.ping()
    assert trouble(tmp_path / "dialog.db") == ""
    await store.close()


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    facts = look_at_file(tmp_path / "dialog.db")
    assert not facts.exists
    assert facts.trouble is None
    assert not (tmp_path / "dialog.db").exists()


def test_an_empty_file_will_do(tmp_path: Path) -> None:
    (tmp_path / "dialog.db").touch()
    assert trouble(tmp_path / "dialog.db") == ""


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "is not there" in trouble(tmp_path / "data" / "dialog.db")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "it is a folder" in trouble(tmp_path)


def test_a_text_is_no_session_file(tmp_path: Path) -> None:
    (tmp_path / "dialog.db").write_text("hello, this is a long text and not a database of any kind\n" * 40)
    assert "no session file" in trouble(tmp_path / "dialog.db")


@pytest.mark.parametrize(
    ("pragma", "said"),
    [
        ("application_id = 7", "no session file"),
        (f"application_id = {APPLICATION}; PRAGMA user_version = 999", "newer"),
    ],
)
def test_a_strange_database_is_named(tmp_path: Path, pragma: str, said: str) -> None:
    with closing(sqlite3.connect(tmp_path / "dialog.db")) as connection:
        connection.executescript(f"PRAGMA {pragma}; CREATE TABLE t (x);")
    assert said in trouble(tmp_path / "dialog.db")


def test_a_damaged_file_is_named(used: Path) -> None:
    with closing(sqlite3.connect(used)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(used.read_bytes())
    content[4096:] = Random(5).randbytes(len(content) - 4096)
    used.write_bytes(content)
    assert look_at_file(used).trouble is not None


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may get to, and its owner may always remove."""
    with TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        yield path
        path.chmod(0o755)


@pytest.mark.parametrize(
    ("mode", "is_used", "said"),
    [(0o555, False, "may not write to"), (0o555, True, "may not write to"), (0o000, True, "may not look into")],
)
def test_a_place_one_may_not_use_is_named(folder: Path, mode: int, is_used: bool, said: str) -> None:
    inner = folder / "data"
    inner.mkdir()
    if is_used:
        (inner / "dialog.db").touch(0o644)
    inner.chmod(mode)
    with ordinary_user():
        facts = look_at_file(inner / "dialog.db")
    inner.chmod(0o755)
    assert facts.trouble is not None
    assert said in facts.trouble[0].en
    assert file_findings(facts)[0].code == "store-unusable"


async def test_a_redis_tells_about_itself(redis_url: str) -> None:
    facts = await look_at_redis(redis_url, "redis")
    assert facts.trouble is None
    assert facts.version is not None
    assert facts.version >= (6, 0)
    assert (facts.role, facts.policy, facts.appends, facts.snapshots) == ("master", "noeviction", False, "")
    assert [item.code for item in redis_findings(replace(facts, seconds=0.0))] == ["store-redis-forgets"]


@pytest.mark.parametrize("url", ["redis://127.0.0.1:9/0", "redis://[/0", "redis://127.0.0.1:9/?db=x"])
async def test_a_redis_that_is_not_there_is_named(url: str) -> None:
    facts = await look_at_redis(url, "redis")
    assert [item.code for item in redis_findings(facts)] == ["store-redis-unreachable"]


def test_a_file_of_ours_leads_to_a_fine_finding(used: Path) -> None:
    assert file_findings(look_at_file(used))[0].code == "store-fine"
