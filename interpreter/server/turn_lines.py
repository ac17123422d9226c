"""The line of each turn, straight into the journal.

`turn_log` says the same through the logging of Python's library, where a line takes longer to make than most turns.
Here what lines have in common is made once: the words in them, and the time of day.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

from interpreter.runtime.observing import TurnRecord
from interpreter.runtime.spoken_of import spoken_of
from interpreter.runtime.turn_log import TurnLog, as_word, line_of
from interpreter.server.journal import Journal
from interpreter.server.log_lines import fields_of, visible
from interpreter.server.secrecy import Secrets

_MOST_KEPT = 30_000
_LOGGER = "interpreter.turns"


class TurnLines(TurnLog):
    """An observer that writes a line of text for each turn, or of JSON."""

    def __init__(self, journal: Journal, secrets: Secrets, language: str, *, json: bool) -> None:
        super().__init__(language)
        self._journal = journal
        self._secrets = secrets
        self._is_json = json
        self._words = _Words(secrets)
        self._word = self._words.__getitem__
        self._made, self._stamp = -1, ""
        """A millisecond, and what lines of it begin with."""
        self._second, self._day = -1, ""
        """A second, and the date and time it has."""

    def turn(self, record: TurnRecord) -> None:
        """Write the line of a turn, and those of its faults."""
        if record.faults:
            self.tell_faults(record)
        if self._words.learned != self._secrets.learned:
            self._words.forget()
        at = time.time()
        if self._is_json:
            line = self._json(record, at)
        else:
            now = int(at * 1000)
            if now != self._made:
                self._made, self._stamp = now, self._stamp_of(now)
            line = f"{self._stamp} {line_of(record, self._word)}"
        user = spoken_of.get()
        self._journal.write(self._secrets.scrub(line) if user and user in line else line)

    def _stamp_of(self, now: int) -> str:
        """What the lines of a millisecond begin with; the system takes long to say what time a second is."""
        second = now // 1000
        if second != self._second:
            self._second, self._day = second, time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
        return f"{self._day},{now % 1000:03d} INFO {_LOGGER}"

    def _json(self, record: TurnRecord, at: float) -> str:
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
            "level": "info",
            "logger": _LOGGER,
            "message": line_of(record, self._word),
            **fields_of(record),
        }
        for name in ("version", "type", "by", *(("error",) if record.error else ())):
            fields[name] = _clean(self._secrets, str(fields[name]))
        return json.dumps(fields, ensure_ascii=False)


class _Words(dict[str, str]):
    """Words by what they stand for, without secrets and controls; all are forgotten when there are too many of them."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__()
        self._secrets = secrets
        self.learned = secrets.learned
        """How many secrets are known to be in none of them."""

    def __missing__(self, text: str) -> str:
        if len(self) >= _MOST_KEPT:
            self.clear()
        word = self[text] = _clean(self._secrets, as_word(text))
        return word

    def forget(self) -> None:
        """Make them all again, for there is another secret."""
        self.learned = self._secrets.learned
        self.clear()


def _clean(secrets: Secrets, text: str) -> str:
    return visible(secrets.scrub(text))
