"""What a step asks the world to do: data with an id. The results of the first two come back as events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from interpreter.machine.replies import Reply
from interpreter.program.messages import MessageKind
from interpreter.values import Value


@dataclass(frozen=True, slots=True)
class CallService:
    """An HTTP request to a declared service. The turn waits for its result."""

    id: str
    service: str
    operation: str
    method: str
    url: str
    """Complete, query included."""
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    content_type: str | None
    timeout: float
    """Seconds, for all attempts together."""
    retry: int
    """Further attempts after the first; 0 for methods that are not idempotent."""
    cache: float | None
    """Seconds for which an answer may be used again, None for not at all."""
    private: bool
    """Whether private and loopback addresses may be connected to."""
    hosts: frozenset[str]
    """`host` or `host:port` it may reach, redirects included."""
    arguments: Mapping[str, Value] = field(default_factory=dict)
    """The operation's arguments, for mocks and traces."""


@dataclass(frozen=True, slots=True)
class CallApi:
    """A call of WeChat's API. The turn waits for its result."""

    id: str
    method: str
    arguments: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that no reply can be.

    kind       parts                              entries
    choices    head, tail                         texts that can be tapped, by their ids
    subscribe  template, url, app_id, page        values of the template, by their names
    mini_page  title, app_id, page, thumb         -
    card       id, ext                            -
    article    id                                 -
    typing     state: `true` or `false`           -
    """

    kind: MessageKind
    parts: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Send:
    """A proactive message. The turn does not wait for it."""

    id: str
    to: str
    reply: Reply | None = None
    template: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    url: str | None = None
    message: SentMessage | None = None
    """What no reply can be; then there is neither a reply nor a template."""
    mini: Mapping[str, str] = field(default_factory=dict)
    """The mini program that a tap on a template message opens: `app_id` and `page`."""
    agent: str = ""
    """The customer-service account in whose name it is sent."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One structured log line of the author's."""

    id: str
    text: str


Effect = CallService | CallApi | Send | LogLine
