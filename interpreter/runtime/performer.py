"""Who does what the machine asks for.

The engine waits for the outcome of calls and hands it back to the machine as an event. Log lines and messages to users
are done after the turn was saved, so that a turn which fails has said and sent nothing.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol, assert_never

from interpreter.machine.effects import CallApi, CallService, LogLine, Send
from interpreter.values import Value

_log = logging.getLogger("interpreter.runtime")
_bot_log = logging.getLogger("interpreter.bot")

Call = CallService | CallApi
"""The effects a turn waits for."""


@dataclass(frozen=True, slots=True)
class Completed:
    """It was done; `value` is its result."""

    value: Value


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be done; the fields are those of `EffectFailed`."""

    kind: str
    message: str
    status: int | None = None
    code: int | None = None


Outcome = Completed | Failed


class Performer(Protocol):
    """Performs effects."""

    async def call(self, effect: Call) -> Outcome:
        """Do it and say how it went; nothing is raised."""
        ...

    async def dispatch(self, effect: Send | LogLine) -> None:
        """Do it; nobody waits for its outcome."""
        ...


class ServiceCaller(Protocol):
    """Calls HTTP services."""

    async def call(self, effect: CallService) -> Outcome:
        """The answer of the service, or why there is none."""
        ...


class EffectPerformer:
    """Performs what can be performed without WeChat's API: calls of services, and log lines."""

    def __init__(self, bot: str, services: ServiceCaller) -> None:
        self._bot = bot
        self._services = services

    async def call(self, effect: Call) -> Outcome:
        """Do it and say how it went."""
        match effect:
            case CallService():
                return await self._services.call(effect)
            case CallApi(method=method):
                return Failed("api", f"{method}: calls of WeChat's API are not available yet")
            case _:
                assert_never(effect)

    async def dispatch(self, effect: Send | LogLine) -> None:
        """Do it; nobody waits for its outcome."""
        match effect:
            case LogLine(text=text):
                _bot_log.info("%s: %s", self._bot, one_line(text))
            case Send():
                _log.warning("%s: a message was not sent: WeChat's API is not available yet", self._bot)
            case _:
                assert_never(effect)


def one_line(text: str) -> str:
    """A text for the log: no line breaks and no terminal escapes that could forge or hide lines."""
    return "".join(character if character.isprintable() else f"\\x{ord(character):02x}" for character in text)
