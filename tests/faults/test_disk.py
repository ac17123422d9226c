"""Faults 21 and 22: a disk that is full, and files that cannot be used."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from faults.figures import figures, is_long
from faults.ledger import BOT, Judge
from faults.rig import ENVIRONMENT, serving, wechat


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight megabytes."""
    path = tmp_path / "disk"
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs to be allowed (run as root)")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=False)


async def test_a_full_disk_is_survived_and_nothing_acknowledged_is_lost(small_disk: Path, tmp_path: Path) -> None:
    judge = Judge()
    filler = small_disk / "filler"
    with serving(tmp_path, f"sqlite:{small_disk / 'dialog.db'}") as (server,):
        async with wechat(attempts=2, pause=0.05) as client:

            async def talk(rounds: int) -> int:
                entries = [
                    await client.write(judge, [server.url], f"user{number % 5}", f"e{len(judge.entries)}")
                    for number in range(rounds)
                ]
                return sum(entry.is_acknowledged for entry in entries)

            assert await talk(20) == 20
            with filler.open("wb", buffering=0) as file, suppress(OSError):
                while True:
                    file.write(b"x" * 4096)
            while full := await talk(30):
                assert full <= 30
                if len(judge.entries) > 3000:
                    break
            filler.unlink()
            freed = time.monotonic()
            while not await talk(1):
                await asyncio.sleep(0.05)
                assert time.monotonic() - freed < 60
            recovered = time.monotonic() - freed
            await client.ask_finals(judge, [server.url])
        assert server.stop() == 0
    figures(21, "disk full", entries=len(judge.entries), faults=len(judge.faults()), recovered_s=recovered)
    assert judge.faults() == []
    assert recovered <= (2.0 if is_long() else 50.0)
    assert "Traceback" not in server.log


@pytest.mark.parametrize("trouble", ["folder", "nowhere", "text", "locked", "not ours", "read-only disk"])
def test_a_file_that_cannot_be_used_is_said_in_a_line_at_the_start(
    trouble: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path, before = tmp_path / "dialog.db", []
    match trouble:
        case "folder":
            path.mkdir()
        case "nowhere":
            path = tmp_path / "no" / "such" / "folder" / "dialog.db"
        case "text":
            path.write_text("this is no database\n" * 100, encoding="utf-8")
        case "not ours":
            path.touch(mode=0o000)
            before = without_the_powers_of_root()
        case "read-only disk":
            disk = request.getfixturevalue("small_disk")
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            path = disk / "dialog.db"
        case _:
            path = Path("/proc/dialog.db")
    code, seconds, said = start(tmp_path, path, before)
    figures(22, f"store that cannot be opened: {trouble}", seconds=seconds, code=code)
    assert code == 2
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1
    assert seconds <= (1.0 if is_long() else 60.0)


def without_the_powers_of_root() -> list[str]:
    """What makes root an ordinary user to the file system."""
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may open every file, and setpriv is not there to take that away")
    powers = "-dac_override,-dac_read_search"
    return ["setpriv", f"--bounding-set={powers}", f"--inh-caps={powers}"]


def start(folder: Path, path: Path, before: list[str]) -> tuple[int, float, str]:
    """Start a server with a store; its exit code, the seconds it took, and what it said."""
    (folder / "bot.yaml").write_text(BOT, encoding="utf-8")
    command = [sys.executable, "-m", "interpreter.cli.run", str(folder / "bot.yaml")]
    began = time.monotonic()
    done = subprocess.run(
        [*before, *command, "--store", f"sqlite:{path}", "--port", "0"],
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, time.monotonic() - began, done.stderr
