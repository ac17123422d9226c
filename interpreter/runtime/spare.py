"""The spare of an answer: what delivers it when no delivery comes to take it.

A turn that took long may have sent deliveries away, and WeChat may not come again. So its answer is remembered under a
seal, and a parcel with the same words is saved beside it, the *spare*: it is sent when no delivery can follow any more,
or comes with the answer to the user's next message. A delivery claims the answer, takes the spare out of the store and
breaks the seal; whoever wants to use the spare claims it first. Only one of them gets the claim.

A delivery's claim is short: should its process die before it took the spare, the spare goes its way after all. That of
the spare lasts, so that a delivery which comes too late finds it.
"""

from __future__ import annotations

from datetime import datetime

from interpreter.machine.replies import Reply
from interpreter.runtime.parcels import Outgoing, id_under, pack_one, reply_to
from interpreter.stores.protocol import REPLY_LIFE, MessageKey, Parcel, SessionKey, SessionStore, StoreUnavailable

SEAL = b"spare\n"
"""What a remembered answer begins with that has a spare; no answer of its own does."""

_NAME = "spare"
_FOR_DELIVERY = 10.0
"""Seconds a delivery may need to take the spare."""
_ATTEMPTS = 2


def make_spare(message: MessageKey, user: str, reply: Reply, at: datetime, delay: float, *, for_next: bool) -> Parcel:
    """The spare of an answer to a message."""
    return pack_one(message, _NAME, Outgoing(reply_to(user, reply), delay, for_next), at)


def is_spare(parcel: Parcel) -> bool:
    """Whether a parcel is the spare of an answer, to be used only by whoever claims it."""
    return parcel.id.endswith(f":{_NAME}")


async def unseal(
    store: SessionStore, key: SessionKey, message: MessageKey, remembered: bytes, at: datetime
) -> bytes | None:
    """The answer that a delivery may give; None when its spare went another way.

    Deliveries that come after the one that took the spare get the same answer. So a store whose answer was lost can be
    asked again.

    Raises:
        StoreUnavailable: nobody knows.
    """
    spare = id_under(message, _NAME)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            if not await store.claim(key, _claim_of(spare), "delivery", at, _FOR_DELIVERY):
                return None
            await store.take(key, spare)
        except StoreUnavailable:
            if attempt == _ATTEMPTS:
                raise
        else:
            break
    return remembered.removeprefix(SEAL)


async def claim_spare(store: SessionStore, key: SessionKey, spare: Parcel, at: datetime) -> bool:
    """Whether a spare may be used; no delivery gets its answer from then on."""
    return await store.claim(key, _claim_of(spare.id), "spare", at, REPLY_LIFE)


def _claim_of(spare: str) -> MessageKey:
    return MessageKey(f"answer|{spare}")
