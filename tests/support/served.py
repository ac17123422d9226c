"""`dialog-run` as a process of its own, spoken to as WeChat would."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

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

    def __init__(self, process: subprocess.Popen[str], lines: list[str], log: Path) -> None:
        self.process = process
        self.lines = lines
        self.port = int(re.search(r":(\d+)/", lines[0])[1])  # type: ignore[index]
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def say(self, text: str, id: str, user: str = "me") -> str:
        status, said = self.post(message(text, id, user), signed())
        assert status == 200
        return said.decode() if said == b"success" else str(read_xml(said)["Content"])

    def post(self, body: str, query: str, path: str = "/counter") -> tuple[int, bytes]:
        return self._ask("POST", f"{path}?{query}", body.encode())

    def get(self, path: str) -> tuple[int, bytes]:
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {"Content-Type": "text/xml"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def signed(token: str = TOKEN, **more: str) -> str:
    now, nonce = str(int(time.time())), secrets.token_hex(4)
    return urlencode({"signature": sign(token, now, nonce), "timestamp": now, "nonce": nonce, **more})


def message(text: str, id: str, user: str = "me") -> str:
    return (
        f"<xml><ToUserName>bot</ToUserName><FromUserName>{user}</FromUserName><CreateTime>1</CreateTime>"
        f"<MsgType>text</MsgType><Content>{text}</Content><MsgId>{id}</MsgId></xml>"
    )


@contextmanager
def running(
    folder: Path, *options: str, bot: str = BOT, whole_folder: bool = False, **environ: str
) -> Iterator[Server]:
    """A server with one bot at a free port, or with all in its folder; it is killed at the end."""
    (folder / "bot.yaml").write_text(bot, encoding="utf-8")
    served = folder if whole_folder else folder / "bot.yaml"
    command = [sys.executable, "-m", "interpreter.cli.run", str(served), "--port", "0", *options]
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
    try:
        lines = [process.stdout.readline()]
        assert lines[0], (folder / "log.txt").read_text()
        while "WX_TOKEN" not in environ and not lines[-1].startswith("  curl"):
            lines.append(process.stdout.readline())
            assert lines[-1], (folder / "log.txt").read_text()
        yield Server(process, lines, folder / "log.txt")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    """Wait for something to come true; whether it did."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
