"""The comparison of a bot with what it was before an edit."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.analysis import analyse
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.dialog.model.bot import Bot
from interpreter.edits.choices import changed_choices
from interpreter.edits.edit import Edit, Side
from interpreter.edits.local_values import changed_locals, missing_locals
from interpreter.edits.questions import changed_questions
from interpreter.edits.things import vanished_things
from interpreter.edits.variables import changed_variables
from interpreter.edits.waits import vanished_waits


def compare_bots(old: Bot, new: Bot) -> Iterator[Diagnostic]:
    """What an edit does to conversations under way. The new bot has no errors."""
    analysis, _ = analyse(new)
    edit = Edit(Side(old), Side(new), analysis)
    for compare in (
        vanished_waits,
        changed_variables,
        changed_locals,
        changed_questions,
        changed_choices,
        vanished_things,
        missing_locals,
    ):
        yield from compare(edit)
