"""The values variables have before anything sets them."""

from __future__ import annotations

from interpreter.machine.running import Running
from interpreter.program.tables import VariableTable


def set_defaults(turn: Running) -> None:
    """Give every variable that has no value its default; a user is known by id and locale from the start."""
    program, memory, user = turn.program, turn.memory, turn.message.user
    if memory.get("id") != user or "locale" not in memory:
        turn.change_memory({"locale": program.locales[0], **memory, "id": user})
    for variable in program.variables:
        if variable.name not in turn.vars:
            _set_default(turn, variable)
    for variable in program.user_variables:
        if variable.name not in turn.memory:
            _set_default(turn, variable)


def _set_default(turn: Running, variable: VariableTable) -> None:
    if variable.default is not None:
        turn.assign(variable.target, turn.evaluate(variable.default, {}), {})
    elif variable.is_optional:
        turn.put(variable.target, None, {})
