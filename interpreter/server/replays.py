"""Which message came with which signature.

In plain mode WeChat signs a time and a nonce but not the body: whoever sees one signed address could send what they
like with it until its time runs out. So a signature is good for one message. The same message may come with it again
(a proxy that tries twice); another one may not.

What was seen is kept in two tables, the older of which is thrown away when the newer has been filled for as long as a
signature can be valid. A table is an array of pairs of 64-bit numbers, so 100,000 signatures take 4 MiB. Its memory
comes from the operating system page by page, as it is written: to clear 4 MiB takes milliseconds, in which nobody would
be answered.

They are in the memory of the process. After a restart each signature from before it can be used once more with another
message, for as long as it is valid: deliveries that WeChat repeats must still be taken, and a row on disk for every
message would be too much. Processes that share a Redis know of each other's signatures, also of those from before a
restart. In safe mode there is no such gap: the signature covers the encrypted body.
"""

from __future__ import annotations

import hashlib
import mmap
import secrets
import sys

from interpreter.diagnostics.wording import Wording
from interpreter.runtime.clock import Clock

REPLAYED = Wording(
    "its signature came before with another message: somebody replays a request of WeChat's, or a test signs every "
    "message alike; a new message needs a new nonce",
    "这个签名已用于另一条消息：请求被重放，或测试程序给每条消息用了同一个签名；新消息须使用新的 nonce",
)

_FIRST_SLOTS = 1 << 10
_MOST_SLOTS = 1 << 18
_GROWTH = 4
_MOVED = 8
"""Slots that are moved with each key that is added: all of them, long before a table has to grow again."""


class Replays:
    """The signatures of one account, for as long as they are valid; of very many the oldest are forgotten early."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._keyed = hashlib.blake2b(key=secrets.token_bytes(16), digest_size=8)
        self._since = clock.monotonic()
        self._new, self._old = _Table(), _Table()

    def admits(self, signature: str, message: bytes) -> bool:
        """Whether a signature that fits is new, or came before with this same message."""
        now = self._clock.monotonic()
        if now - self._since >= self._seconds or self._new.is_full:
            self._turn(now)
        digest = self._keyed.copy()
        digest.update(message)
        key, value = hash(signature), hash(digest.digest()) | 1
        return ((self._old.get(key) if self._old.count else 0) or self._new.put(key, value)) == value

    def _turn(self, now: float) -> None:
        """Throw the older table away."""
        is_long_ago = now - self._since >= 2 * self._seconds
        before = self._new
        self._old, self._new, self._since = _Table() if is_long_ago else before, _Table(before.count), now


class _Table:
    """A map from numbers to numbers other than 0, by open addressing: a key, its value, the next key.

    It grows a little with each key that is added: to move thousands of them at once would keep everybody waiting.
    """

    __slots__ = ("_before", "_cells", "_mask", "_most", "_moved", "count", "is_full")

    def __init__(self, expected: int = 0) -> None:
        """It need not grow for as many keys as are expected, which takes a while when they are very many."""
        self.is_full = False
        """Whether it holds as many as it may."""
        self.count = 0
        slots = _FIRST_SLOTS
        while _most(slots) <= expected and slots < _MOST_SLOTS:
            slots *= _GROWTH
        self._before, self._moved = _NONE, 0
        """The cells of a smaller table, those of which that come first are in the larger one, too."""
        self._resize(slots)

    def get(self, key: int) -> int:
        """The value of a key, 0 of one that is not there."""
        return self._find(self._cells, key) or (self._find(self._before, key) if self._before else 0)

    def put(self, key: int, value: int) -> int:
        """Add a key, unless it is there; the value it has now."""
        if self._before:
            before = self._find(self._before, key)
            if before:
                return before
            self._move()
        before = self._enter(key, value)
        if before:
            return before
        self.count += 1
        if self.count >= self._most:
            self._grow()
        return value

    def _find(self, cells: memoryview[int], key: int) -> int:
        mask = len(cells) - 2
        at = key & mask
        while value := cells[at + 1]:
            if cells[at] == key:
                return value
            at = (at + 2) & mask
        return 0

    def _enter(self, key: int, value: int) -> int:
        """Add a key; the value it had, or 0."""
        cells, mask = self._cells, self._mask
        at = key & mask
        while before := cells[at + 1]:
            if cells[at] == key:
                return before
            at = (at + 2) & mask
        cells[at] = key
        cells[at + 1] = value
        return 0

    def _move(self) -> None:
        """Bring some keys into the larger table."""
        before, end = self._before, min(self._moved + 2 * _MOVED, len(self._before))
        for at in range(self._moved, end, 2):
            if value := before[at + 1]:
                self._enter(before[at], value)
        self._moved = end
        if end == len(before):
            self._before = _NONE

    def _resize(self, slots: int) -> None:
        self._cells = _zeros(2 * slots)
        self._mask, self._most = 2 * slots - 2, _most(slots)

    def _grow(self) -> None:
        slots = _GROWTH * len(self._cells) // 2
        if slots > _MOST_SLOTS:
            self.is_full = True
            return
        self._before, self._moved = self._cells, 0
        self._resize(slots)


def _most(slots: int) -> int:
    return slots * 2 // 3


def _zeros(count: int) -> memoryview[int]:
    """Numbers that take memory when they are written; a forked process has its own."""
    if sys.platform == "win32":
        memory = mmap.mmap(-1, 8 * count)
    else:
        memory = mmap.mmap(-1, 8 * count, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return memoryview(memory).cast("q")


_NONE = memoryview(b"").cast("q")
