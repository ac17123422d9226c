"""The line of each turn, straight into the journal.

`turn_log` says the same through the logging of Python's library, where a line takes longer to make than most turns.
Here what lines have in common is made once: what is said of turns that went alike, and the time of day.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

from interpreter.runtime.observing import TurnRecord
from interpreter.runtime.spoken_of import spoken_of
from interpreter.runtime.turn_log import TurnLog, as_word, common_parts, line_of
from interpreter.server.journal import Journal
from interpreter.server.log_lines import fields_of, visible
from interpreter.server.secrecy import Secrets

_MOST_KEPT = 30_000
_LOGGER = "interpreter.turns"
_Alike = tuple[str, str, str, str, str, int]


class TurnLines(TurnLog):
    """An observer that writes a line of text for each turn, or of JSON."""

    def __init__(self, journal: Journal, secrets: Secrets, language: str, *, json: bool) -> None:
        super().__init__(language)
        self._journal = journal
        self._secrets = secrets
        self._line: Callable[[TurnRecord, tuple[str, str], float], str] = self._json if json else self._text
        self._common: dict[_Alike, tuple[str, str]] = {}
        self._words: dict[str, str] = {}
        self._secrets_known = secrets.learned
        self._made, self._stamp = -1, ""
        """The time that lines of this millisecond begin with."""

    def turn(self, record: TurnRecord) -> None:
        """Write the line of a turn, and those of its faults."""
        if record.faults:
            self.tell_faults(record)
        if self._secrets_known != self._secrets.learned:
            self._forget()
        alike = record.bot, record.version, record.kind, record.decided_by, record.outcome, record.replies
        line = self._line(record, self._common.get(alike) or self._parts(record, alike), time.time())
        user = spoken_of.get()
        self._journal.write(self._secrets.scrub(line) if user and user in line else line)

    def _text(self, record: TurnRecord, common: tuple[str, str], at: float) -> str:
        now = int(at * 1000)
        if now != self._made:
            self._made, second = now, now // 1000
            self._stamp = f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(second))},{now % 1000:03d}"
        return f"{self._stamp} INFO {_LOGGER} {line_of(record, common)}"

    def _json(self, record: TurnRecord, common: tuple[str, str], at: float) -> str:
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
            "level": "info",
            "logger": _LOGGER,
            "message": line_of(record, common),
            **fields_of(record),
        }
        for name in ("version", "type", "by"):
            fields[name] = self._clean(str(fields[name]))
        return json.dumps(fields, ensure_ascii=False)

    def _parts(self, record: TurnRecord, alike: _Alike) -> tuple[str, str]:
        """What the lines of turns that went alike have in common, without secrets and controls."""
        if len(self._common) >= _MOST_KEPT:
            self._forget()
        parts = self._common[alike] = common_parts(record, self._word)
        return parts

    def _word(self, text: str) -> str:
        found = self._words.get(text)
        if found is None:
            found = self._words[text] = self._clean(as_word(text))
        return found

    def _clean(self, text: str) -> str:
        return visible(self._secrets.scrub(text))

    def _forget(self) -> None:
        """Make all parts again: there is another secret, or there are too many of them."""
        self._secrets_known = self._secrets.learned
        self._common.clear()
        self._words.clear()
