"""The examples that call WeChat: every block of their documents is run as it stands, against the played platform."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from fakes.platform import APP_ID, APP_SECRET, Platform, playing
from support.deployment import ROOT, Sandbox, running, section

OWNER = "oOwner"
_STEP = re.compile(r"^```bash\n(?P<body>.*?)^```$(?P<after>[^`#]*(?:`[^`\n]+`[^`#]*)*)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """A block, and what somebody types who reads on: the words in quotes after it, or yes to what is asked."""

    body: str
    typed: tuple[str, ...]

    @property
    def serves(self) -> bool:
        """Whether it goes on until it is stopped."""
        return self.body.startswith("dialog-run ") and "--console" not in self.body


def steps(text: str) -> Iterator[Step]:
    """The blocks of a text, in order."""
    for found in _STEP.finditer(text):
        sentence = found["after"].strip().partition("\n")[0]
        typed = re.findall(r"`([^`]+)`", sentence) if "--console" in found["body"] else ["y", "y"]
        yield Step(found["body"], tuple(typed))


class Follower:
    """Somebody at a terminal who does what a document says."""

    def __init__(self, sandbox: Sandbox, environ: dict[str, str]) -> None:
        self._sandbox = sandbox
        self._environ = sandbox.environ(PORT=str(sandbox.port), **environ)
        self._servers = ExitStack()

    def follow(self, text: str) -> str:
        """All that is printed; a block that fails is an error."""
        with self._servers:
            return "".join(self._do(step) for step in steps(text))

    def _do(self, step: Step) -> str:
        folder = self._sandbox.checkout
        if step.serves:
            command = ["bash", "-euc", f"exec {step.body}"]
            self._servers.enter_context(running(command, self._sandbox.port, self._environ, cwd=folder))
            return ""
        keyboard, terminal = pty.openpty()
        try:
            os.write(keyboard, "".join(f"{line}\n" for line in step.typed).encode() + b"\x04")
            done = subprocess.run(
                ["bash", "-euc", step.body],
                cwd=folder,
                env=self._environ,
                stdin=terminal,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=300,
                check=False,
            )
        finally:
            os.close(keyboard)
            os.close(terminal)
        assert done.returncode == 0, f"{step.body}\n{done.stdout}"
        return done.stdout


@dataclass
class House:
    """A checkout, the platform, and what was printed."""

    sandbox: Sandbox
    platform: Platform
    said: str = ""

    async def follow(self, text: str) -> None:
        """Do what a text says, with an account that has all it needs."""
        self.platform.act(OWNER)
        environ = {"WX_TOKEN": "token123", "WX_APP_ID": APP_ID, "WX_APP_SECRET": APP_SECRET, "OWNER": OWNER}
        environ |= {"WX_API_URL": self.platform.origin, "TEMPLATE": "tpl-1", "DIALOG_LANG": "en"}
        self.said = await asyncio.to_thread(Follower(self.sandbox, environ).follow, text)
        assert self.platform.misshapen == []


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with playing(Platform()) as platform:
        it = House(Sandbox(tmp_path), platform)
        shutil.copytree(ROOT / "examples", it.sandbox.checkout / "examples")
        yield it


async def test_the_menu_can_be_tried_as_written(house: House) -> None:
    await house.follow(_read("examples/menu/README.md"))
    for part in ("已关注，标签 0 个", "谢谢！第 1 个赞", "会员 的编号是 100", "done; phones show it", OWNER):
        assert part in house.said
    assert house.platform.menu is not None
    assert len(house.platform.conditional) == 1
    assert house.platform.tags[100] == "会员"


async def test_qr_codes_can_be_tried_as_written(house: House) -> None:
    await house.follow(_read("examples/qrcode/README.md"))
    for part in ("showqrcode?ticket=", "这里是 12 号书架", "您的朋友请您看书", "凭号：short_key"):
        assert part in house.said
    assert house.platform.paths().count("/cgi-bin/qrcode/create") == 3
    assert (house.sandbox.checkout / "code.jpg").read_bytes().startswith(b"\xff\xd8")


async def test_notices_can_be_tried_as_written(house: House) -> None:
    await house.follow(_read("examples/notify/README.md"))
    for part in ("收到电脑", "电脑 没有确认", "已通知（", "今天休息", "template_list", "it is done"):
        assert part in house.said
    assert [message.get("touser") for message in house.platform.sent] == [OWNER, OWNER, None]
    assert house.platform.paths()[-2:] == ["/cgi-bin/message/mass/sendall", "/cgi-bin/message/mass/get"]


async def test_the_readme_calls_wechat_as_written(house: House) -> None:
    shutil.copy(ROOT / "examples" / "menu" / "bot.yaml", house.sandbox.checkout / "bot.yaml")
    await house.follow(section(ROOT / "README.md", "Calling WeChat"))
    for part in ("done; phones show it", '"name": "VIP"', "it is done", "mass.mass_send_all", "template_id"):
        assert part in house.said
    assert (house.sandbox.checkout / "followers.txt").read_text() == f"{OWNER}\n"


def _read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")
