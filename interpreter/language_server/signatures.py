"""The function whose arguments are being written."""

from __future__ import annotations

import re

from lsprotocol import types

from interpreter.expr.functions.document import signature
from interpreter.expr.functions.library import FUNCTIONS
from interpreter.expr.functions.registry import Function

_TOKEN = re.compile(
    r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?P<open>(?P<name>[^\W\d]\w*)?[(\[{])|(?P<close>[)\]}])|,"""
)


def signature_at(before: str, language: str) -> types.SignatureHelp | None:
    """The signature of the innermost call that is open at the end of a text, and which argument is next."""
    line = before.rpartition("\n")[2]
    stack: list[tuple[str, int]] = []
    for found in _TOKEN.finditer(line):
        if found["open"]:
            stack.append((found["name"] or "", 0))
        elif found["close"]:
            if stack:
                stack.pop()
        elif found.group() == "," and stack:
            stack[-1] = (stack[-1][0], stack[-1][1] + 1)
    name, count = next(((name, count) for name, count in reversed(stack) if name in FUNCTIONS), ("", 0))
    return _help(FUNCTIONS[name], count, language) if name else None


def _help(function: Function, count: int, language: str) -> types.SignatureHelp:
    names = [each.name for each in (*function.parameters, *((function.rest,) if function.rest else ()))]
    parameters = [types.ParameterInformation(name) for name in names]
    shown = types.SignatureInformation(
        signature(function), documentation=function.summary.say(language), parameters=parameters
    )
    active = min(count, len(names) - 1) if names else None
    return types.SignatureHelp([shown], active_signature=0, active_parameter=active)
