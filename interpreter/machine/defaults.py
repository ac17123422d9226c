"""The values variables have before anything sets them."""

from __future__ import annotations

from collections.abc import Iterable

from interpreter.machine.running import Running
from interpreter.program.tables import VariableTable
from interpreter.values import Value


def set_defaults(turn: Running) -> None:
    """Give every variable that has no value its default; a user is known by id and locale from the start."""
    turn.memory.setdefault("locale", turn.program.locales[0])
    turn.memory["id"] = turn.message.user
    if turn.program.variables:
        _fill(turn, turn.program.variables, turn.vars)
    if turn.program.user_variables:
        _fill(turn, turn.program.user_variables, turn.memory)


def _fill(turn: Running, variables: Iterable[VariableTable], values: dict[str, Value]) -> None:
    for variable in variables:
        if variable.name not in values:
            _set_default(turn, variable, values)


def _set_default(turn: Running, variable: VariableTable, values: dict[str, Value]) -> None:
    if variable.default is not None:
        turn.assign(variable.target, turn.evaluate(variable.default, {}), {})
    elif variable.is_optional:
        values[variable.name] = None
