"""Letting the machine step until a turn is done, with the calls it asks for on the way.

Calls cannot be taken back, so they are made by one process at a time: the one that has claimed the message. A turn that
is decided again gets the answers it had before, and a process that takes over a turn sends the same idempotency keys.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from contextlib import suppress
from dataclasses import replace

from msgspec import structs

from interpreter.machine.effects import CallService, Effect, LogLine, Send
from interpreter.machine.events import EffectCompleted, EffectFailed
from interpreter.machine.session import Step
from interpreter.runtime.clock import Clock
from interpreter.runtime.performer import Call, Completed, Outcome, Performer
from interpreter.runtime.timing import Timing
from interpreter.runtime.turn import Turn
from interpreter.stores.protocol import SessionStore, StoreError

_log = logging.getLogger("interpreter.runtime")

KEY_HEADER = "Idempotency-Key"
"""After draft-ietf-httpapi-idempotency-key-header: a service that knows it does nothing twice."""
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
"""Methods that may be repeated anyway (RFC 9110, 9.2.2)."""


_LETTING_GO = 1.0
"""Seconds for the store to learn that a claim is not needed any more."""


class Unclaimed(Exception):  # noqa: N818  named for what happened
    """The turn must make a call, and this process has not claimed it yet."""


class Decider:
    """Decides turns; `holder` is the name this process claims under."""

    def __init__(self, store: SessionStore, performer: Performer, clock: Clock, timing: Timing, *, holder: str) -> None:
        self._store = store
        self._performer = performer
        self._clock = clock
        self._timing = timing
        self._holder = holder

    async def finish(self, turn: Turn, step: Step) -> Step:
        """Go on with a turn that waits for a call until it is done; the last step, with all the turn's effects.

        Raises:
            Unclaimed: it needs a call, which is not ours to make.
        """
        effects: dict[str, Effect] = {}
        asked: Counter[str] = Counter()
        while step.session.turn is not None:
            effects.update((effect.id, effect) for effect in step.effects)
            awaited = effects[step.session.turn.effect]
            assert not isinstance(awaited, (Send, LogLine)), "a turn waits for calls only"
            request = repr(replace(awaited, id=""))
            outcome = await self._answer(turn, awaited, (request, asked[request]))
            asked[request] += 1
            step = turn.version.step(step.session, self._result(turn, awaited, outcome))
            if isinstance(awaited, CallService) and awaited.id in step.unfit:
                self._performer.forget(awaited)
        effects.update((effect.id, effect) for effect in step.effects)
        return structs.replace(step, effects=tuple(effects.values()))

    async def claim(self, turn: Turn) -> bool:
        """Take, or hold on to, the right to make the calls of a turn; whether we have it."""
        now, seconds = self._clock.now(), self._timing.claim
        turn.is_claimed = await self._store.claim(turn.key, turn.claim_key, self._holder, now, seconds)
        return turn.is_claimed

    async def disclaim(self, turn: Turn) -> None:
        """Let another process have the claim of a turn, if we have it. If the store cannot, it ends by itself."""
        if not turn.is_claimed:
            return
        turn.is_claimed = False
        letting_go = asyncio.ensure_future(self._store.disclaim(turn.key, turn.claim_key, self._holder))
        await asyncio.wait({letting_go}, timeout=_LETTING_GO)
        letting_go.cancel()
        with suppress(StoreError, asyncio.CancelledError):
            await letting_go

    async def _answer(self, turn: Turn, call: Call, place: tuple[str, int]) -> Outcome:
        """What a call was answered before, or is answered now."""
        if place not in turn.answers:
            if not turn.is_claimed:
                raise Unclaimed
            turn.answers[place] = await self._perform(turn, _keyed(call, turn))
        return turn.answers[place]

    async def _perform(self, turn: Turn, call: Call) -> Outcome:
        """Make a call, and keep the claim while it runs."""
        task = asyncio.ensure_future(self._performer.call(call))
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=self._timing.claim / 3)
                if not task.done():
                    await self._keep_claim(turn)
            return task.result()
        finally:
            task.cancel()

    async def _keep_claim(self, turn: Turn) -> None:
        try:
            now, seconds = self._clock.now(), self._timing.claim
            await self._store.claim(turn.key, turn.claim_key, self._holder, now, seconds)
        except StoreError as error:  # the call goes on; if its claim ends, its idempotency key is left
            _log.warning("%s: the claim of a turn's calls could not be renewed: %s", turn.key.bot, error)

    def _result(self, turn: Turn, call: Call, outcome: Outcome) -> EffectCompleted | EffectFailed:
        at = self._clock.now().astimezone(turn.at.tzinfo)
        if isinstance(outcome, Completed):
            return EffectCompleted(at, turn.seed, call.id, outcome.value)
        return EffectFailed(at, turn.seed, call.id, outcome.kind, outcome.message, outcome.status, outcome.code)


def _keyed(call: Call, turn: Turn) -> Call:
    """A call with an idempotency key, where repeating it could do harm and the author has set none."""
    if not isinstance(call, CallService) or call.method.upper() in _IDEMPOTENT:
        return call
    if any(name.lower() == KEY_HEADER.lower() for name, _ in call.headers):
        return call
    cause = f"{turn.key.bot}|{turn.key.user}|{turn.message_key}".encode("utf-8", "surrogatepass")
    key = f"{hashlib.sha256(cause).hexdigest()[:32]}-{len(turn.answers) + 1}"
    return replace(call, headers=(*call.headers, (KEY_HEADER, key)))
