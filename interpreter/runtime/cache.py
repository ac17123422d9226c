"""Answers of services that may be used again for a while."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from interpreter.machine.effects import CallService
from interpreter.runtime.clock import Clock
from interpreter.values import Value


@dataclass(frozen=True, slots=True)
class _Entry:
    value: Value
    size: int
    expires: float


class AnswerCache:
    """Bounded in number and size; what was not asked for the longest goes first."""

    def __init__(self, clock: Clock, *, max_entries: int = 1_000, max_bytes: int = 16 * 1024 * 1024) -> None:
        self._clock = clock
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()

    def get(self, request: CallService) -> Value:
        """The answer to an equal request, or None."""
        key = _key(request)
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.expires <= self._clock.monotonic():
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return entry.value

    def put(self, request: CallService, value: Value, size: int) -> None:
        """Keep an answer of `size` bytes for as long as the request allows."""
        if not request.cache or size > self._max_bytes:
            return
        key = _key(request)
        self._drop(key)
        self._entries[key] = _Entry(value, size, self._clock.monotonic() + request.cache)
        self._bytes += size
        while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

    def forget(self, request: CallService) -> None:
        """Keep the answer to a request no longer."""
        if request.cache:
            self._drop(_key(request))

    def _drop(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry.size


def _key(request: CallService) -> bytes:
    """What makes two requests equal; hashed, so that no secret of a header is kept."""
    parts = repr((request.method, request.url, request.headers, request.content_type, request.body))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).digest()
