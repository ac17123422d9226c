"""Turns that are done where they are asked for are like those that have a task of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from fakes.clock import FakeClock, LoopClock, run_virtually
from fakes.deliveries import TimedPerformer
from fakes.engines import ANN, LATER, NEITHER, PUSH, EngineHouse, arrival, plain
from fakes.machine import count_turns
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from interpreter.machine.events import Event
from interpreter.machine.replies import ImageReply, Reply, TextReply
from interpreter.machine.session import Session, Step
from interpreter.runtime.arrival import Encoded, HeldBack
from interpreter.runtime.slow import Slow
from interpreter.runtime.timing import Timing
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import Commit, Committed, MessageKey, Saved, SessionKey, StoreError, StoreUnavailable


class Awaited(MemoryStore):
    """A store that is said to take its time."""

    @property
    def at_once(self) -> None:
        return None


class Soon(MemoryStore):
    """A store that takes its time for writes only, and fails some of them before or after they are done."""

    def __init__(self, *failures: str) -> None:
        super().__init__()
        self.failures = list(failures)
        self.writing: list[asyncio.Task[None]] = []

    async def commit(self, turn: Commit) -> Committed:
        await asyncio.sleep(0.01)
        return await self._write(turn)

    def commit_soon(self, turn: Commit, then: Saved) -> None:  # type: ignore[override]
        async def write() -> None:
            try:
                committed = await self.commit(turn)
            except StoreError as error:
                then(error)
            else:
                then(committed)

        self.writing.append(asyncio.create_task(write()))

    async def _write(self, turn: Commit) -> Committed:
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "before":
            raise StoreUnavailable("no write")
        committed = await super().commit(turn)
        if failure == "after":
            raise StoreUnavailable("no answer to a write")
        return committed


class Silent(MemoryStore):
    """A store that never says what came of a write."""

    async def commit(self, turn: Commit) -> Committed:  # noqa: ARG002 - the store's own signature
        return await asyncio.get_running_loop().create_future()

    def commit_soon(self, turn: Commit, then: Saved) -> None:  # type: ignore[override]
        pass


def with_pictures(session: Session, event: Event) -> Step:
    """The machine of these tests; what is logged is said with a picture."""
    step = count_turns(session, event)
    if not any(line.name == "rules.log" for line in step.trace):
        return step
    return replace(step, replies=(ImageReply("media:cat"), *step.replies))


def shown(replies: Sequence[Reply]) -> Encoded:
    """Replies as `plain` has them, pictures among them."""
    return plain([TextReply(f"<{each.media_id}>") if isinstance(each, ImageReply) else each for each in replies])


SAID = ("hi", "silent", "many", "fault", "crash", "log it", "send news", "call weather", "post a b")
TIMED = ("wait 5 hi", "wait 3 many", "stop")
EVENTS = ("click", "subscribe", "unsubscribe")
Asked = tuple[str, str, str, int]
"""Words or an event, a user, a message's key, and how many seconds later."""
ASKED: st.SearchStrategy[Asked] = st.tuples(
    st.sampled_from(SAID + TIMED + EVENTS),
    st.sampled_from(["ann", "li.si"]),
    st.sampled_from("abcdef"),
    st.integers(0, 4),
)


async def play(store: MemoryStore, slow: Slow, talk: Sequence[Asked], within: float) -> list[object]:
    """What comes of some messages: the answers, what is stored, and everything that others are told."""
    clock = FakeClock()
    house = EngineHouse(store, with_pictures, slow=slow, clock=clock)
    seen: list[object] = []
    for words, user, key, seconds in talk:
        clock.move(seconds)
        is_event, time = words in EVENTS, int(clock.timestamp())
        event = {"type": "event", "fields": {"event": words}} if is_event else {}
        asked = replace(arrival("" if is_event else words, user, key, time=time, **event), encode=shown)
        seen.append(await house.engine.handle(asked, within=within))
        await asyncio.sleep(1)  # whoever sends gets round to it
        stored = await store.load(asked.key, asked.message_key)
        seen += [stored, sorted(map(repr, await store.parcels(asked.key))), await store.waking("demo", clock.now(), 9)]
    await house.settle()
    told = [replace(record, turn="") for record in house.seen.records]
    return [*seen, told, house.performer.said, house.performer.calls, sorted(house.pushed)]


@settings(deadline=None, max_examples=150)
@given(st.lists(ASKED, max_size=10), st.sampled_from([LATER, PUSH, NEITHER]), st.sampled_from([4.45, 2.0]))
def test_a_turn_with_nothing_to_wait_for_is_like_any_other(talk: list[Asked], slow: Slow, within: float) -> None:
    usual = run_virtually(play(Awaited(), slow, talk, within))
    assert run_virtually(play(MemoryStore(), slow, talk, within)) == usual
    assert run_virtually(play(Soon(), slow, talk, within)) == usual


def test_the_usual_turn_needs_no_event_loop() -> None:
    house = EngineHouse()
    assert house.engine.begin(arrival("hi")) == b"turn 1"
    assert house.seen.outcomes == ["answered"]


@pytest.mark.parametrize("words", ["call weather", "many"])
async def test_what_has_to_wait_is_left_to_be_awaited(words: str) -> None:
    house = EngineHouse()
    begun = house.engine.begin(arrival(words), within=4.45 if words == "call weather" else 2.0)
    assert begun is not None
    assert not isinstance(begun, bytes)
    assert house.seen.outcomes == []
    assert await begun in {b"weather1 #1", b"one"}


async def test_a_message_is_not_answered_before_one_of_its_user_that_came_first() -> None:
    house = EngineHouse()
    first = asyncio.create_task(house.say("call slow", key="first"))
    await house.performer.started.wait()
    begun = house.engine.begin(arrival("hi", key="second"))
    assert begun is not None
    assert not isinstance(begun, bytes)
    house.performer.release.set()
    assert [await first, await begun] == ["slow1 #1", b"turn 2"]


async def test_a_message_that_was_given_up_before_goes_another_way() -> None:
    house = EngineHouse(slow=PUSH)
    await house.store.knock(ANN, MessageKey("m"), house.clock.now(), 1)
    assert await house.say("hi", key="m") == "wait"
    await house.settle()
    assert house.pushed == ["turn 1"]


async def test_of_two_users_only_the_one_who_waits_is_waited_for() -> None:
    house = EngineHouse()
    slow = asyncio.create_task(house.say("call slow"))
    await house.performer.started.wait()
    assert house.engine.begin(arrival("hi", user="bob")) == b"turn 1"
    assert (await house.store.load(SessionKey("demo", "bob"))).session is not None
    house.performer.release.set()
    await slow


# ---------------------------------------------------------------------------------- writes that others wait for


def test_copies_and_later_messages_wait_for_a_write() -> None:
    async def main() -> None:
        house = EngineHouse(Soon(), clock=LoopClock())
        said = [house.say("hi", key="a"), house.say("hi", key="a"), house.say("hi", key="b")]
        assert await asyncio.gather(*said) == ["turn 1", "turn 1", "turn 2"]
        assert house.seen.outcomes == ["answered", "answered"]
        assert house.engine.running == 0

    run_virtually(main())


def test_a_caller_that_goes_away_does_not_stop_a_write() -> None:
    async def main() -> None:
        house = EngineHouse(Soon(), clock=LoopClock(), slow=PUSH)
        calling = asyncio.create_task(house.say("send news", key="a"))
        await asyncio.sleep(0)
        calling.cancel()
        await asyncio.sleep(1)
        await house.settle()
        assert (house.seen.outcomes, house.pushed) == (["answered"], ["news"])

    run_virtually(main())


@pytest.mark.parametrize("words", ["hi", "call 60"])
def test_deliveries_wait_each_for_as_long_as_they_may(words: str) -> None:
    async def main() -> None:
        house = EngineHouse(Silent(), clock=LoopClock(), performer=TimedPerformer())
        waits = [2.0, 0.5, 4.45, 0.5001, 3.0, 0.0, 4.45]
        begun = [
            house.engine.begin(arrival(words, user=f"user{number}"), within=within, hold=1)
            for number, within in enumerate(waits)
        ]
        ended: dict[int, float] = {}
        for number, answer in enumerate(begun):
            assert isinstance(answer, asyncio.Future)
            answer.add_done_callback(lambda _, number=number: ended.setdefault(number, house.clock.monotonic()))
        assert {type(each) for each in await asyncio.gather(*begun, return_exceptions=True)} == {HeldBack}  # type: ignore[arg-type]
        assert [ended[number] for number in range(len(waits))] == pytest.approx([each + 1 for each in waits], abs=0.02)

    run_virtually(main())


@pytest.mark.parametrize("words", ["hi", "call 60"])
def test_a_delivery_that_goes_away_is_not_counted(words: str) -> None:
    async def main() -> None:
        house = EngineHouse(Silent(), clock=LoopClock(), performer=TimedPerformer())
        gone, waiting = (asyncio.create_task(house.say(words, key="a")) for _ in range(2))
        await asyncio.sleep(1)
        gone.cancel()
        with pytest.raises(HeldBack):
            await waiting
        assert (await house.store.knock(ANN, MessageKey("a"), house.clock.now(), 9)).count == 2

    run_virtually(main())


def test_a_write_that_fails_leaves_its_turn_to_the_next_delivery(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        house = EngineHouse(Soon("before"), clock=LoopClock())
        with pytest.raises(HeldBack):
            await house.say("hi", key="a")
        assert (house.engine.running, house.seen.outcomes) == (0, ["failed"])
        assert await house.say("hi", key="a") == "turn 1"

    run_virtually(main())
    assert caplog.text.count("a turn was lost") == 1


def test_a_write_that_is_done_but_not_confirmed_is_answered() -> None:
    async def main() -> None:
        house = EngineHouse(Soon("after"), clock=LoopClock())
        assert [await house.say("hi", key="a"), await house.say("hi", key="a")] == ["turn 1"] * 2
        assert (await house.session()).turns == 1

    run_virtually(main())


def test_a_turn_that_lost_the_race_to_save_is_decided_again() -> None:
    async def main() -> None:
        store = Soon()
        house = EngineHouse(store, clock=LoopClock())
        calling = asyncio.create_task(house.say("hi"))
        await asyncio.sleep(0)
        await MemoryStore.commit(store, Commit(ANN, Session("ann", turns=10), 0, house.clock.now()))
        assert await calling == "turn 11"
        assert house.seen.outcomes == ["answered"]

    run_virtually(main())


def test_a_message_that_is_given_up_while_it_is_saved_goes_another_way() -> None:
    async def main() -> None:
        store = Soon()
        house = EngineHouse(store, clock=LoopClock(), slow=PUSH)
        calling = asyncio.create_task(house.say("hi", key="a"))
        await asyncio.sleep(0)
        await store.knock(ANN, MessageKey("a"), house.clock.now(), 1)
        assert await calling == "wait"
        await house.settle()
        assert (house.pushed, house.seen.outcomes, house.engine.running) == (["turn 1"], ["given-up"], 0)

    run_virtually(main())


@pytest.mark.parametrize("failure", ["", "before"])
def test_closing_waits_for_a_write_and_gives_it_up_in_the_end(failure: str) -> None:
    async def main() -> None:
        house = EngineHouse(Soon(failure), clock=LoopClock(), timing=Timing(drain=0.001, look=0, retry=0))
        calling = asyncio.create_task(house.say("hi", key="a"))
        await asyncio.sleep(0)
        await house.engine.close()
        with pytest.raises(HeldBack):
            await calling
        await asyncio.sleep(1)
        assert house.engine.running == 0

    run_virtually(main())


def test_a_write_that_never_ends_is_given_up() -> None:
    async def main() -> None:
        house = EngineHouse(Silent(), clock=LoopClock())
        calling = asyncio.create_task(house.say("hi", key="a"))
        await asyncio.sleep(290)
        later = asyncio.create_task(house.say("hi", user="bob"))
        assert (house.engine.running, house.seen.outcomes) == (1, [])
        await asyncio.sleep(20)
        assert (house.engine.running, house.seen.outcomes) == (1, ["failed"])
        await asyncio.sleep(300)
        assert (house.engine.running, house.seen.outcomes) == (0, ["failed", "failed"])
        for each in (calling, later):
            with pytest.raises(HeldBack):
                await each

    run_virtually(main())
