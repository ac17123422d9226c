"""The limits of values that expressions make: how large a number, how long a text, how much of the budget it costs."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from interpreter.expr.env import Env
from interpreter.values import MAX_INT, MAX_ITEMS, MAX_TEXT, Fault, Value

FREE_SIZE = 256
"""Texts and lists up to this size cost nothing beyond the step that makes them."""
ITEMS_PER_STEP = 16
"""Of a list or map that is made, or a list of texts that is searched."""


def fit_number(value: float) -> float:
    """A number that is within the limits.

    Raises:
        Fault: a whole number beyond 2^53 - 1, or no number at all (kind `arithmetic`).
    """
    if isinstance(value, int):
        if -MAX_INT <= value <= MAX_INT:
            return value
    elif isfinite(value):
        return value
    raise Fault("arithmetic", "the result is too large a number")


def charge_text(env: Env, text: str) -> str:
    """A text that has been made, paid for by its length.

    Raises:
        Fault: it is too long, or the budget is spent (kind `budget`).
    """
    if len(text) > MAX_TEXT:
        raise Fault("budget", f"the text is longer than {MAX_TEXT} characters")
    env.spend(len(text) // FREE_SIZE)
    return text


def charge_items(env: Env, count: int) -> None:
    """Pay for a list or map of some size.

    Raises:
        Fault: it is too large, or the budget is spent (kind `budget`).
    """
    if count > MAX_ITEMS:
        raise Fault("budget", f"the list has more than {MAX_ITEMS} items")
    env.spend(count // ITEMS_PER_STEP)


def charge_walk(env: Env, value: Value) -> None:
    """Pay for going over all that a value holds, at any depth.

    Raises:
        Fault: the budget is spent (kind `budget`).
    """
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, Mapping):
            env.spend(len(item))
            rest.extend(item.values())
        elif isinstance(item, (list, tuple)):
            env.spend(len(item))
            rest.extend(item)
