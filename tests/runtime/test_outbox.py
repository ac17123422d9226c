from __future__ import annotations

from collections.abc import Sequence

import pytest
from fakes.clock import FakeClock
from fakes.engines import ANN, LATER, NEITHER, PUSH, EngineHouse, Plain, arrival
from msgspec.structs import replace

from interpreter.machine.effects import Send
from interpreter.machine.replies import ImageReply, Reply, TextReply
from interpreter.program.media import symbolic
from interpreter.runtime.outbox import joined
from interpreter.runtime.parcels import Outgoing, pack, read_parcel, reply_to
from interpreter.runtime.slow import Slow
from interpreter.stores.protocol import Parcel, SessionKey


async def put_waiting(house: EngineHouse, *texts: str) -> tuple[Parcel, ...]:
    outgoing = [Outgoing(reply_to("ann", TextReply(text)), 0, True) for text in texts]
    parcels = pack("an old message", outgoing, house.clock.now())
    await house.store.put(ANN, parcels)
    return parcels


def test_texts_that_follow_one_another_become_one() -> None:
    image = ImageReply("m")
    assert joined([]) == ()
    assert joined([TextReply("a"), TextReply("b"), image, TextReply("c")]) == (TextReply("a\nb"), image, TextReply("c"))


# ---------------------------------------------------------------------------------------------------- files


def named(replies: Sequence[Reply]) -> Plain:
    """What answers a message in these tests: the media ids of its pictures."""
    return Plain(" ".join(reply.media_id for reply in replies if isinstance(reply, ImageReply)).encode())


async def test_an_answer_sends_files_by_their_media_ids() -> None:
    house = EngineHouse()
    outgoing = [Outgoing(reply_to("ann", ImageReply(symbolic(name))), 0, True) for name in ("cat", "lost", "dog")]
    await house.store.put(ANN, pack("an old message", outgoing, house.clock.now()))
    assert await house.engine.handle(replace(arrival("hi"), encode=named)) == b"cat-image dog-image"


# ---------------------------------------------------------------------------------------------------- what waits


async def test_what_waits_comes_before_the_answer_to_the_next_message() -> None:
    house = EngineHouse()
    await put_waiting(house, "old", "older")
    assert await house.say("hi", key="same") == "old\nolder\nturn 1"
    assert (await house.store.load(ANN)).waiting == ()
    assert await house.say("hi", key="same") == "old\nolder\nturn 1"
    assert await house.say("hi") == "turn 2"


async def test_what_waits_is_said_even_when_the_bot_is_silent() -> None:
    house = EngineHouse()
    await put_waiting(house, "old")
    assert await house.say("silent") == "old"


async def test_an_event_that_shows_no_answer_leaves_it_waiting() -> None:
    house = EngineHouse()
    await put_waiting(house, "old")
    event = arrival("hi", type="event", fields={"event": "location"})
    assert await house.engine.handle(event) == b"turn 1"
    assert await house.say("hi") == "old\nturn 2"


async def test_what_waits_cannot_be_lost_by_a_message_that_is_given_up() -> None:
    house = EngineHouse(slow=Slow(hold=False, then="later", notice="ask again"))
    await put_waiting(house, "old")
    assert await house.engine.handle(arrival("call slow"), within=0) == b"ask again"
    house.performer.release.set()
    assert await house.say("hi") == "old\nslow1 #1\nturn 2"
    assert await house.say("hi") == "turn 3"


async def test_what_waits_but_cannot_be_read_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    house = EngineHouse()
    bare = pack("m", [Outgoing(Send("e", "ann"), 0, True)], house.clock.now())
    await house.store.put(ANN, [Parcel("broken:0", "{", house.clock.now(), for_next=True), *bare])
    assert await house.say("hi") == "turn 1"
    assert "a message that waited for its user is lost" in caplog.text
    assert (await house.store.load(ANN)).waiting == ()


# ------------------------------------------------------------------------------------ what finds no room


async def test_what_finds_no_room_is_pushed_in_order() -> None:
    house = EngineHouse(slow=PUSH)
    assert await house.say("many") == "one"
    await house.settle()
    assert house.pushed == ["two", "three"]


async def test_or_it_comes_with_the_next_message() -> None:
    house = EngineHouse(slow=LATER)
    assert await house.say("many") == "one"
    assert await house.say("hi") == "two\nthree\nturn 2"


async def test_or_it_is_dropped_and_mentioned_once(caplog: pytest.LogCaptureFixture) -> None:
    house = EngineHouse(slow=NEITHER)
    assert await house.say("many") == "one"
    assert await house.say("hi") == "turn 2"
    assert caplog.text.count("2 replies were not delivered") == 1


async def test_the_parcels_of_a_turn_are_saved_with_it_under_ids_of_its_message() -> None:
    clock = FakeClock()
    house = EngineHouse(slow=PUSH, clock=clock)
    await house.engine._courier.close(0)
    await house.say("send news", key="m1")
    clock.move(1)
    await house.say("many", key="m2")
    parcels = await house.store.parcels(ANN)
    assert [getattr(read_parcel(parcel.body).reply, "text", "") for parcel in parcels] == ["news", "two", "three"]
    assert [parcel.id.partition(":")[2] for parcel in parcels] == ["0", "0", "1"]
    assert len({parcel.id for parcel in parcels}) == 3


# ---------------------------------------------------------------------------------------------------- goodbye, notices


async def test_a_user_who_leaves_gets_nothing_more_but_others_do() -> None:
    house = EngineHouse(slow=PUSH)
    await house.say("wait 60 hi")
    for text in ("many", "send she left"):
        leaving = arrival(text, type="event", fields={"event": "unsubscribe"})
        await house.engine.handle(leaving)
    await house.settle()
    assert house.pushed == ["she left"]
    assert (await house.store.load(SessionKey("demo", "ann"))).session is None


async def test_only_a_message_that_can_be_answered_is_given_up_with_a_notice() -> None:
    house = EngineHouse(slow=Slow(hold=False, notice="ask again"))
    asked = await house.engine.handle(arrival("call slow"), within=0)
    event = arrival("call slow", user="bob", type="event", fields={"event": "location"})
    assert (asked, await house.engine.handle(event, within=0)) == (b"ask again", b"success")
    house.performer.release.set()
    await house.settle()


async def test_a_message_of_a_turn_that_was_given_up_goes_out_all_the_same() -> None:
    house = EngineHouse(slow=Slow(hold=False, then=None, else_later=False))
    slow = await house.engine.handle(arrival("call slow"), within=0)
    behind = await house.engine.handle(arrival("send news"), within=0)
    house.performer.release.set()
    await house.settle()
    assert (slow, behind, house.pushed) == (b"success", b"success", ["news"])
