"""How much may be remembered of one user: a bound in the machine, so that no store has to refuse a session."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from interpreter.machine.limits import is_small
from interpreter.machine.running import Running
from interpreter.machine.session import Level
from interpreter.values import Fault, Value, to_json

MAX_SESSION = 64 * 1024
"""Bytes that all variables and locals of a session may take together, as JSON."""
_WORST = 12
"""Bytes that one character may take at worst, written as two escapes."""

_Values = Iterable[Mapping[str, Value]]


def check_size(turn: Running) -> None:
    """Check that a session can be stored as it is now.

    One that is too large already, because the bound was another once, may go on as long as it does not grow.

    Raises:
        Fault: it is too large.
    """
    kept = _kept(turn.vars, turn.memory, turn.levels)
    if all(is_small(values, MAX_SESSION // _WORST // len(kept)) for values in kept):
        return
    size = _size(kept)
    if size > MAX_SESSION and size > _size(_kept(turn.base.vars, turn.base.memory, turn.base.levels)):
        raise Fault("budget", f"what is remembered of the user takes more than {MAX_SESSION} bytes")


def _kept(vars: Mapping[str, Value], memory: Mapping[str, Value], levels: Iterable[Level]) -> list[Mapping[str, Value]]:
    return [vars, memory, *(frame.locals for level in levels for frame in level.frames)]


def _size(kept: _Values) -> int:
    text = json.dumps([to_json(values) for values in kept], ensure_ascii=False, separators=(",", ":"))
    try:
        return len(text.encode())
    except UnicodeEncodeError:  # half a surrogate pair, which is stored as an escape, as all else then is
        return len(json.dumps(text))
