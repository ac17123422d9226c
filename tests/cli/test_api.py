"""`dialog-api` against the played platform."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from fakes.platform import APP_ID, APP_SECRET, Platform, playing

from interpreter.cli.api import api
from interpreter.cli.api_following import Pause

BOT = """dialog: 1
name: shop
account: {kind: service, verified: true, app_id: $(env.WX_APP_ID), app_secret: $(env.WX_APP_SECRET)}
rules: {hi: hello}
"""
TWO = """dialog: 1
name: shop
accounts:
  main: {kind: service, verified: true, token: $(env.T1)}
  small: {path: /small, token: $(env.T2)}
rules: {hi: hello}
"""
Run = Callable[..., Coroutine[Any, Any, int]]


class Terminal(io.StringIO):
    """A standard input on which somebody types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with playing(Platform()) as it:
        it.act("oUser1")
        yield it


@pytest.fixture
def run(platform: Platform, tmp_path: Path) -> Run:
    """Runs the command with a bot of a verified service account."""
    (tmp_path / "bot.yaml").write_text(BOT, encoding="utf-8")

    async def it(*words: str, language: str = "en", pause: Pause = asyncio.sleep, **more: str) -> int:
        environ = {"WX_APP_ID": APP_ID, "WX_APP_SECRET": APP_SECRET, "WX_API_URL": platform.origin, **more}
        return await asyncio.to_thread(api, [str(tmp_path / "bot.yaml"), *words], language, environ, pause=pause)

    return it


async def test_an_answer_is_printed_as_json(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run("user.info", "openid=oUser1") == 0
    assert json.loads(capsys.readouterr().out)["subscribe"] == 1


async def test_arguments_are_read_by_their_types(run: Run, platform: Platform) -> None:
    assert await run("tag.add", "openid_list=oUser1,oUser2", "tagid=134") == 0
    assert platform.calls[-1].json == {"openid_list": ["oUser1", "oUser2"], "tagid": 134}
    assert await run("customer_message.text", "touser=oUser1", "text.content=a=b 中") == 0
    assert platform.calls[-1].json == {"touser": "oUser1", "msgtype": "text", "text": {"content": "a=b 中"}}
    assert (
        await run(
            "template.send",
            "--body",
            '{"touser": "oUser1"}',
            "template_id=t",
            "data.thing1=x",
            'data.n2={"value": "y"}',
        )
        == 0
    )
    assert platform.calls[-1].json == {
        "touser": "oUser1",
        "template_id": "t",
        "data": {"thing1": {"value": "x"}, "n2": {"value": "y"}},
    }


async def test_json_comes_from_standard_input(run: Run, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"openid": "oUser1", "remark": "x"}'))
    assert await run("user.remark", "--body", "-") == 0
    assert platform.users["oUser1"].remark == "x"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("user.inof",), 2, "there is no method user.inof; did you mean user.info?"),
        (("user.info", "opnid=x"), 2, "there is no `opnid`; did you mean `openid`?"),
        (("user.info", "openid"), 2, "openid: expected key=value"),
        (("user.info", "--body", "["), 2, "--body: "),
        (("user.info", "--body", "[" * 100_000), 2, "--body: it is nested too deep"),
        (("tag.add", "openid_list=" + "[" * 100_000), 2, "openid_list: it is nested too deep"),
        (("user.info", "--body", "[]"), 2, "--body: expected an object"),
        (("tag.add", "openid_list=[", "tagid=1"), 2, "openid_list: expected JSON"),
        (("user.info", "openid=nobody"), 1, "user.info: error 40003: the openid is not one of this account's"),
        (("url.shorten", "long_url=http://a"), 2, "url.shorten is closed"),
        (("tag.create", "name=VIP"), 2, "tag.create: there is no `name`; did you mean `tag.name`?"),
        (("mass.send_all", "filter.is_to_all=true", "msgtype=text"), 2, "mass.send_all: `text.content` is missing"),
        (("mass.send_all", "msgtype=text", "text.content=x"), 2, "mass.send_all: `filter` is missing"),
        (("wecom_user.get_user", "userid=x"), 2, "is a method of WeCom"),
        (("user.info", "openid=x", "--account", "other"), 2, "there is no account other: shop"),
        ((), 2, "say a bot file and a method"),
    ],
)
async def test_what_is_wrong_is_said(
    run: Run, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str
) -> None:
    assert await run(*words) == code
    assert said in capsys.readouterr().err


async def test_secrets_come_from_the_environment_only(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run("user.info", "openid=x", WX_APP_SECRET="") == 2
    assert "WX_APP_SECRET" in capsys.readouterr().err
    assert await run("user.info", "openid=oUser1", WX_APP_SECRET="wrong-secret") == 1
    assert "wrong-secret" not in capsys.readouterr().err


async def test_a_closed_method_is_sent_on_purpose(run: Run, platform: Platform) -> None:
    assert await run("url.shorten", "long_url=http://a", "--closed") == 0
    assert platform.paths() == ["/cgi-bin/shorturl"]


async def test_an_outdated_method_is_sent_with_a_word(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run("group.list") == 0
    assert (
        "group.list is out of date: tags took the place of groups in 2016; use tag.list_tags" in capsys.readouterr().err
    )


async def test_a_mass_message_shows_what_it_does_and_asks(
    run: Run, platform: Platform, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("mass.send", "touser=oUser1,oUser2", "msgtype=text", "text.content=hello")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert await run(*words) == 2
    told = capsys.readouterr().err
    for part in (
        "reaches many people",
        "POST https://api.weixin.qq.com/cgi-bin/message/mass/send",
        "2 recipients",
        "--yes",
    ):
        assert part in told
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert await run(*words) == 2
    assert platform.sent == []
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert await run(*words) == 0
    assert len(platform.sent) == 1
    capsys.readouterr()
    assert await run(*words, "--yes") == 1
    assert "this mass message was sent before" in capsys.readouterr().err
    assert len(platform.sent) == 1


async def test_a_dry_run_sends_nothing_and_shows_no_secret(
    run: Run, platform: Platform, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(b"1")
    assert (
        await run("menu.create", "--body", '{"button": [{"name": "a", "type": "click", "key": "k"}]}', "--dry-run") == 0
    )
    assert '"key": "k"' in capsys.readouterr().out
    assert await run("media.upload", "type=image", f"media={picture}", "--dry-run") == 0
    assert "type: image\n  media: <a.jpg>" in capsys.readouterr().out
    assert await run("token.get_access_token", "--dry-run") == 0
    assert APP_SECRET not in capsys.readouterr().out
    assert await run("oauth.authorize_url", "redirect_uri=https://a", "scope=snsapi_base", "--dry-run") == 0
    assert "nothing is sent" in capsys.readouterr().out
    assert platform.calls == []


async def test_a_dry_run_needs_no_account(run: Run, platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    nobody = {"WX_APP_ID": "", "WX_APP_SECRET": ""}
    assert await run("tag.create", "tag.name=VIP", "--dry-run", **nobody) == 0
    assert '"name": "VIP"' in capsys.readouterr().out
    assert await run("tag.create", "tag.name=VIP", **nobody) == 2
    assert "needs app_id and app_secret" in capsys.readouterr().err
    assert platform.calls == []


async def test_followers_page_by_themselves(
    run: Run, platform: Platform, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for number in range(10_500):
        _ = platform.users[f"o{number:05}"]
    assert await run("user.list") == 0
    assert len(capsys.readouterr().out.splitlines()) == 10_501
    assert await run("user.list", "--output", str(tmp_path / "all")) == 0
    assert len((tmp_path / "all").read_text("utf-8").splitlines()) == 10_501
    assert await run("user.list", "next_openid=o10498") == 0
    assert json.loads(capsys.readouterr().out)["count"] == 2


async def test_a_file_goes_where_it_is_wanted(
    run: Run, platform: Platform, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    platform.media["m1"] = ("", b"\xff\xd8 a picture")
    assert await run("media.get", "media_id=m1", "--output", str(tmp_path / "m.jpg")) == 0
    assert (tmp_path / "m.jpg").read_bytes() == b"\xff\xd8 a picture"
    assert b"12 bytes, image/jpeg" in capfdbinary.readouterr().out
    assert await run("user.info", "openid=oUser1", "--output", str(tmp_path / "u.json")) == 0
    assert json.loads((tmp_path / "u.json").read_text("utf-8"))["openid"] == "oUser1"


async def test_of_several_accounts_one_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(TWO, encoding="utf-8")
    assert await asyncio.to_thread(api, [str(path), "user.list"], "zh", {}) == 2
    assert "请用 --account 指定账号：main, small" in capsys.readouterr().err


async def test_a_file_that_is_no_bot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text("dialog: [", encoding="utf-8")
    for name in (str(path), str(tmp_path / "none.yaml")):
        assert await asyncio.to_thread(api, [name, "user.list"], "en", {}) == 2
    assert "no bot file is there" in capsys.readouterr().err


async def test_a_bot_without_an_account_may_call_what_it_can(platform: Platform, tmp_path: Path) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text("dialog: 1\nname: t\nrules: {hi: hello}\n", encoding="utf-8")
    environ = {"WX_APP_ID": APP_ID, "WX_APP_SECRET": APP_SECRET, "WX_API_URL": platform.origin}
    assert await asyncio.to_thread(api, [str(path), "user.info", "openid=oUser1"], "en", environ) == 0


@pytest.mark.parametrize("account", ["", "account: {kind: service, verified: true}\n"], ids=["unknown", "known"])
@pytest.mark.parametrize("more", [(), ("--dry-run",), ("--yes",)])
async def test_what_a_merchant_signs_is_not_sent_unsigned(
    platform: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str], account: str, more: tuple[str, ...]
) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text(f"dialog: 1\nname: t\n{account}rules: {{hi: hello}}\n", encoding="utf-8")
    environ = {"WX_APP_ID": APP_ID, "WX_APP_SECRET": APP_SECRET, "WX_API_URL": platform.origin}
    for language, parts in {
        "en": ("pay_v3.get_refund is signed with a merchant's key", "no setting gives one", "`fetch`"),
        "zh": ("pay_v3.get_refund 要用商户私钥签名", "没有设置可以给出", "`fetch`"),
    }.items():
        words = [str(path), "pay_v3.get_refund", "out_refund_no=1", *more]
        assert await asyncio.to_thread(api, words, language, environ) == 2
        said = capsys.readouterr().err
        for part in parts:
            assert part in said
    assert platform.calls == []


# ------------------------------------------------------------------------------------ what is only accepted


MASS = ("mass.send_all", "filter.is_to_all=true", "msgtype=text", "text.content=hello", "--yes")


class Patience:
    """Waits no time, and knows how long it would have been; at its end somebody presses Ctrl-C."""

    def __init__(self, end: float = float("inf")) -> None:
        self.seconds = 0.0
        self._end = end

    async def __call__(self, seconds: float) -> None:
        self.seconds += seconds
        if self.seconds >= self._end:
            raise asyncio.CancelledError


async def test_who_does_not_wait_is_told_how_to_ask(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(*MASS) == 0
    out, err = capsys.readouterr()
    number = json.loads(out)["msg_id"]
    assert "dialog-api: accepted, not done yet; ask with: dialog-api " in err
    assert err.endswith(f"bot.yaml mass.status msg_id={number}\n")
    assert await run("mass.status", f"msg_id={number}") == 0
    assert json.loads(capsys.readouterr().out) == {"msg_id": str(number), "msg_status": "SEND_SUCCESS"}


async def test_who_waits_hears_how_it_ends(
    run: Run, platform: Platform, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    platform.states = ["SENDING"] * 12
    patience = Patience()
    assert await run(*MASS, "--wait", pause=patience) == 0
    assert json.loads(capsys.readouterr().out)["msg_id"]
    assert platform.paths() == ["/cgi-bin/message/mass/sendall"] + ["/cgi-bin/message/mass/get"] * 13
    assert 150 < patience.seconds < 300
    lines = [line.strip() for line in screen.getvalue().split("\r")]
    assert {"under way for 0:00 …", "under way for 0:01 …", "under way for 2:00 …"} <= set(lines)
    assert lines[-1] == "dialog-api: it is done"


@pytest.mark.parametrize(
    ("state", "language", "said"),
    [
        ("SEND_FAIL", "en", "WeChat could not send it (SEND_FAIL)"),
        ("SEND_FAIL", "zh", "发送失败（SEND_FAIL）"),
        ("DELETE", "en", "it was deleted (DELETE)"),
        ("NEW", "en", "it ended in another way (NEW)"),
    ],
)
async def test_what_fails_is_said(
    run: Run, platform: Platform, capsys: pytest.CaptureFixture[str], state: str, language: str, said: str
) -> None:
    platform.states = [state]
    assert await run(*MASS, "--wait", language=language, pause=Patience()) == 1
    assert said in capsys.readouterr().err


async def test_a_question_without_an_answer_is_asked_again(run: Run, platform: Platform) -> None:
    platform.fail("html", times=4, path="/cgi-bin/message/mass/get")
    assert await run(*MASS, "--wait", pause=Patience()) == 0


async def test_when_nobody_can_say_somebody_may_ask_later(
    run: Run, platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.fail(48001, path="/cgi-bin/message/mass/get")
    assert await run(*MASS, "--wait", pause=Patience()) == 1
    told = capsys.readouterr().err
    assert "it goes on without us; ask with: dialog-api " in told
    assert "error 48001" in told


async def test_who_is_interrupted_is_told_how_to_ask(
    run: Run, platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.states = ["SENDING"] * 99
    with pytest.raises(asyncio.CancelledError):
        await run(*MASS, "--wait", pause=Patience(end=60))
    out, err = capsys.readouterr()
    assert err.endswith(f"bot.yaml mass.status msg_id={json.loads(out)['msg_id']}\n")


INTERRUPTIBLE = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("interpreter.cli.api", run_name="__main__")
"""
"""The command as a terminal starts it; in the background of a shell it would not hear of Ctrl-C."""


async def test_ctrl_c_ends_the_command_and_not_the_mass_message(platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_text(BOT, encoding="utf-8")
    platform.states = ["SENDING"] * 99
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        INTERRUPTIBLE,
        str(tmp_path / "bot.yaml"),
        *MASS,
        "--wait",
        "--lang",
        "en",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "WX_APP_ID": APP_ID, "WX_APP_SECRET": APP_SECRET, "WX_API_URL": platform.origin},
    )
    assert process.stdout is not None
    first = await process.stdout.readuntil(b"}\n")
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(60):
        _, err = await process.communicate()
    assert process.returncode == 130
    assert f"mass.status msg_id={json.loads(first)['msg_id']}" in err.decode()
    assert "Traceback" not in err.decode()


async def test_a_repeated_mass_message_can_be_waited_for(
    run: Run, platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(*MASS) == 0
    platform.states = ["SENDING"]
    capsys.readouterr()
    assert await run(*MASS) == 1
    told = capsys.readouterr().err
    assert "this mass message was sent before" in told
    assert "mass.status msg_id=" in told
    assert await run(*MASS, "--wait", pause=Patience()) == 0
    assert len(platform.sent) == 1


async def test_what_is_done_at_once_is_not_waited_for(
    run: Run, platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run("tag.list", "--wait") == 2
    assert "--wait: tag.list is done when it answers" in capsys.readouterr().err
    assert platform.calls == []
