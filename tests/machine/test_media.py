from __future__ import annotations

import pytest

from interpreter.machine.effects import Send, SentMessage
from interpreter.machine.media import media_of, media_of_send, send_with_media, with_media
from interpreter.machine.replies import ImageReply, MusicReply, Reply, TextReply, VideoReply, VoiceReply
from interpreter.program.media import media_name, symbolic

CAT = symbolic("cat")


@pytest.mark.parametrize(
    ("reply", "kind", "sent"),
    [
        (ImageReply(CAT), "image", ImageReply("ID")),
        (VoiceReply(CAT), "voice", VoiceReply("ID")),
        (VideoReply(CAT, "猫"), "video", VideoReply("ID", "猫")),
        (MusicReply("歌", thumb=CAT), "thumb", MusicReply("歌", thumb="ID")),
    ],
)
def test_a_file_gets_its_media_id(reply: Reply, kind: str, sent: Reply) -> None:
    assert media_of([reply]) == (("cat", kind),)
    assert with_media(reply, {("cat", kind): "ID"}) == sent  # type: ignore[dict-item]
    assert media_of([sent]) == ()


@pytest.mark.parametrize("reply", [TextReply(CAT), ImageReply("MEDIA_ID"), MusicReply("歌")])
def test_what_sends_no_file_stays_as_it_is(reply: Reply) -> None:
    assert media_of([reply]) == ()
    assert with_media(reply, {}) is reply


def test_each_use_of_a_file_is_named_once() -> None:
    assert media_of([ImageReply(CAT), MusicReply(thumb=CAT), ImageReply(CAT)]) == (("cat", "image"), ("cat", "thumb"))


def test_a_message_with_a_reply_is_like_the_reply() -> None:
    send = Send("1", "u", ImageReply(CAT))
    assert media_of_send(send) == (("cat", "image"),)
    assert send_with_media(send, {("cat", "image"): "ID"}).reply == ImageReply("ID")


def test_a_page_of_a_mini_program_has_a_picture() -> None:
    send = Send("1", "u", message=SentMessage("mini_page", {"page": "index", "thumb": CAT}))
    assert media_of_send(send) == (("cat", "image"),)
    sent = send_with_media(send, {("cat", "image"): "ID"})
    assert sent.message == SentMessage("mini_page", {"page": "index", "thumb": "ID"})


def test_a_message_without_a_file_stays_as_it_is() -> None:
    for send in (Send("1", "u", template="T"), Send("1", "u", message=SentMessage("card", {"id": "CARD"}))):
        assert media_of_send(send) == ()
        assert send_with_media(send, {}) is send


def test_a_media_id_of_wechat_s_is_no_name() -> None:
    assert media_name("abc-DEF_123") is None
    assert media_name(CAT) == "cat"
