"""The server as a process of its own, spoken to as WeChat would."""

from __future__ import annotations

import http.client
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from interpreter.wechat.signature import sign
from interpreter.wechat.xml import read_xml

TOKEN = "token123"
BOT = """
dialog: 1
name: counter
vars:
  user.count: int = 0
rules:
  hi: {set: user.count += 1, reply: "$(user.count)"}
  pick: [a, b, c, d, e, f, g, h]
"""


class Server:
    """A running `dialog-run`."""

    def __init__(self, process: subprocess.Popen[str], lines: list[str]) -> None:
        self.process = process
        self.lines = lines
        self.port = int(re.search(r":(\d+)/", lines[0])[1])  # type: ignore[index]

    def say(self, text: str, id: str) -> str:
        now = str(int(time.time()))
        query = urlencode({"signature": sign(TOKEN, now, "n"), "timestamp": now, "nonce": "n"})
        body = (
            "<xml><ToUserName>bot</ToUserName><FromUserName>me</FromUserName><CreateTime>1</CreateTime>"
            f"<MsgType>text</MsgType><Content>{text}</Content><MsgId>{id}</MsgId></xml>"
        )
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", f"/counter?{query}", body, {"Content-Type": "text/xml"})
        answer = connection.getresponse()
        assert answer.status == 200
        said = answer.read()
        connection.close()
        return said.decode() if said == b"success" else str(read_xml(said)["Content"])


@contextmanager
def running(folder: Path, *options: str, **environ: str) -> Iterator[Server]:
    (folder / "bot.yaml").write_text(BOT, encoding="utf-8")
    command = [sys.executable, "-m", "interpreter.cli.run", str(folder / "bot.yaml"), "--port", "0", *options]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1", **environ},
        )
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    while "WX_TOKEN" not in environ and not lines[-1].startswith("  curl"):
        lines.append(process.stdout.readline())
        assert process.poll() is None, (folder / "log.txt").read_text()
    try:
        yield Server(process, lines)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_conversation_survives_kill_9_and_a_resend_gets_the_same_reply(tmp_path: Path) -> None:
    store = f"--store=sqlite:{tmp_path}/dialog.db"
    with running(tmp_path, store, WX_TOKEN=TOKEN) as server:
        assert [server.say("hi", "1"), server.say("hi", "2")] == ["1", "2"]
        picked = server.say("pick", "3")
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    with running(tmp_path, store, WX_TOKEN=TOKEN) as server:
        assert [server.say("hi", "2"), server.say("pick", "3"), server.say("hi", "4")] == ["2", picked, "3"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_stops_when_it_is_asked_to(tmp_path: Path, number: signal.Signals, code: int) -> None:
    with running(tmp_path, "--store=memory", WX_TOKEN=TOKEN) as server:
        assert server.say("hi", "1") == "1"
        server.process.send_signal(number)
        assert server.process.wait(10) == code
    assert "Traceback" not in (tmp_path / "log.txt").read_text()


def test_the_log_has_a_line_for_each_turn_and_no_secrets(tmp_path: Path) -> None:
    with running(tmp_path, "--store=memory", WX_TOKEN=TOKEN) as server:
        server.say("hi", "1")
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(10)
    log = (tmp_path / "log.txt").read_text()
    assert re.search(
        r"INFO interpreter\.turns bot=counter user=[0-9a-f]{10} type=text by=rules\.hi replies=1 ms=\d+", log
    )
    assert TOKEN not in log


def test_without_a_token_it_says_what_to_enter_and_how_to_try_it(tmp_path: Path) -> None:
    with running(tmp_path, "--store=memory", "--lang=en") as server:
        said = "".join(server.lines)
        assert "http://YOUR-DOMAIN/counter" in said
        assert re.search(r"Token +[0-9a-f]{32}\n", said)
        curl = shlex.split(server.lines[-1])
        url, body, header = curl[-1], curl[curl.index("-d") + 1], curl[curl.index("-H") + 1]
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("POST", url.partition(str(server.port))[2], body, dict([header.split(": ")]))
        assert read_xml(connection.getresponse().read())["Content"] == "1"
        connection.close()


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with running(tmp_path, "--store=memory", WX_TOKEN=TOKEN) as server:
        command = [sys.executable, "-m", "interpreter.cli.run", str(tmp_path / "bot.yaml"), f"--port={server.port}"]
        second = subprocess.run(
            [*command, "--store=memory", "--lang=en"],
            capture_output=True,
            check=False,
            text=True,
            env={**os.environ, "WX_TOKEN": TOKEN},
        )
        assert second.returncode == 2
        assert f"dialog-run: port {server.port} is taken by another program" in second.stderr


def _until(server: Server, wanted: str) -> str:
    """Ask until the bot answers so; new message ids each time."""
    deadline, number = time.monotonic() + 10, 1000
    while (said := server.say("hello", str(number))) != wanted and time.monotonic() < deadline:
        number += 1
        time.sleep(0.05)
    return said


def test_a_changed_file_takes_over_and_a_broken_one_does_not(tmp_path: Path) -> None:
    with running(tmp_path, "--watch", WX_TOKEN=TOKEN, DIALOG_STORE="memory") as server:
        file = tmp_path / "bot.yaml"
        assert server.say("hi", "1") == "1"
        file.write_text(BOT + "  hello: one\n", encoding="utf-8")
        assert _until(server, "one") == "one"
        file.write_text(BOT + "  hello: {wait: nowhere}\n", encoding="utf-8")
        deadline = time.monotonic() + 10
        while "DL101" not in (tmp_path / "log.txt").read_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert "the running version stays" in (tmp_path / "log.txt").read_text()
        assert server.say("hello", "2") == "one"
        assert server.say("hi", "3") == "2"
        file.unlink()
        file.write_text(BOT + "  hello: two\n", encoding="utf-8")
        assert _until(server, "two") == "two"


def test_sighup_takes_a_file_anew(tmp_path: Path) -> None:
    with running(tmp_path, WX_TOKEN=TOKEN, DIALOG_STORE="memory") as server:
        (tmp_path / "bot.yaml").write_text(BOT + "  hello: one\n", encoding="utf-8")
        server.process.send_signal(signal.SIGHUP)
        assert _until(server, "one") == "one"
