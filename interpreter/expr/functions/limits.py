"""The size of what a function may build, checked before it is built where it could be large."""

from __future__ import annotations

import math

from interpreter.values import MAX_INT, MAX_ITEMS, MAX_TEXT, Fault


def room_for_text(length: int) -> None:
    """Hold the length of a text to be built against the limit.

    Raises:
        Fault: it would be too long (kind `budget`).
    """
    if length > MAX_TEXT:
        raise Fault("budget", f"the text would be longer than {MAX_TEXT} characters")


def room_for_items(count: int) -> None:
    """Hold the size of a list or map to be built against the limit.

    Raises:
        Fault: it would be too large (kind `budget`).
    """
    if count > MAX_ITEMS:
        raise Fault("budget", f"the list would have more than {MAX_ITEMS} items")


def short_enough(text: str) -> str:
    """A text that has been built from one within the limit, and so can be only a few times too long."""
    room_for_text(len(text))
    return text


def whole(number: int) -> int:
    """A whole number, if it is small enough to be exact everywhere.

    Raises:
        Fault: it is not (kind `arithmetic`).
    """
    if abs(number) > MAX_INT:
        raise Fault("arithmetic", "the number is too large")
    return number


def natural(function: str, number: int) -> int:
    """A number that counts something.

    Raises:
        Fault: it is negative (kind `argument`).
    """
    if number < 0:
        raise Fault("argument", f"{function}: a count cannot be negative, this one is {number}")
    return number


def finite(number: float) -> float:
    """A number that exists.

    Raises:
        Fault: it is too large to be written, or none at all (kind `arithmetic`).
    """
    if not math.isfinite(number):
        raise Fault("arithmetic", "the number is too large")
    return number
