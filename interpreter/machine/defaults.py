"""The values variables have before anything sets them."""

from __future__ import annotations

from interpreter.machine.running import Running
from interpreter.program.tables import VariableTable
from interpreter.values import Value


def set_defaults(turn: Running) -> None:
    """Give every variable that has no value its default; a user is known by id and locale from the start."""
    turn.memory.setdefault("locale", turn.program.locales[0])
    turn.memory["id"] = turn.message.user
    for variables, values in ((turn.program.variables, turn.vars), (turn.program.user_variables, turn.memory)):
        for variable in variables:
            if variable.name not in values:
                _set_default(turn, variable, values)


def _set_default(turn: Running, variable: VariableTable, values: dict[str, Value]) -> None:
    if variable.default is not None:
        turn.assign(variable.target, turn.evaluate(variable.default, {}), {})
    elif variable.is_optional:
        values[variable.name] = None
