"""What happens to a conversation. Every event brings its time and its chance; the machine has none of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from interpreter.values import Value

Seed = int | tuple[int, ...]
"""A number that chance is grown from, or, as a tuple, the numbers chance must give in turn (`given: {random: 7}`)."""

MESSAGE_TYPES = ("text", "image", "voice", "video", "shortvideo", "location", "link", "file", "event")
"""The message types of the language; a type WeChat adds later arrives under its own name."""

TIMER = "timer"
"""What `message.type` says in the turn of a timer."""


class Message(Struct, frozen=True, gc=False):
    """One message or event of a user, free of any wire format.

    `type` and `event` are lower case. `text` is what text patterns see: the content of a text, the recognition of a
    voice, else empty. `fields` are the further fields of the type under the language's names (`pic_url`, `location`,
    `event`, `key`, `scene`, …), `raw` is everything under WeChat's own names.
    """

    type: str
    user: str
    account: str
    time: int
    """Seconds since 1970, by WeChat's clock."""
    id: str = ""
    text: str = ""
    fields: Mapping[str, Value] = {}
    raw: Mapping[str, Value] = {}

    @classmethod
    def silence(cls, user: str, at: datetime) -> Message:
        """What stands for the message in the turn of a timer: nothing, at that time."""
        return cls(TIMER, user, "", int(at.timestamp()))

    @property
    def event(self) -> str | None:
        """The event's name in lower case, or None for other messages."""
        event = self.fields.get("event")
        return event if self.type == "event" and isinstance(event, str) else None

    @property
    def is_answer(self) -> bool:
        """Whether it can answer a question: every message, and of the events the menu clicks."""
        return self.type != "event" or self.event == "click"


class MessageReceived(Struct, frozen=True, gc=False):
    """The user sent a message. It begins a turn."""

    at: datetime
    seed: Seed
    message: Message


class EffectCompleted(Struct, frozen=True, gc=False):
    """What a step asked for was done; `value` is its result (`{status, headers, body}` for a service)."""

    at: datetime
    seed: Seed
    effect: str
    value: Value


class EffectFailed(Struct, frozen=True, gc=False):
    """What a step asked for could not be done.

    `kind` is `timeout`, `network`, `status`, `too-large`, `redirects`, `refused` or `api`; `status` and `code` are
    those of HTTP and WeChat where there are any; `message` is a sentence for the log.
    """

    at: datetime
    seed: Seed
    effect: str
    kind: str
    message: str
    status: int | None = None
    code: int | None = None


class TimerFired(Struct, frozen=True, gc=False):
    """It is as late as `waits.wake_at` said, or later. It begins a turn in which the user has said nothing."""

    at: datetime
    seed: Seed


Event = MessageReceived | EffectCompleted | EffectFailed | TimerFired
