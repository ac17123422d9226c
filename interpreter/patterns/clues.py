"""What must be in a message for a pattern to have a chance: the finder looks for that first.

A clue may promise too much, never too little: a pattern whose clue is not in a message does not match it.
"""

from __future__ import annotations

from msgspec import Struct


class WholeText(Struct, frozen=True, gc=False):
    """The message, folded and without closing punctuation, is one of these."""

    texts: tuple[str, ...]
    is_enough: bool = False
    """Then the pattern matches, and what it finds is the message without closing punctuation."""


class FoldedPart(Struct, frozen=True, gc=False):
    """One of these is in the folded message."""

    texts: tuple[str, ...]


class CasedPart(Struct, frozen=True, gc=False):
    """One of these is in the case-folded message."""

    texts: tuple[str, ...]


class NoClue(Struct, frozen=True, gc=False):
    """The pattern has to be tried."""


Clue = WholeText | FoldedPart | CasedPart | NoClue
