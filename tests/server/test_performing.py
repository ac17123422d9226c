from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.api import Api
from fakes.clock import FakeClock
from fakes.performer import FakePerformer
from fakes.platform import Platform, playing
from msgspec.structs import replace

from interpreter.machine.effects import CallApi, CallService, LogLine, Send, SentMessage
from interpreter.machine.replies import (
    Article,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)
from interpreter.machine.simulation import simulate, text_message
from interpreter.program.media import symbolic
from interpreter.runtime.performer import Completed, Failed
from interpreter.server.performing import ApiPerformer
from interpreter.wechat.api.media import MediaShelf
from interpreter.wechat.api.windows import Windows

USER = "oUser1"


class Stage:
    """A performer, the platform it calls, and what the user has seen there."""

    def __init__(self, api: Api, folder: Path) -> None:
        self.api = api
        self.services = FakePerformer()
        self.files: dict[str, Path] = {name: folder / name for name in ("cat.jpg", "dog.jpg")}
        self.performer = ApiPerformer(
            "demo",
            self.services,
            api.client,
            shelf=MediaShelf(api.client, api.shared, api.clock),
            files=self.files.get,
        )

    async def send(self, reply: Reply | None = None, **more: Any) -> object:
        return await self.performer.deliver(Send("reply", USER, reply, **more), "key:0")

    @property
    def seen(self) -> list[Any]:
        return self.api.platform.users[USER].seen


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = FakeClock()
    platform = Platform(now=lambda: clock.now().timestamp())
    platform.act(USER)
    async with playing(platform):
        it = Stage(Api(platform, clock), tmp_path)
        yield it
        await it.performer.close()
    assert platform.misshapen == []


REPLIES: list[tuple[Reply, dict[str, Any]]] = [
    (TextReply("你好\n"), {"msgtype": "text", "text": {"content": "你好"}}),
    (ImageReply("m1"), {"msgtype": "image", "image": {"media_id": "m1"}}),
    (VoiceReply("m1"), {"msgtype": "voice", "voice": {"media_id": "m1"}}),
    (
        VideoReply("m1", "t", "d"),
        {"msgtype": "video", "video": {"media_id": "m1", "title": "t", "description": "d"}},
    ),
    (
        MusicReply("t", "", "http://a", "", "m2"),
        {
            "msgtype": "music",
            "music": {"musicurl": "http://a", "hqmusicurl": "http://a", "thumb_media_id": "m2", "title": "t"},
        },
    ),
    (
        NewsReply((Article("t", "d", "http://p", "http://u"),)),
        {
            "msgtype": "news",
            "news": {"articles": [{"title": "t", "description": "d", "url": "http://u", "picurl": "http://p"}]},
        },
    ),
]


@pytest.mark.parametrize(("reply", "expected"), REPLIES, ids=lambda it: type(it).__name__)
async def test_every_kind_of_reply_is_a_customer_message(stage: Stage, reply: Reply, expected: dict[str, Any]) -> None:
    assert await stage.send(reply) == Completed(None)
    assert stage.seen == [{"touser": USER, **expected}]


MESSAGES = [
    (
        SentMessage("choices", {"head": "ok?", "tail": "thanks"}, {"1": "yes", "2": "no"}),
        {
            "msgtype": "msgmenu",
            "msgmenu": {
                "head_content": "ok?",
                "list": [{"id": "1", "content": "yes"}, {"id": "2", "content": "no"}],
                "tail_content": "thanks",
            },
        },
    ),
    (
        SentMessage("mini_page", {"title": "t", "app_id": "wx2", "page": "p", "thumb": "m1"}),
        {
            "msgtype": "miniprogrampage",
            "miniprogrampage": {"title": "t", "appid": "wx2", "pagepath": "p", "thumb_media_id": "m1"},
        },
    ),
    (SentMessage("card", {"id": "c1"}), {"msgtype": "wxcard", "wxcard": {"card_id": "c1"}}),
    (SentMessage("article", {"id": "a1"}), {"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": "a1"}}),
    (
        SentMessage("subscribe", {"template": "t1", "url": "http://a", "app_id": "wx2", "page": "p"}, {"thing1": "x"}),
        {
            "template_id": "t1",
            "page": "http://a",
            "miniprogram": {"appid": "wx2", "pagepath": "p"},
            "data": {"thing1": {"value": "x"}},
        },
    ),
]


@pytest.mark.parametrize(("message", "expected"), MESSAGES, ids=lambda it: getattr(it, "kind", ""))
async def test_messages_that_no_reply_can_be(stage: Stage, message: SentMessage, expected: dict[str, Any]) -> None:
    assert await stage.send(message=message) == Completed(None)
    assert stage.seen == [{"touser": USER, **expected}]


async def test_the_typing_sign(stage: Stage) -> None:
    for state in ("true", "false"):
        await stage.send(message=SentMessage("typing", {"state": state}))
    assert stage.api.platform.typing == [(USER, "Typing"), (USER, "CancelTyping")]


async def test_a_template_message_carries_its_key(stage: Stage) -> None:
    await stage.send(template="t1", data={"thing1": "x"}, url="http://a", mini={"app_id": "wx2", "page": "p"})
    assert stage.seen == [
        {
            "touser": USER,
            "template_id": "t1",
            "url": "http://a",
            "miniprogram": {"appid": "wx2", "pagepath": "p"},
            "data": {"thing1": {"value": "x"}},
            "client_msg_id": "key-0",
        }
    ]


async def test_a_message_in_the_name_of_an_agent(stage: Stage) -> None:
    await stage.send(TextReply("hi"), agent="kf1@gh")
    assert stage.seen[0]["customservice"] == {"kf_account": "kf1@gh"}


async def test_a_long_text_goes_out_in_order(stage: Stage) -> None:
    await stage.send(TextReply("\n".join(str(number) * 300 for number in range(1, 10))))
    texts = [message["text"]["content"] for message in stage.seen]
    assert [text[0] for text in texts] == ["1", "7"]
    assert all(len(text.encode()) <= 2048 for text in texts)


async def test_several_articles_are_several_messages(stage: Stage) -> None:
    await stage.send(NewsReply((Article("a"), Article("b"))))
    assert [message["news"]["articles"] for message in stage.seen] == [[{"title": "a"}], [{"title": "b"}]]


async def test_a_text_that_says_nothing_is_not_sent(stage: Stage) -> None:
    assert await stage.send(TextReply(" \n")) == Completed(None)
    assert stage.seen == []


async def test_what_wechat_refused_was_certainly_not_sent(stage: Stage) -> None:
    stage.api.clock.move(49 * 3600)
    outcome = await stage.send(TextReply("hi"))
    assert isinstance(outcome, Failed)
    assert (outcome.kind, outcome.code) == ("refused", 45015)


async def test_when_a_part_was_sent_it_is_not_sent_another_way(stage: Stage) -> None:
    stage.api.platform.users[USER].allowances[0].left = 1
    outcome = await stage.send(TextReply("x" * 3000))
    assert isinstance(outcome, Failed)
    assert (outcome.kind, outcome.code) == ("api", 45047)
    assert len(stage.seen) == 1


@pytest.mark.parametrize(
    ("fault", "kind"), [("reset", "network"), ("html", "network"), ("status", "status"), (-1, "api")]
)
async def test_what_may_have_been_sent_is_not_called_refused(stage: Stage, fault: str | int, kind: str) -> None:
    stage.api.platform.fail(fault, times=9, path="/cgi-bin/message/custom/send")
    outcome = await stage.send(TextReply("hi"))
    assert isinstance(outcome, Failed)
    assert outcome.kind == kind


async def test_a_transfer_cannot_be_pushed(stage: Stage) -> None:
    outcome = await stage.send(TransferReply())
    assert isinstance(outcome, Failed)
    assert outcome.kind == "refused"


async def test_a_file_is_uploaded_when_it_is_sent(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "cat.jpg").write_bytes(b"a cat")
    await stage.send(ImageReply(symbolic("cat.jpg")))
    await stage.send(ImageReply(symbolic("cat.jpg")))
    (media,) = stage.api.platform.media
    assert [message["image"]["media_id"] for message in stage.seen] == [media, media]
    for name in ("dog.jpg", "nothing"):
        outcome = await stage.send(ImageReply(symbolic(name)))
        assert isinstance(outcome, Failed)
        assert outcome.kind == "refused"


async def test_a_call_gives_its_answer_or_its_code(stage: Stage) -> None:
    outcome = await stage.performer.call(CallApi("1", "user.info", {"openid": USER}))
    assert isinstance(outcome, Completed)
    assert outcome.value["subscribe"] == 1  # type: ignore[index, call-overload]
    outcome = await stage.performer.call(CallApi("1", "user.info", {"openid": "nobody"}))
    assert isinstance(outcome, Failed)
    assert (outcome.kind, outcome.code) == ("api", 40003)
    outcome = await stage.performer.call(CallApi("1", "user.infos", {}))
    assert isinstance(outcome, Failed)
    assert outcome.kind == "refused"


async def test_a_quota_that_is_used_up_has_its_code_whoever_says_so(stage: Stage) -> None:
    stage.api.platform.fail(45009, path="/cgi-bin/user/info")
    kinds, asked = [], []
    for _ in range(2):
        outcome = await stage.performer.call(CallApi("1", "user.info", {"openid": USER}))
        assert isinstance(outcome, Failed)
        assert outcome.code == 45009
        kinds.append(outcome.kind)
        asked.append(not outcome.is_ours)
    assert kinds == ["api", "refused"]
    assert asked == [True, False]


async def test_a_bot_sends_its_own_files_and_no_others(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "cat.jpg").write_bytes(b"a cat")
    stage.files["cat"] = tmp_path / "cat.jpg"
    for name in ("cat", symbolic("cat")):
        outcome = await stage.performer.call(CallApi("1", "media.upload", {"type": "image", "media": name}))
        assert isinstance(outcome, Completed)
    calls = len(stage.api.platform.calls)
    for path in (str(tmp_path / "cat.jpg"), "../cat", "/etc/passwd", ""):
        outcome = await stage.performer.call(CallApi("1", "media.upload", {"type": "image", "media": path}))
        assert isinstance(outcome, Failed)
        assert outcome.kind == "refused"
    assert len(stage.api.platform.calls) == calls


async def test_of_a_file_a_bot_learns_what_it_is(stage: Stage) -> None:
    stage.api.platform.media["m1"] = ("", b"\xff\xd8")
    outcome = await stage.performer.call(CallApi("1", "media.get", {"media_id": "m1"}))
    assert outcome == Completed({"type": "image/jpeg", "name": "media.jpg", "size": 2})


async def test_services_and_log_lines_go_their_own_way(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    effect = CallService("1", "svc", "op", "GET", "http://a", (), None, None, 1, 0, None, False, frozenset())
    assert await stage.performer.call(effect) == Completed("op1")
    with caplog.at_level("INFO", "interpreter.bot"):
        stage.performer.log(LogLine("2", "a line"))
    assert "a line" in caplog.text


async def test_a_link_in_place_of_a_file_is_not_sent_with_a_call(stage: Stage, tmp_path: Path) -> None:
    os.symlink("/etc/passwd", tmp_path / "photo.jpg")
    stage.files["photo"] = tmp_path / "photo.jpg"
    for method in ("media.upload_media", "material.add_material"):
        outcome = await stage.performer.call(CallApi("1", method, {"type": "image", "media": "photo"}))
        assert isinstance(outcome, Failed)
        assert outcome.kind == "refused"
        assert "photo.jpg cannot be read (" in outcome.message


async def test_a_file_that_cannot_be_had_is_logged_without_wechats_words(
    stage: Stage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cat.jpg").write_bytes(b"a cat")
    stage.api.platform.fail(40004, path="/cgi-bin/media/upload")
    assert await stage.performer.find_media("cat.jpg", "image") is None
    assert "the file cat.jpg cannot be sent: error 40004: " in caplog.text
    assert "a fault" not in caplog.text


async def test_what_users_do_is_heard_by_whoever_counts(stage: Stage) -> None:
    windows = Windows("wx1", stage.api.shared, stage.api.clock, _nobody)
    performer = ApiPerformer("demo", stage.services, stage.api.client, windows=windows)
    now = int(stage.api.clock.now().timestamp())
    for name, act in (("subscribe", "follow"), ("click", "click"), ("view", None), ("unsubscribe", None)):
        event = simulate(f"{name} x", user=name, account="gh", time=now, id="1")
        performer.hear(event)
        admitted = await windows.admit("x", name)
        assert (admitted.act if admitted is not None else None) == act
    choice = text_message("yes", user="choice", account="gh", time=now, id="2")
    performer.hear(replace(choice, raw={**choice.raw, "bizmsgmenuid": "1"}))
    admitted = await windows.admit("x", "choice")
    assert admitted is not None
    assert admitted.act == "click"


async def _nobody(_: str) -> datetime | None:
    return None
