"""Who does what the machine asks for.

The engine waits for the outcome of calls and hands it back to the machine as an event. Log lines are written and
messages to users delivered after the turn was saved, so that a turn which fails has said and sent nothing.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol, assert_never

from interpreter.machine.effects import CallApi, CallService, LogLine, Send
from interpreter.program.media import MediaKind
from interpreter.runtime.about import about
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
    """It could not be done; the fields are those of `EffectFailed`.

    A message whose kind is `refused` was certainly not sent; one that failed in any other way may have been.
    """

    kind: str
    message: str
    status: int | None = None
    code: int | None = None
    is_ours: bool = False
    """Whether nobody was asked, so that `message` is of our own words, whatever the code."""


Outcome = Completed | Failed


class Performer(Protocol):
    """Performs effects."""

    async def call(self, effect: Call) -> Outcome:
        """Do it and say how it went; nothing is raised."""
        ...

    def forget(self, call: CallService) -> None:
        """Do not use the answer of a call again: the bot could not take it."""
        ...

    def log(self, line: LogLine) -> None:
        """Write a line of the author's."""
        ...

    async def deliver(self, send: Send, key: str) -> Outcome:
        """Send a message to a user and say how it went; `key` is the same for the same message, whoever sends it."""
        ...

    async def find_media(self, name: str, kind: MediaKind) -> str | None:
        """The media id of one of the bot's files, uploaded if need be; None when it cannot be had, which is logged."""
        ...


class ServiceCaller(Protocol):
    """Calls HTTP services."""

    async def call(self, effect: CallService) -> Outcome:
        """The answer of the service, or why there is none."""
        ...

    def forget(self, effect: CallService) -> None:
        """Do not use the answer of a call again."""
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
                return Failed("refused", f"{method} needs WeChat's API, which is not set up for this account")
            case _:
                assert_never(effect)

    def forget(self, call: CallService) -> None:
        """Do not use the answer of a call again."""
        self._services.forget(call)

    def log(self, line: LogLine) -> None:
        """Write a line of the author's."""
        _bot_log.info("%s: %s", self._bot, one_line(line.text), extra=about(self._bot))

    async def deliver(self, send: Send, key: str) -> Outcome:  # noqa: ARG002 - the protocol's own signature
        """Nothing can be sent without the API."""
        return Failed("refused", "sending needs WeChat's API, which is not set up for this account")

    async def find_media(self, name: str, kind: MediaKind) -> str | None:
        """Nothing can be uploaded without the API."""
        _log.warning("%s: the %s %s cannot be sent without WeChat's API", self._bot, kind, name, extra=about(self._bot))
        return None


def one_line(text: str) -> str:
    """A text for the log: no line breaks and no terminal escapes that could forge or hide lines."""
    return "".join(character if character.isprintable() else f"\\x{ord(character):02x}" for character in text)
