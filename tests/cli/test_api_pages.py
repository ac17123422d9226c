"""Lists in pages: every item once, and a way to go on."""

from __future__ import annotations

import asyncio
import os
import resource
import shlex
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp import web
from fakes.platform import APP_ID, APP_SECRET, Platform, playing

from interpreter.cli.api import api
from interpreter.cli.api_pages import Lines, Pages, print_pages
from interpreter.cli.common import UsageError
from interpreter.values import Value
from interpreter.wechat.api.errors import ApiError

BOT = """dialog: 1
name: shop
account: {kind: service, verified: true, app_id: $(env.WX_APP_ID), app_secret: $(env.WX_APP_SECRET)}
rules: {hi: hello}
"""
EVERYONE = [f"o{number:05}" for number in range(20_500)]


class Patchy(Platform):
    """WeChat, which refuses the page behind a follower as long as `hole` is one, or says nothing of it for long."""

    hole = ""
    is_silent = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if self.hole and request.query.get("next_openid") == self.hole:
            if self.is_silent:
                await asyncio.sleep(60)
            self.fail(45009, path="/cgi-bin/user/get")
        return await super().answer(request)


@pytest.fixture
async def platform() -> AsyncIterator[Patchy]:
    async with playing(Patchy()) as it:
        for name in EVERYONE:
            _ = it.users[name]
        yield it


def environ_of(platform: Patchy) -> dict[str, str]:
    return {"WX_APP_ID": APP_ID, "WX_APP_SECRET": APP_SECRET, "WX_API_URL": platform.origin}


async def run(platform: Patchy, *words: str, language: str = "en") -> int:
    return await asyncio.to_thread(api, list(words), language, environ_of(platform))


@pytest.fixture
def bot(tmp_path: Path) -> str:
    (tmp_path / "bot.yaml").write_text(BOT, encoding="utf-8")
    return str(tmp_path / "bot.yaml")


async def test_who_is_stopped_is_told_the_command_that_goes_on(
    platform: Patchy, bot: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.hole, path = "o19999", tmp_path / "all"
    assert await run(platform, bot, "user.list", "--output", str(path)) == 1
    assert path.read_text("utf-8").split() == EVERYONE[:20_000]
    hint, said = capsys.readouterr().err.splitlines()
    assert "error 45009" in said
    told, command = hint.split("; go on with: ")
    assert told == "dialog-api: stopped after 20,000 items"
    assert command == shlex.join(["dialog-api", bot, "user.list", "--resume", "o19999", "--output", str(path)])
    platform.hole = ""
    assert await run(platform, *shlex.split(command)[1:]) == 0
    assert path.read_text("utf-8").split() == EVERYONE


async def test_who_goes_on_has_every_item_once(platform: Patchy, bot: str, tmp_path: Path) -> None:
    path = tmp_path / "all"
    path.write_text("o00000\no00001\no00", encoding="utf-8")
    assert await run(platform, bot, "user.list", "--resume", "o00001", "--output", str(path)) == 0
    assert path.read_text("utf-8").split() == EVERYONE
    begun = [call.query.get("next_openid") for call in platform.calls if call.path == "/cgi-bin/user/get"]
    assert begun[:3] == ["o00001", "o10001", "o20001"]


async def test_standard_output_is_gone_on_with_too(
    platform: Patchy, bot: str, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.hole = "o09999"
    assert await run(platform, bot, "user.list", language="zh") == 1
    out, err = capsys.readouterr()
    assert out.split() == EVERYONE[:10_000]
    assert f"已取得 10,000 项后中断；继续：dialog-api {bot} user.list --resume o09999；写入文件请用 `>>` 追加" in err
    assert await run(platform, bot, "user.list", "--resume", "o20000") == 0
    assert capsys.readouterr().out.split() == EVERYONE[20_001:]


INTERRUPTIBLE = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("interpreter.cli.api", run_name="__main__")
"""


async def test_ctrl_c_leaves_whole_pages_and_the_way_on(platform: Patchy, bot: str) -> None:
    platform.hole, platform.is_silent = "o09999", True
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", INTERRUPTIBLE, bot, "user.list", "--lang", "en"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environ_of(platform)},
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        lines = [await process.stdout.readline() for _ in range(10_000)]
        process.send_signal(signal.SIGINT)
        rest, err = await process.communicate()
    assert process.returncode == 130
    assert (lines[-1], rest) == (b"o09999\n", b"")
    assert b"--resume o09999" in err
    assert b"Traceback" not in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("user.info", "openid=x", "--resume", "x"), "--resume: user.info is no list in pages"),
        (("user.list", "next_openid=x", "--resume", "y"), "--resume and next_openid both say where to begin"),
        (("user.list", "--resume", "o1", "--output", "held"), "ends with o00002"),
        (("user.list", "--resume", "o1", "--output", "torn"), "has no whole line"),
    ],
)
async def test_what_cannot_be_gone_on_with_is_said(
    platform: Patchy,
    bot: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    said: str,
) -> None:
    held = {"held": "o00001\no00002\n", "torn": "o1"}
    for name, text in held.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    words = tuple(str(tmp_path / word) if word in held else word for word in words)
    assert await run(platform, bot, *words) == 2
    assert said in capsys.readouterr().err
    assert platform.calls == []
    assert {name: (tmp_path / name).read_text("utf-8") for name in held} == held


async def test_the_command_that_goes_on_has_all_arguments(
    platform: Patchy, bot: str, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.fail(45009, path="/cgi-bin/user/tag/get")
    assert await run(platform, bot, "tag.users", "--body", '{"tagid": 2}', "--resume", "o1", "--account", "shop") == 1
    command = shlex.join(
        ["dialog-api", bot, "tag.users", "--body", '{"tagid": 2}', "--resume", "o1", "--account", "shop"]
    )
    assert f"stopped after 0 items; go on with: {command}; `>>` adds to a file\n" in capsys.readouterr().err


def command_after(last: str) -> str:
    return f"go on after {last}"


def giving(*pages: list[Value], then: Exception | None = None) -> Pages:
    """A list of some pages, at the end of which something may happen."""

    async def it(*, watch: Callable[[int, int | None], None]) -> AsyncIterator[list[Value]]:
        for number, page in enumerate(pages):
            watch(number, None)
            yield page
        if then is not None:
            raise then

    return it


REFUSED = ApiError("user.list", 48001, "")


async def test_an_output_that_is_no_file_takes_lines_too(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ApiError):
        await print_pages(giving(["a", "b"], then=REFUSED), Lines("/dev/stdout"), command_after, "en")
    out, err = capfd.readouterr()
    assert out == "a\nb\n"
    assert "go on after b" in err


async def test_a_list_that_never_began_leaves_a_file_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "all").write_text("yesterday\n", encoding="utf-8")
    with pytest.raises(ApiError):
        await print_pages(giving(then=REFUSED), Lines(str(tmp_path / "all")), command_after, "en")
    assert (tmp_path / "all").read_text("utf-8") == "yesterday\n"
    assert capsys.readouterr().err == ""


async def test_a_full_disk_leaves_whole_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = giving(["a" * 10], ["b" * 10_000])
    before, handled = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            await print_pages(pages, Lines(str(tmp_path / "all")), command_after, "en")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handled)
    assert (tmp_path / "all").read_text("utf-8") == "a" * 10 + "\n"
    assert "go on after aaaaaaaaaa" in capsys.readouterr().err


def test_a_shorter_list_takes_the_place_of_a_longer_one(tmp_path: Path) -> None:
    (tmp_path / "all").write_text("x\n" * 99, encoding="utf-8")
    with Lines(str(tmp_path / "all")) as lines:
        lines.write(["a"])
        lines.write([{"b": "中"}])
    assert (tmp_path / "all").read_text("utf-8") == 'a\n{"b": "中"}\n'
    with Lines(str(tmp_path / "all")):
        pass
    assert (tmp_path / "all").read_text("utf-8") == ""


def test_a_file_is_not_written_over_by_mistake(tmp_path: Path) -> None:
    (tmp_path / "all").write_text("a\nb\n", encoding="utf-8")
    with pytest.raises(UsageError):
        Lines(str(tmp_path / "all"), after="a")
    with Lines(str(tmp_path / "new"), after="a") as lines:
        lines.write(["c"])
    assert (tmp_path / "new").read_text("utf-8") == "c\n"
