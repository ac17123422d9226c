"""The line of each turn, straight into the journal.

`turn_log` says the same through the logging of Python's library, where a line takes longer to make than most turns.
Here what recurs in a line is looked at once: the names of rules and bots, and the second of the day.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

from interpreter.runtime.observing import TurnRecord
from interpreter.runtime.spoken_of import spoken_of
from interpreter.runtime.turn_log import TurnLog, as_word, line_of
from interpreter.server.journal import Journal
from interpreter.server.log_lines import fields_of, visible
from interpreter.server.secrecy import Secrets

_MOST_WORDS = 10_000
_LOGGER = "interpreter.turns"


class TurnLines(TurnLog):
    """An observer that writes a line of text for each turn, or of JSON."""

    def __init__(self, journal: Journal, secrets: Secrets, language: str, *, json: bool) -> None:
        super().__init__(language)
        self._journal = journal
        self._secrets = secrets
        self._line: Callable[[TurnRecord, float], str] = self._json if json else self._text
        self._words: dict[str, str] = {}
        self._secrets_known = secrets.learned
        self._second, self._stamp = -1, ""

    def turn(self, record: TurnRecord) -> None:
        """Write the line of a turn, and those of its faults."""
        if record.faults:
            self.tell_faults(record)
        if self._secrets_known != self._secrets.learned or len(self._words) > _MOST_WORDS:
            self._forget()
        line = self._line(record, time.time())
        user = spoken_of.get()
        self._journal.write(self._secrets.scrub(line) if user and user in line else line)

    def _text(self, record: TurnRecord, at: float) -> str:
        second = int(at)
        if second != self._second:
            self._second, self._stamp = second, time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
        return f"{self._stamp},{int((at - second) * 1000):03d} INFO {_LOGGER} {line_of(record, self._word)}"

    def _json(self, record: TurnRecord, at: float) -> str:
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
            "level": "info",
            "logger": _LOGGER,
            "message": line_of(record, self._word),
            **fields_of(record),
        }
        for name in ("version", "type", "by"):
            fields[name] = self._clean(str(fields[name]))
        return json.dumps(fields, ensure_ascii=False)

    def _word(self, text: str) -> str:
        """A text that recurs as one word, without secrets and controls."""
        known = self._words.get(text)
        if known is None:
            known = self._words[text] = self._clean(as_word(text))
        return known

    def _clean(self, text: str) -> str:
        return visible(self._secrets.scrub(text))

    def _forget(self) -> None:
        """Look at all words again: there is another secret, or there are too many of them."""
        self._words.clear()
        self._secrets_known = self._secrets.learned
