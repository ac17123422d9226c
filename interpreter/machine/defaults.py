"""The values variables have before anything sets them."""

from __future__ import annotations

from interpreter.machine.running import Running
from interpreter.program.tables import VariableTable
from interpreter.values import Fault


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
    """Give a variable its default.

    Raises:
        Fault: the default failed, or does not fit; the place of the turn is then that of the variable.
    """
    if variable.default is not None:
        turn.aside, target = variable.place, variable.target
        value = turn.evaluate(variable.default, {})
        if target.fits is not None and not target.fits(value):
            raise Fault("type", f"the default of {target.shown} is not of its type, which is {target.type}")
        turn.assign(target, value, {})
        turn.aside = None
    elif variable.is_optional:
        turn.put(variable.target, None, {})
