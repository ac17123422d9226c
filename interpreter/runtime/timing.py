"""How long things may take. Everything that waits in this package waits for one of these."""

from __future__ import annotations

from dataclasses import dataclass

ANSWERED_BY = 4.5
"""Seconds after which every delivery has its answer; WeChat hangs up after five."""
ANSWER_WITHIN = ANSWERED_BY - 0.05
"""Of that, how long a delivery waits for its turn; then it is counted, and a word must find its way."""
HOLD_SECONDS = 1.0
"""How much longer a delivery is held that another one will follow: until WeChat has surely hung up."""
LISTENS = ANSWERED_BY - ANSWER_WITHIN
"""Of that, the seconds for which an answer is still given to it."""
DELIVERIES = 3
"""How often WeChat delivers a message that is not answered."""


@dataclass(frozen=True, slots=True)
class Timing:
    """All in seconds."""

    turn: float = 300.0
    """For a turn, its calls and its waiting for other processes included."""
    drain: float = 5.0
    """For what is running when the engine is closed."""
    deliveries: float = 16.0
    """From the first delivery of a message to the end of the last one; a turn that takes longer answers none, whether
    or not all of them could be counted."""
    early: float = 2.5
    """Before a delivery's wait is over, its turn is saved as one that may be given up from then on."""
    claim: float = 10.0
    """For which the calls of a turn are one process's, unless it claims them again."""
    look: float = 0.25
    """Between two looks at what another process does."""
    retry: float = 1.0
    """Between two attempts to save a turn that nobody will deliver again."""
    after_answer: float = 0.5
    """From the answer to what could not be part of it, so that they come in order."""
    grace: float = 30.0
    """For the process that saved a parcel to send it; then whoever finds it may."""
    postponed: float = 600.0
    """Until a timer whose turn failed by a mistake of this program is tried again."""
