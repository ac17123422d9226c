"""What one turn may take: how many steps, how many replies, how large a value."""

from __future__ import annotations

from collections.abc import Mapping

from interpreter.values import MAX_SIZE, Value

INSTRUCTION_BUDGET = 10_000
"""Instructions one turn may run."""
TRANSITION_BUDGET = 32
"""How often one turn may go to another rule, flow or state."""
CALL_DEPTH = 32
"""How deep flows may call one another."""
REPLY_LIMIT = 100
"""How many replies one turn may give."""
CALL_LIMIT = 50
"""How many results from the world one turn may wait for; it is run again for each."""
EFFECT_LIMIT = 500
"""How many messages and log lines one turn may send elsewhere."""
STEP_BUDGET = 100_000
"""Steps all evaluations of one turn may take together."""
TEXT_DEPTH = 32
"""How deep named texts may stand in one another."""
VALUE_DEPTH = 64
"""How deep lists and maps may stand in one another in a variable."""
LIST_SIZE = 4 * MAX_SIZE
"""The largest list that may be gone through, in characters."""


def is_small(value: Value, limit: int = MAX_SIZE) -> bool:
    """Whether a value takes at most about so many characters when it is stored, and is not nested too deep.

    What one list holds many times is stored many times; so the count stops at the limit.
    """
    if isinstance(value, str):
        return len(value) <= limit
    size, level = 0, [value]
    for _ in range(VALUE_DEPTH):
        below: list[Value] = []
        for item in level:
            if isinstance(item, str):
                size += len(item)
            elif isinstance(item, Mapping):
                size += sum(len(key) + 6 for key in item)
                below.extend(item.values())
            elif isinstance(item, (list, tuple)):
                size += 2 * len(item)
                below.extend(item)
            else:
                size += 8
            if size > limit:
                return False
        if not below:
            return True
        level = below
    return False
