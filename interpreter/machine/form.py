"""Which form of the package this is."""

from __future__ import annotations

from interpreter.machine import step


def is_compiled() -> bool:
    """Whether what every message goes through is machine code here, and not plain Python."""
    return not str(step.__file__).endswith(".py")
