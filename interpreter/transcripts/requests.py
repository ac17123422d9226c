"""What a turn requested of the world, as a line `! …` of a test."""

from __future__ import annotations

import re

from interpreter.machine.effects import CallApi, CallService, Effect, Send
from interpreter.machine.shown import flat_arguments, shown_call, shown_send
from interpreter.transcripts.wildcards import matches

_GIVEN = re.compile(r'(?P<path>[^\s=]+)=(?:"(?P<quoted>[^"]*)"|(?P<plain>\S*))')


def effect_line(effect: Effect) -> str:
    """The line that an effect fulfils."""
    match effect:
        case CallService():
            return f"! fetch {effect.service}.{effect.operation}"
        case CallApi():
            return f"! api {shown_call(effect)}"
        case Send():
            return f"! send {shown_send(effect)}"
        case _:
            return f"! log {effect.text}"


def is_requested(effect: Effect, wanted: str) -> bool:
    """Whether an effect is what a line wants; of a call of the API only the arguments that the line names count."""
    if isinstance(effect, CallApi):
        verb, _, call = wanted.partition(" ")
        return verb == "api" and _is_called(effect, call.strip())
    return matches(f"{wanted}*", effect_line(effect).removeprefix("! "))


def _is_called(call: CallApi, wanted: str) -> bool:
    method, _, given = wanted.partition(" ")
    if method != call.method:
        return False
    known = dict(flat_arguments(call.arguments))
    asked = ((found["path"], found["quoted"] or found["plain"] or "") for found in _GIVEN.finditer(given))
    return all(path in known and matches(shown, known[path]) for path, shown in asked)
