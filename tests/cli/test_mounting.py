from __future__ import annotations

import time
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from support.served import message, signed

import interpreter
from interpreter.server.errors import SettingsError
from interpreter.wechat.xml import read_xml

BOT = "dialog: 1\nname: demo\nrules:\n  hi: hello $(env.WHO)\n"


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    path = tmp_path / "bot.yaml"
    path.write_text(BOT, encoding="utf-8")
    return path


async def said(app: web.Application, path: str, token: str, text: str = "hi") -> str:
    async with TestClient(TestServer(app)) as client:
        response = await client.post(
            f"{path}?{signed(token)}", data=message(text, str(time.time())), headers={"Content-Type": "text/xml"}
        )
        assert response.status == 200
        return str(read_xml(await response.read())["Content"])


async def test_a_bot_is_mounted_in_an_application_of_somebody_else(bot: Path) -> None:
    app = web.Application()
    environ = {"WX_TOKEN": "token123", "WHO": "you"}
    app.add_subapp("/bots", interpreter.make_app([bot], store="memory", environ=environ))
    assert await said(app, "/bots/demo", "token123") == "hello you"


async def test_a_program_is_served_with_an_account_given_in_python(bot: Path) -> None:
    program = interpreter.compile_file(bot)
    accounts = {"demo": {"token": "abc123", "path": "/wechat"}}
    store = interpreter.open_store("memory")
    app = interpreter.make_app([program], store=store, accounts=accounts, environ={})
    assert await said(app, "/wechat", "abc123") == "hello"
    await store.ping()


async def test_what_python_gives_goes_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text(BOT + "account: {token: $(env.OTHER), path: /a}\n", encoding="utf-8")
    app = interpreter.make_app(
        [str(path)], store="memory", accounts={"demo": {"path": "/b"}}, environ={"OTHER": "abc123"}
    )
    assert await said(app, "/b", "abc123") == "hello"


async def test_a_store_is_opened_and_closed_with_the_application(bot: Path, tmp_path: Path) -> None:
    store = f"sqlite:{tmp_path}/dialog.db"
    for _ in range(2):
        assert await said(interpreter.make_app([bot], store=store, environ={"WX_TOKEN": "abc123"}), "/demo", "abc123")


def test_a_bot_without_a_token_is_refused(bot: Path) -> None:
    with pytest.raises(SettingsError, match="demo has no token; set WX_TOKEN") as refused:
        interpreter.make_app([bot], store="memory", environ={})
    assert "没有 token" in refused.value.wording.zh


def test_a_bot_with_errors_is_refused(bot: Path) -> None:
    bot.write_text(BOT + "  broken: {wait: nowhere}\n", encoding="utf-8")
    with pytest.raises(interpreter.CompileError, match="DL101"):
        interpreter.make_app([bot], store="memory", environ={"WX_TOKEN": "abc123"})


def test_bots_with_one_path_are_refused(bot: Path) -> None:
    accounts = {"demo": {"token": "abc123"}}
    with pytest.raises(SettingsError, match="two bots or accounts are called demo"):
        interpreter.make_app([bot, bot], store="memory", accounts=accounts, environ={})
