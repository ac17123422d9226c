"""The present of a turn and the bot's time zone, as functions see them."""

from __future__ import annotations

from datetime import datetime

from interpreter.expr.env import Env


def now_of(env: Env) -> datetime:
    """The moment of the turn, in the bot's time zone."""
    now = env.roots["now"]
    assert isinstance(now, datetime)  # the machine puts it there
    return now


def in_zone(env: Env, moment: datetime) -> datetime:
    """A moment as the bot's clocks show it: one without a time zone is taken to be in the bot's."""
    zone = now_of(env).tzinfo
    if moment.tzinfo is None:
        return moment.replace(tzinfo=zone)
    return moment.astimezone(zone)
