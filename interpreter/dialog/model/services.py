"""What lies outside: HTTP services, accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Literal

from msgspec import Struct, field

from interpreter.dialog.model.leaves import Data, Duration, Expression, Name, Text
from interpreter.dialog.model.rules import Parameter
from interpreter.source.spans import Span

DEFAULT_TIMEOUT = timedelta(seconds=3)
"""How long a service may take when the bot does not say."""


class Operation(Struct, frozen=True, eq=False):
    """One HTTP operation."""

    name: Name
    parameters: tuple[Parameter, ...]
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: Text | None
    query: tuple[tuple[Name, Text], ...]
    headers: tuple[tuple[Name, Text], ...]
    json: Data | None
    form: tuple[tuple[Name, Text], ...] | None
    timeout: Duration | None
    retry: int | None
    cache: Duration | None
    pick: Expression | None
    mock: Data | None
    span: Span


class Service(Struct, frozen=True, eq=False):
    """An HTTP service the bot may call."""

    name: Name
    url: Text | None
    headers: tuple[tuple[Name, Text], ...]
    timeout: Duration | None
    retry: int
    private: bool
    operations: Mapping[str, Operation]
    span: Span


class Account(Struct, frozen=True, eq=False):
    """How the bot connects to WeChat. Texts may hold `$(env.NAME)`."""

    name: str | None
    """Its name under `accounts:`; None for a single `account:`."""
    settings: Mapping[str, Text]
    """`type kind path token app_id app_secret aes_key encryption agent_id` as written; of a list the first."""
    verified: bool
    slow: tuple[Name, ...]
    span: Span
    previous: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)
    """The further ones of a list: a `token` or `aes_key` that is still accepted while it is changed."""

    @property
    def texts(self) -> Iterator[tuple[str, Text]]:
        """Every text with the name of its setting, in lists the current one first."""
        for key, text in self.settings.items():
            yield key, text
            for further in self.previous.get(key, ()):
                yield key, further
