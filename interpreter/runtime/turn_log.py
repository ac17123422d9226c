"""One line in the log for each turn, and one for each of a bot's faults.

    turn=3f9c01ab bot=clinic version=1.2 user=5c0d1e88aa type=text by=rules.book replies=1 outcome=answered ms=12

The keys and their order are stable; a value has no spaces in it, and `-` stands for none.

turn      eight digits of hex that belong to this turn alone
bot       the account's name
version   the version of the bot that ran
user      a pseudonym: the same for the same user as long as the token stays
type      the type of the message, the name of the event, or `timer`
by        the rules, states and flows that decided, with commas between
replies   how many replies the bot gave
outcome   answered, given-up, fired, repeated, failed or shed (see `observing.Ending`)
ms        milliseconds from the message's arrival to the turn's end
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from interpreter.diagnostics.fault_words import logged_fault
from interpreter.runtime.about import about
from interpreter.runtime.observing import TurnRecord

_turns = logging.getLogger("interpreter.turns")
_log = logging.getLogger("interpreter.runtime")


class TurnLog:
    """Writes the lines; faults are told in the operator's language."""

    def __init__(self, language: str = "en") -> None:
        self._language = language

    def turn(self, record: TurnRecord) -> None:
        """Write the line of a turn."""
        self.tell_faults(record)
        if _turns.isEnabledFor(logging.INFO):
            _turns.info("%s", line_of(record, as_word), extra={"turn": record})

    def tell_faults(self, record: TurnRecord) -> None:
        """Write a line for each fault, without the values in it: they may be what the user has said."""
        for fault in record.faults:
            said = logged_fault(fault.name, fault.detail).say(self._language)
            _log.warning(
                "%s: %s (turn=%s bot=%s)",
                fault.place or record.bot,
                said,
                record.turn,
                record.bot,
                extra=about(record.bot, turn=record.turn, error=said),
            )


def line_of(record: TurnRecord, word: Callable[[str], str]) -> str:
    """The line of a turn; `word` makes what others have named a value without anything that could end it."""
    return (
        f"turn={record.turn} bot={record.bot} version={word(record.version)} user={record.user} "
        f"type={word(record.kind)} by={word(record.decided_by)} replies={record.replies} outcome={record.outcome} "
        f"ms={round(record.ms)}"
    )


def as_word(text: str) -> str:
    """A value without anything that could end it or forge another."""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else "?" for character in text)
    return text.replace(" ", "_") or "-"
