"""Loose replies (see `sqlite_replies`) as they stand in the row of their user's session.

There may be a million of these rows, so what stands there is the number of the first reply, and of each of them how far
on its own number is and which of the user's places it has.
"""

from __future__ import annotations

from struct import Struct

_NUMBER = Struct("<Q")
_ENTRY = Struct("<II")
_FIRST = Struct("<QII")
_FARTHEST = (1 << 32) - 1
_ENTRY_OF_LAYOUT_4 = Struct("<QI")
MOST_LOOSE = 32
_FULL = _NUMBER.size + MOST_LOOSE * _ENTRY.size


def is_full(loose: bytes) -> bool:
    """Whether it is time to enter loose replies in the table."""
    return len(loose) >= _FULL


def with_reply(loose: bytes, id: int, place: int) -> bytes:
    """Loose replies and one more; `place` counts from the first one of the user.

    Its number is lower than theirs when numbers have begun anew; they are gone by then. They are also given up when
    four thousand million replies have come since the first of them.
    """
    if loose:
        distance = id - _NUMBER.unpack_from(loose)[0]
        if 0 <= distance <= _FARTHEST:
            return loose + _ENTRY.pack(distance, place)
    return _FIRST.pack(id, 0, place)


def read_loose(stored: object) -> bytes:
    """Loose replies as they stand in a row; of what is damaged, as much as can be read."""
    raw = stored if isinstance(stored, bytes) else b""
    return raw[: len(raw) - (len(raw) - _NUMBER.size) % _ENTRY.size] if len(raw) >= _FIRST.size else b""


def numbered(loose: bytes) -> list[tuple[int, int]]:
    """The number of each loose reply and its place, counted as above."""
    if not loose:
        return []
    (first,) = _NUMBER.unpack_from(loose)
    return [(first + distance, place) for distance, place in _ENTRY.iter_unpack(loose[_NUMBER.size :])]


def from_layout_4(stored: object) -> bytes:
    """Loose replies that stand in a row of a file of layout 4."""
    raw, loose, size = stored if isinstance(stored, bytes) else b"", b"", _ENTRY_OF_LAYOUT_4.size
    for id, place in _ENTRY_OF_LAYOUT_4.iter_unpack(raw[: len(raw) // size * size]):
        loose = with_reply(loose, id, place)
    return loose
