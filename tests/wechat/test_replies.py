from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.machine.events import Message
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
from interpreter.values import Value
from interpreter.wechat.replies import SUCCESS, write_passive
from interpreter.wechat.xml import read_xml

ASKED = Message(type="text", user="oUser1", account="gh_bot", time=1700000000, text="hi")
CLICKED = Message(type="event", user="oUser1", account="gh_bot", time=1700000000, fields={"event": "click"})


def written(*replies: Reply, message: Message = ASKED) -> dict[str, Value]:
    content = read_xml(write_passive(message, replies, 1700000001).body)
    assert (content.pop("ToUserName"), content.pop("FromUserName")) == ("oUser1", "gh_bot")
    assert content.pop("CreateTime") == "1700000001"
    return content


def test_the_bytes_of_a_text_reply() -> None:
    assert write_passive(ASKED, [TextReply("你好")], 1700000001).body.decode() == (
        "<xml><ToUserName><![CDATA[oUser1]]></ToUserName><FromUserName><![CDATA[gh_bot]]></FromUserName>"
        "<CreateTime>1700000001</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content></xml>"
    )


@pytest.mark.parametrize(
    ("reply", "content"),
    [
        (ImageReply("m1"), {"MsgType": "image", "Image": {"MediaId": "m1"}}),
        (VoiceReply("m2"), {"MsgType": "voice", "Voice": {"MediaId": "m2"}}),
        (VideoReply("m3"), {"MsgType": "video", "Video": {"MediaId": "m3"}}),
        (
            VideoReply("m3", "t", "d"),
            {"MsgType": "video", "Video": {"MediaId": "m3", "Title": "t", "Description": "d"}},
        ),
        (
            MusicReply("t", "d", "u", "h", "m"),
            {
                "MsgType": "music",
                "Music": {
                    "Title": "t",
                    "Description": "d",
                    "MusicUrl": "u",
                    "HQMusicUrl": "h",
                    "ThumbMediaId": "m",
                },
            },
        ),
        (
            MusicReply(url="u"),
            {"MsgType": "music", "Music": {"Title": "", "Description": "", "MusicUrl": "u", "HQMusicUrl": "u"}},
        ),
        (TransferReply(), {"MsgType": "transfer_customer_service"}),
        (
            TransferReply("a@b"),
            {"MsgType": "transfer_customer_service", "TransInfo": {"KfAccount": "a@b"}},
        ),
        (
            NewsReply((Article("t", "d", "p", "u"),)),
            {
                "MsgType": "news",
                "ArticleCount": "1",
                "Articles": {"item": [{"Title": "t", "Description": "d", "PicUrl": "p", "Url": "u"}]},
            },
        ),
    ],
    ids=lambda part: type(part).__name__,
)
def test_every_kind_of_reply(reply: Reply, content: dict[str, Value]) -> None:
    assert written(reply) == content


def test_nothing_to_say_is_success() -> None:
    assert write_passive(ASKED, [], 1).body == SUCCESS


@pytest.mark.parametrize("reply", [TextReply(""), TextReply(" \n"), TextReply("\x00\x1b"), NewsReply(())], ids=repr)
def test_a_reply_that_says_nothing_is_left_out(reply: Reply) -> None:
    assert write_passive(ASKED, [reply], 1).body == SUCCESS
    assert written(reply, TextReply("b"))["Content"] == "b"


def test_the_first_reply_answers_and_the_others_are_handed_back() -> None:
    passive = write_passive(ASKED, [TextReply("a"), ImageReply("m"), TextReply("b")], 1)
    assert read_xml(passive.body)["Content"] == "a"
    assert passive.rest == (ImageReply("m"), TextReply("b"))


ARTICLES = tuple(Article(f"title {number}") for number in range(10))


@pytest.mark.parametrize(("message", "count"), [(ASKED, 1), (CLICKED, 8)])
def test_articles_are_cut_to_what_the_trigger_allows(message: Message, count: int) -> None:
    passive = write_passive(message, [NewsReply(ARTICLES)], 1)
    content = read_xml(passive.body)
    assert content["ArticleCount"] == str(count)
    assert len(content["Articles"]["item"]) == count  # type: ignore[call-overload, index, arg-type]
    assert passive.rest == (NewsReply(ARTICLES[count:]),)


def test_a_long_text_is_cut_and_the_rest_handed_back_before_the_other_replies() -> None:
    text = "好" * 1000
    passive = write_passive(ASKED, [TextReply(text), ImageReply("m")], 1)
    first = str(read_xml(passive.body)["Content"])
    assert first == "好" * (2048 // 3)
    assert passive.rest == (TextReply("好" * (1000 - 2048 // 3)), ImageReply("m"))


@pytest.mark.parametrize(
    "text", ["]]>", "a]]>b", "]]]]>>", "</Content></xml>", "<![CDATA[x]]>", "&amp;", "<!DOCTYPE a>", "{{x}}", "%s {0}"]
)
def test_a_text_cannot_break_out(text: str) -> None:
    assert written(TextReply(text))["Content"] == text


def test_illegal_characters_are_left_out() -> None:
    assert written(TextReply("a\x00\x1b[31mb\ud800c\ufffe"))["Content"] == "a[31mbc"


def test_names_of_the_ends_cannot_break_out_either() -> None:
    message = Message(type="text", user="a]]><b>", account="c]]>", time=0)
    content = read_xml(write_passive(message, [TextReply("x")], 1).body)
    assert (content["ToUserName"], content["FromUserName"]) == ("a]]><b>", "c]]>")


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text(st.characters(exclude_categories=[]), max_size=40).map(TextReply), max_size=3))
def test_any_text_makes_xml_that_can_be_read(replies: list[TextReply]) -> None:
    body = write_passive(ASKED, replies, 1).body
    assert body == SUCCESS or read_xml(body)["Content"]


ANY_TEXT = st.text(st.characters(exclude_categories=[]) | st.sampled_from("]> \n\x00\u3000"), max_size=30)


@settings(deadline=None, max_examples=300)
@given(ANY_TEXT, ANY_TEXT, ANY_TEXT.map(lambda text: text * 30) | ANY_TEXT)
def test_one_text_is_written_like_the_first_of_several_replies(user: str, account: str, text: str) -> None:
    message = Message(type="text", user=user, account=account, time=0)
    alone = write_passive(message, [TextReply(text)], 1)
    among = write_passive(message, [TextReply(""), TextReply(text)], 1)
    assert (alone.body, alone.rest) == (among.body, among.rest)
