from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.clock import START
from fakes.deliveries import ShakyStore, failing_once
from fakes.engines import ANN

from interpreter.machine.replies import TextReply
from interpreter.machine.session import Session
from interpreter.runtime.parcels import Outgoing, pack, read_parcel, reply_to
from interpreter.runtime.spare import SEAL, claim_spare, is_spare, make_spare, unseal
from interpreter.stores.memory import MemoryStore
from interpreter.stores.protocol import Commit, MessageKey, Parcel, SessionStore, StoreUnavailable

MESSAGE = MessageKey("m1")
HI = TextReply("hi")
LATER = START + timedelta(minutes=1)


async def answered(store: SessionStore, *, for_next: bool = False) -> Parcel:
    """The spare of an answer that a turn has saved."""
    spare = make_spare(MESSAGE, "ann", HI, START, 16, for_next=for_next)
    await store.commit(Commit(ANN, Session("ann"), 0, START, MESSAGE, SEAL + b"hi", (spare,)))
    return spare


async def test_a_delivery_takes_the_spare_with_the_answer_and_so_do_those_that_follow(any_store: SessionStore) -> None:
    spare = await answered(any_store)
    assert await any_store.parcels(ANN) == (spare,)
    assert await unseal(any_store, ANN, MESSAGE, SEAL + b"hi", START) == b"hi"
    assert await any_store.parcels(ANN) == ()
    assert await unseal(any_store, ANN, MESSAGE, SEAL + b"hi", LATER) == b"hi"


@pytest.mark.parametrize("for_next", [False, True])
async def test_a_delivery_that_comes_after_the_spare_was_claimed_gets_nothing(
    any_store: SessionStore, for_next: bool
) -> None:
    spare = await answered(any_store, for_next=for_next)
    assert await claim_spare(any_store, ANN, spare, START)
    assert await claim_spare(any_store, ANN, spare, LATER)
    assert await unseal(any_store, ANN, MESSAGE, SEAL + b"hi", LATER) is None
    assert await any_store.take(ANN, spare.id)


async def test_a_spare_cannot_be_claimed_while_a_delivery_takes_the_answer(any_store: SessionStore) -> None:
    spare = await answered(any_store)
    await unseal(any_store, ANN, MESSAGE, SEAL + b"hi", START)
    assert not await claim_spare(any_store, ANN, spare, START)


async def test_the_spare_of_a_delivery_whose_process_died_is_free_after_a_while() -> None:
    store = MemoryStore()
    spare = await answered(store)
    dying = ShakyStore(store, failing_once(1, after=False))
    dying_again = ShakyStore(dying, failing_once(3, after=False))  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable):
        await unseal(dying_again, ANN, MESSAGE, SEAL + b"hi", START)  # type: ignore[arg-type]
    assert not await claim_spare(store, ANN, spare, START)
    assert await claim_spare(store, ANN, spare, LATER)


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("after", [False, True])
async def test_a_store_that_fails_once_does_not_keep_the_answer_back(number: int, after: bool) -> None:
    store = MemoryStore()
    await answered(store)
    shaky = ShakyStore(store, failing_once(number, after=after))
    assert await unseal(shaky, ANN, MESSAGE, SEAL + b"hi", START) == b"hi"  # type: ignore[arg-type]
    assert await store.parcels(ANN) == ()


def test_a_spare_says_what_the_answer_said_when_no_delivery_can_come() -> None:
    spare = make_spare(MESSAGE, "ann", HI, START, 16, for_next=False)
    assert read_parcel(spare.body) == reply_to("ann", HI)
    assert spare.due == START + timedelta(seconds=16)
    others = pack(MESSAGE, [Outgoing(reply_to("ann", HI))] * 3, START)
    assert [is_spare(parcel) for parcel in (spare, *others)] == [True, False, False, False]
