from __future__ import annotations

import json
from datetime import timedelta
from typing import get_args

import pytest
from fakes.clock import START
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.machine.effects import Send
from interpreter.machine.replies import Article, ImageReply, NewsReply, Reply, TextReply
from interpreter.runtime.parcels import REPLY, Outgoing, UnreadableParcel, pack, read_parcel, reply_to, write_parcel

REPLIES = get_args(Reply)


@given(st.from_type(Send))
@settings(deadline=None)
def test_every_message_comes_back_as_it_was_written(send: Send) -> None:
    assert read_parcel(write_parcel(send)) == send


@pytest.mark.parametrize("kind", REPLIES, ids=[kind.__name__ for kind in REPLIES])
def test_every_kind_of_reply_comes_back_as_it_was_written(kind: type) -> None:
    @given(st.from_type(kind))
    @settings(deadline=None, max_examples=25)
    def check(reply: Reply) -> None:
        send = reply_to("ann", reply)
        back = read_parcel(write_parcel(send))
        assert back == send
        assert type(back.reply) is kind

    check()


def test_what_is_empty_is_left_out() -> None:
    assert json.loads(write_parcel(Send("e1", "ann", TextReply("hi")))) == {
        "id": "e1",
        "to": "ann",
        "reply": {"is": "TextReply", "text": "hi"},
    }


def test_chinese_stays_readable_and_half_a_character_is_kept() -> None:
    assert "你好" in write_parcel(reply_to("ann", TextReply("你好")))
    half = reply_to("ann", TextReply("\ud83d"))
    write_parcel(half).encode()
    assert read_parcel(write_parcel(half)) == half


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"id": "e", "to": 7}',
        '{"id": "e", "to": "ann", "new": 1}',
        '{"id": "e", "to": "ann", "reply": {"is": "HologramReply"}}',
        '{"id": "e", "to": "ann", "reply": {"text": "of no kind"}}',
        '{"id": "e", "to": "ann", "reply": {"is": "TextReply", "text": null}}',
        '{"id": "e", "to": "ann", "reply": 5}',
        "[" * 100_000,
    ],
)
def test_what_is_no_message_is_refused(body: str) -> None:
    with pytest.raises(UnreadableParcel):
        read_parcel(body)


def test_the_same_cause_gives_the_same_ids_and_another_one_others() -> None:
    outgoing = [Outgoing(reply_to("ann", TextReply("a"))), Outgoing(reply_to("ann", ImageReply("m")), 0.5, True)]
    first, again, other = (pack(cause, outgoing, START) for cause in ("m1", "m1", "m2"))
    assert first == again
    assert not {parcel.id for parcel in first} & {parcel.id for parcel in other}
    assert [parcel.id.partition(":")[2] for parcel in first] == ["0", "1"]
    assert [(parcel.due, parcel.for_next) for parcel in first] == [
        (START, False),
        (START + timedelta(seconds=0.5), True),
    ]


def test_a_reply_is_marked_as_one() -> None:
    send = reply_to("ann", NewsReply((Article("title"),)))
    assert (send.id, send.to) == (REPLY, "ann")
