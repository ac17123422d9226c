"""Bots that appear in a folder that is served."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from support.redis_server import PATIENT, REASON, is_installed, running_redis
from support.served import BOT, TOKEN, running, until

from interpreter.cli.newcomers import Newcomers


def test_only_what_is_new_is_mentioned(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(BOT)
    newcomers = Newcomers([str(tmp_path)], [old], "zh")
    newcomers.mention()
    assert caplog.messages == []
    new.write_text(BOT)
    (tmp_path / "notes.yaml").write_text("no bot")
    newcomers.mention()
    assert caplog.messages == [f"{new} 是新增的机器人：重启后才会提供服务"]


def test_an_imported_file_is_no_new_bot(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    old = tmp_path / "old.yaml"
    old.write_text(BOT)
    newcomers = Newcomers([str(tmp_path)], [old], "en")
    (tmp_path / "more.yaml").write_text("dialog: 1\nrules: {more: yes}\n")
    old.write_text(f"{BOT}imports: [more.yaml]\n")
    newcomers.mention()
    assert caplog.messages == []


def test_sighup_tells_of_a_new_bot_that_needs_a_restart(tmp_path: Path) -> None:
    with running(tmp_path, "--lang=en", whole_folder=True, WX_TOKEN=TOKEN, DIALOG_STORE="memory") as server:
        new = tmp_path / "new.yaml"
        new.write_text(BOT.replace("counter", "new"))
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: f"{new} is new: it is not served before a restart" in server.log)
        assert "has taken over" in server.log
        assert server.say("hi", "1") == "1"


@pytest.mark.skipif(not is_installed(), reason=REASON)
def test_workers_leave_telling_it_to_their_supervisor(tmp_path: Path) -> None:
    options = "--workers=2", "--lang=en"
    with (
        running_redis(tmp_path) as redis,
        running(tmp_path, f"--store={redis}{PATIENT}", *options, whole_folder=True, WX_TOKEN=TOKEN) as server,
    ):
        (tmp_path / "new.yaml").write_text(BOT.replace("counter", "new"))
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: "is new: it is not served" in server.log)
        assert until(lambda: server.log.count("has taken over") == 2)
        assert server.log.count("is new: it is not served") == 1
