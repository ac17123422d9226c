from __future__ import annotations

import asyncio
import json
import traceback
from datetime import datetime
from pathlib import Path

import pytest
from fakes.api import Api
from fakes.platform import APP_SECRET

from interpreter.catalogue.rights import Standing
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import StoreUnavailable
from interpreter.wechat.api.errors import ApiError, ApiFailure, CallRefused, NoAnswer
from interpreter.wechat.api.transport import Download, Sink

USER = {"openid": "oUser1"}
CARD = {"touser": "oUser1", "text.content": "hi"}


@pytest.fixture(autouse=True)
def followers(api: Api) -> None:
    api.platform.act("oUser1")


async def test_an_answer_comes_back(api: Api) -> None:
    answer = await api.client.call("user.info", USER)
    assert isinstance(answer, dict)
    assert answer["subscribe"] == 1


async def test_a_raw_request_goes_out_with_the_token(api: Api) -> None:
    await api.client.request("POST", "/cgi-bin/tags/getidlist", body={"openid": "é中"})
    await api.client.request("GET", "/cgi-bin/user/info", query=USER)
    sent = api.platform.calls
    assert json.loads(sent[1].body) == {"openid": "é中"}
    assert dict(sent[2].query) == {"access_token": await api.client.token(), **USER}


async def test_a_refused_token_is_renewed_once_and_the_call_repeated(api: Api) -> None:
    await api.client.token()
    api.platform.expire_tokens()
    await api.client.call("user.info", USER)
    assert api.platform.paths() == ["/cgi-bin/user/info"] * 2


@pytest.mark.parametrize("code", [40001, 40014, 42001, 42009])
async def test_a_token_that_is_always_refused_makes_no_loop(api: Api, code: int) -> None:
    api.platform.fail(code, times=99)
    with pytest.raises(ApiError) as caught:
        await api.client.call("user.info", USER)
    assert caught.value.code == code
    assert len(api.platform.paths()) == 2


async def test_messages_are_repeated_after_a_refused_token_too(api: Api) -> None:
    await api.client.token()
    api.platform.expire_tokens()
    await api.client.call("customer_message.text", CARD)
    assert len(api.platform.users["oUser1"].seen) == 1


async def test_a_busy_system_is_asked_three_times_with_pauses(api: Api) -> None:
    api.platform.fail(-1, times=2)
    await api.client.call("user.info", USER)
    assert len(api.platform.paths()) == 3
    assert all(0.2 <= pause <= 2.0 for pause in api.pauses)
    assert len(api.pauses) == 2


async def test_what_does_harm_twice_is_not_repeated(api: Api) -> None:
    api.platform.fail(-1, times=9)
    with pytest.raises(ApiError) as caught:
        await api.client.call("customer_message.text", CARD)
    assert len(api.platform.paths()) == 1
    assert not caught.value.is_certain


async def test_a_guarded_mass_message_is_repeated_and_sent_once(api: Api) -> None:
    message = {"filter.is_to_all": True, "msgtype": "text", "text.content": "hi"}
    api.platform.fail("reset", path="/cgi-bin/message/mass/sendall")
    answer = await api.client.call("mass.send_all", message)
    assert len(api.platform.paths()) == 2
    with pytest.raises(ApiError) as caught:
        await api.client.call("mass.send_all", message)
    assert isinstance(answer, dict)
    assert (caught.value.code, caught.value.answer["msg_id"]) == (45065, answer["msg_id"])
    assert len(api.platform.sent) == 1
    await api.client.call("mass.send_all", {**message, "text.content": "another"})
    assert len(api.platform.sent) == 2


async def test_a_mass_message_whose_answer_was_lost_counts_as_sent(api: Api) -> None:
    message = {"filter.is_to_all": True, "msgtype": "text", "text.content": "hi"}
    await api.client.call("mass.send_all", message)
    api.platform.fail("reset", path="/cgi-bin/message/mass/sendall")
    answer = await api.client.call("mass.send_all", message)
    assert isinstance(answer, dict)
    assert answer["msg_id"]
    assert len(api.platform.sent) == 1


async def test_a_used_up_method_is_hardly_called_until_the_day_of_beijing_is_over(api: Api) -> None:
    other = api.another()
    api.platform.fail(45009, times=2, path="/cgi-bin/user/info")
    with pytest.raises(ApiError):
        await api.client.call("user.info", USER)
    for client in (api.client, other):
        with pytest.raises(CallRefused, match=r"WeChat was not asked: .* used up") as caught:
            await client.call("user.info", USER)
        assert caught.value.kind == "quota"
    assert len(api.platform.paths()) == 1
    api.clock.move(301)
    with pytest.raises(ApiError):
        await other.call("user.info", USER)
    for client in (api.client, other):
        with pytest.raises(CallRefused):
            await client.call("user.info", USER)
    assert len(api.platform.paths()) == 2
    await api.client.call("user.remark", {**USER, "remark": "x"})
    api.clock.move(8 * 3600)  # it was 16:00 in Beijing
    await api.client.call("user.info", USER)
    await other.close()


async def test_setting_the_counters_back_opens_the_method(api: Api) -> None:
    api.platform.fail(45009, path="/cgi-bin/user/info")
    with pytest.raises(ApiError):
        await api.client.call("user.info", USER)
    await api.client.call("token.clear")
    await api.client.call("user.info", USER)


async def test_counters_that_somebody_else_has_set_back_are_found_out_by_one_call_in_five_minutes(api: Api) -> None:
    other = api.another()
    api.platform.fail(45009, path="/cgi-bin/user/info")
    with pytest.raises(ApiError):
        await api.client.call("user.info", USER)
    api.clock.move(299)
    with pytest.raises(CallRefused):
        await api.client.call("user.info", USER)
    api.clock.move(2)
    await api.client.call("user.info", USER)
    await api.client.call("user.info", USER)
    api.clock.move(11)  # by then all processes know
    await other.call("user.info", USER)
    await other.close()


async def test_a_probe_that_nobody_answers_leaves_the_method_closed(api: Api) -> None:
    api.platform.fail(45009, path="/cgi-bin/user/info")
    with pytest.raises(ApiError):
        await api.client.call("user.info", USER)
    api.clock.move(301)
    api.platform.fail(-1, times=3, path="/cgi-bin/user/info")
    with pytest.raises(ApiError, match="busy"):
        await api.client.call("user.info", USER)
    with pytest.raises(CallRefused):
        await api.client.call("user.info", USER)


class Full(MemoryStore):
    """A store that takes nothing for a while."""

    is_full = False

    async def write_value(self, name: str, value: str | None, until: datetime) -> None:
        if self.is_full:
            raise StoreUnavailable("the disk is full")
        await super().write_value(name, value, until)


async def test_a_message_that_wechat_took_is_not_called_unsent_by_a_store_that_is_full(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    store = Full()
    client = api.another(store)
    api.platform.fail(45009)
    with pytest.raises(ApiError):
        await client.call("customer_message.text", CARD)
    api.clock.move(301)
    api.platform.act("oUser1")
    store.is_full = True
    assert await client.call("customer_message.text", CARD) == {"errcode": 0, "errmsg": "ok"}
    assert len(api.platform.users["oUser1"].seen) == 1
    assert "customer_message.text: what WeChat says of its quota could not be kept: " in caplog.text
    await client.close()


async def test_wechats_own_word_reaches_the_caller_whatever_the_store_does(api: Api) -> None:
    store = Full()
    client = api.another(store)
    await client.call("user.info", USER)
    store.is_full = True
    api.platform.fail(45009, path="/cgi-bin/user/info")
    with pytest.raises(ApiError, match="45009"):
        await client.call("user.info", USER)
    await client.call("token.clear")
    await client.close()


async def test_setting_one_counter_back_opens_that_method_only(api: Api) -> None:
    for path in ("/cgi-bin/user/info", "/cgi-bin/user/info/updateremark"):
        api.platform.fail(45009, path=path)
    with pytest.raises(ApiError):
        await api.client.call("user.info", USER)
    with pytest.raises(ApiError):
        await api.client.call("user.remark", {**USER, "remark": "x"})
    await api.client.call("token.clear_api_quota", {"cgi_path": "/cgi-bin/user/info"})
    await api.client.call("user.info", USER)
    with pytest.raises(CallRefused):
        await api.client.call("user.remark", {**USER, "remark": "x"})


async def test_an_unknown_method_is_not_called(api: Api) -> None:
    with pytest.raises(CallRefused, match=r"user.infoo: there is no such method; did you mean user.info\?"):
        await api.client.call("user.infoo", USER)
    assert api.platform.calls == []


async def test_wrong_arguments_are_not_sent(api: Api) -> None:
    with pytest.raises(CallRefused, match="no `opnid`; did you mean `openid`") as caught:
        await api.client.call("user.info", {"opnid": "x"})
    assert "是不是 `openid`" in caught.value.wording.zh
    assert api.platform.calls == []


async def test_a_closed_method_leaves_the_house_only_on_purpose(api: Api) -> None:
    with pytest.raises(CallRefused, match=r"is closed: .* use url.gen_shorten"):
        await api.client.call("url.shorten", {"long_url": "http://a"})
    await api.client.call("url.shorten", {"long_url": "http://a"}, closed=True)
    assert api.platform.paths() == ["/cgi-bin/shorturl"]


async def test_rights_are_looked_up_before_anything_is_sent(api: Api) -> None:
    client = api.another(standing=Standing())
    with pytest.raises(CallRefused, match="needs a verified account; this is an unverified subscription account"):
        await client.call("user.info", USER)
    with pytest.raises(CallRefused, match="is a method of WeCom"):
        await client.call("wecom_user.get_user", {"userid": "x"})
    assert api.platform.calls == []
    await client.close()


async def test_followers_come_page_by_page(api: Api) -> None:
    for number in range(10_001):
        _ = api.platform.users[f"o{number:05}"]
    told: list[tuple[int, int | None]] = []
    pages = [page async for page in api.client.pages("user.list", watch=lambda *far: told.append(far))]
    assert [len(page) for page in pages] == [10_000, 2]
    assert told == [(10_000, 10_002), (10_002, 10_002)]
    with pytest.raises(CallRefused):
        _ = [page async for page in api.client.pages("user.info")]


async def test_nobody_follows(api: Api) -> None:
    api.platform.users.clear()
    assert [page async for page in api.client.pages("user.list")] == []


async def test_a_picture_is_kept_in_memory_or_written_to_a_file(api: Api, tmp_path: Path) -> None:
    picture = tmp_path / "cat.jpg"
    picture.write_bytes(b"\xff\xd8\xff" + b"x" * 600_000)
    answer = await api.client.call("media.upload", {"type": "image", "media": picture})
    assert isinstance(answer, dict)
    media = {"media_id": answer["media_id"]}
    download = await api.client.call("media.get", media)
    assert isinstance(download, Download)
    assert (download.content, download.name, download.type) == (picture.read_bytes(), "media.jpg", "image/jpeg")
    seen: list[int] = []
    target = tmp_path / "again.jpg"
    await api.client.call("media.get", media, sink=Sink(target, lambda size, _: seen.append(size)))
    assert _files(tmp_path) == {"again.jpg": picture.read_bytes(), "cat.jpg": picture.read_bytes()}
    assert seen[-1] == 600_003


async def test_an_error_in_place_of_a_file_is_an_error(api: Api, tmp_path: Path) -> None:
    with pytest.raises(ApiError, match="40007"):
        await api.client.call("media.get", {"media_id": "gone"}, sink=Sink(tmp_path / "x"))
    assert _files(tmp_path) == {}


async def test_a_thumb_and_a_video(api: Api, tmp_path: Path) -> None:
    video = tmp_path / "v.mp4"
    video.write_bytes(b"video")
    answer = await api.client.call("media.upload", {"type": "thumb", "media": video})
    assert isinstance(answer, dict)
    assert "thumb_media_id" in answer
    assert await api.client.call("media.get", {"media_id": answer["thumb_media_id"]}) == {
        "video_url": "http://video.example.com/1.mp4"
    }


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


FAULTS = ["slow", "reset", "status", "html", "empty", -1, 40001, 42001, 45009, 40164, 48001]


@pytest.mark.parametrize("path", ["/cgi-bin/user/info", "/cgi-bin/stable_token"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_no_failure_tells_a_secret(api: Api, fault: str | int, path: str) -> None:
    """Neither the message nor a traceback of it, whatever goes wrong."""
    api.platform.fail(fault, times=99, path=path, seconds=30)
    client = api.another(timeout=0.1 if fault == "slow" else 5.0)
    with pytest.raises(ApiFailure) as caught:
        await client.call("user.info", USER)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caught.value.wording.zh
    for secret in (APP_SECRET, "access_token=", "token-1-of", "secret=", *api.platform.tokens):
        assert secret not in told
    assert len(api.platform.calls) <= 8
    await client.close()


async def test_who_is_slow_is_not_asked_again(api: Api) -> None:
    await api.client.token()
    api.platform.fail("slow", times=9, path="/cgi-bin/user/info", seconds=30)
    client = api.another(timeout=0.5)
    with pytest.raises(NoAnswer) as caught:
        await client.call("user.info", USER)
    assert (caught.value.kind, caught.value.is_certain) == ("timeout", False)
    assert len(api.platform.paths()) == 1
    await client.close()


async def test_without_a_connection_nothing_was_done(api: Api) -> None:
    client = api.another()
    await client.token()
    api.platform.host = "127.0.0.1:9"
    lost = api.another()
    with pytest.raises(NoAnswer) as caught:
        await lost.call("customer_message.text", CARD)
    assert caught.value.is_certain
    assert len(api.pauses) == 2
    for it in (client, lost):
        await it.close()


async def test_a_busy_token_desk_is_asked_again(api: Api) -> None:
    api.platform.fail(-1, path="/cgi-bin/stable_token")
    await api.client.call("customer_message.text", CARD)
    [pause] = api.pauses
    assert pause >= 1.0  # as long as nothing may be fetched


async def test_a_store_that_is_away_is_no_answer(api: Api) -> None:
    class Away(MemoryStore):
        async def read_value(self, name: str, at: datetime) -> str | None:  # noqa: ARG002
            raise StoreUnavailable("gone")

    client = api.another(Away())
    with pytest.raises(NoAnswer, match="store does not answer") as caught:
        await client.call("user.info", USER)
    assert caught.value.is_certain
    await client.close()


async def test_many_calls_at_once_share_one_token(api: Api) -> None:
    await asyncio.gather(*(api.client.call("user.info", USER) for _ in range(100)))
    assert sum(api.platform.fetches.values()) == 1


async def test_every_call_is_told_with_its_end(api: Api) -> None:
    told: list[tuple[str, str]] = []

    def hear(family: str, outcome: str, seconds: float) -> None:
        assert seconds >= 0
        told.append((family, outcome))

    client = api.another(told=hear)
    await client.call("user.info", USER)
    await client.request("GET", "/cgi-bin/user/info", query=USER)
    api.platform.fail(45009)
    for _ in range(2):
        with pytest.raises(ApiFailure):
            await client.call("user.info", USER)
    with pytest.raises(CallRefused):
        await client.call("no.such")
    await client.close()
    assert told == [("user", "done"), ("other", "done"), ("user", "45009"), ("user", "quota")]
