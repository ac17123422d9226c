"""What a line of the log is about, for a log that programs read: `_log.warning("…", extra=about(bot, error=…))`.

A line that is about a turn can so be found by the turn, and a failure by its cause. In a log of text the words say it.
"""

from __future__ import annotations

FIELD = "about"
"""The attribute of a log record."""


def about(bot: str = "", *, turn: str = "", error: str = "") -> dict[str, dict[str, str]]:
    """The bot, the turn, and what went wrong, as far as there are some."""
    fields = {"bot": bot, "turn": turn, "error": error}
    return {FIELD: {name: value for name, value in fields.items() if value}}
