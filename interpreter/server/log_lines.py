"""What a log line looks like: text for people, or JSON for programs. No form of it holds secrets or users' names."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from interpreter.runtime.about import FIELD
from interpreter.runtime.observing import TurnRecord
from interpreter.server.secrecy import Secrets

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Controls of terminals and of the direction of writing, which could hide or forge lines. Tabs and line breaks stay."""


class TextLines(logging.Formatter):
    """`2026-01-01 08:00:00,000 INFO interpreter.turns turn=…`."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """One line, and below it the lines of a traceback."""
        return visible(self._secrets.scrub(super().format(record)))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """The line itself, which is one."""
        return super().formatMessage(record).replace("\n", "\\n")


class JsonLines(logging.Formatter):
    """An object with `time`, `level`, `logger` and `message`, and what the line is about.

    The line of a turn has all its fields, any other `bot`, `turn` and `error` as far as it is about one.
    """

    def __init__(self, secrets: Secrets) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """The object on one line."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields |= getattr(record, FIELD, None) or {}
        turn = getattr(record, "turn", None)
        if isinstance(turn, TurnRecord):
            fields |= fields_of(turn)
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            fields["error"] = record.exc_text
        scrubbed = {name: self._scrubbed(value) for name, value in fields.items()}
        return json.dumps(scrubbed, ensure_ascii=False)

    def _scrubbed(self, value: object) -> object:
        return visible(self._secrets.scrub(value)) if isinstance(value, str) else value


def fields_of(turn: TurnRecord) -> dict[str, object]:
    """What is told of a turn, by the names it has in the log, in traces and in metrics."""
    return {
        "turn": turn.turn,
        "bot": turn.bot,
        "version": turn.version,
        "user": turn.user,
        "type": turn.kind,
        "by": turn.decided_by,
        "replies": turn.replies,
        "outcome": turn.outcome,
        "calls": turn.calls,
        "faults": len(turn.faults),
        "ms": round(turn.ms, 1),
        **({"error": turn.error} if turn.error else {}),
    }


def visible(text: str) -> str:
    """A text in which controls are written out."""
    return _UNSEEN.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
