from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from interpreter.cli.changes import Changes
from interpreter.cli.loading import load
from interpreter.cli.reloading import Reread
from interpreter.cli.workers import LatestVersions
from interpreter.server.environment import Environment
from interpreter.server.settings import WrittenAccount, account_settings


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


class House:
    """A bot's file, and those who keep up with it."""

    def __init__(self, folder: Path, *, watch: bool = False) -> None:
        self.path = folder / "bot.yaml"
        self.write(1)
        changes = Changes()
        before = changes.before()
        again = self.read("demo")
        changes.was_read("demo", again.path, again.sources, before)
        assert again.program is not None
        written = WrittenAccount("demo", None, {"token": "token123"}, {})
        account = account_settings(written, Environment({}), is_alone=True)
        self.versions = LatestVersions([(again.program, account)], self.read, changes, watch=watch)

    def write(self, version: int, more: str = "") -> None:
        text = f"dialog: 1\nname: demo\nversion: v{version}\nrules: {{hi: hello}}\n{more}"
        self.path.write_text(text, encoding="utf-8")

    def read(self, _: str) -> Reread:
        loaded = load(self.path)
        return Reread(self.path, loaded.program, loaded.diagnostics, loaded.bot.sources if loaded.bot else ())

    @property
    def version(self) -> str:
        ((program, _),) = self.versions.bots
        return program.version


def test_the_latest_version_that_is_good_is_kept(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.write(2)
    house.versions.look()
    assert house.version == "v1"
    house.versions.renew()
    assert house.version == "v2"
    house.write(3, "states: 7\n")
    house.versions.renew()
    assert house.version == "v2"
    house.path.unlink()
    house.versions.renew()
    assert house.version == "v2"
    assert gc.get_freeze_count() > 0


def test_who_watches_sees_a_change_once_it_has_settled(tmp_path: Path) -> None:
    house = House(tmp_path, watch=True)
    house.write(22)
    house.versions.look()
    assert house.version == "v1"
    house.versions.look()
    assert house.version == "v22"
    house.write(333, "states: 7\n")
    house.versions.look()
    house.versions.look()
    house.write(4)
    house.versions.look()
    house.versions.look()
    assert house.version == "v4"


def test_a_reader_that_fails_leaves_what_is_there(tmp_path: Path) -> None:
    house = House(tmp_path)

    def fail(_: str) -> Reread:
        raise OSError("gone")

    versions = LatestVersions(house.versions.bots, fail, Changes())
    versions.renew()
    assert [program.version for program, _ in versions.bots] == ["v1"]
