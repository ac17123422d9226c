"""From an operation and its arguments to an HTTP request, and from an HTTP answer to a value. Nothing is sent here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote_plus, urlencode, urlsplit

from interpreter.machine.effects import CallService
from interpreter.machine.limits import is_small
from interpreter.machine.running import Running
from interpreter.program.tables import OperationTable, Program
from interpreter.values import MAX_SIZE, Fault, Value, to_json


def bind_parameters(turn: Running, operation: OperationTable, given: Mapping[str, Value]) -> dict[str, Value]:
    """The locals of an operation: the given arguments, then defaults.

    Raises:
        Fault: an argument is missing or does not fit its type.
    """
    locals: dict[str, Value] = {}
    for name, default, target in operation.parameters:
        if name in given:
            turn.assign(target, given[name], locals)
        else:
            locals[name] = turn.evaluate(default, locals) if default else None
    return locals


def build_request(turn: Running, operation: OperationTable, locals: dict[str, Value], effect: str) -> CallService:
    """The request of one call.

    Raises:
        Fault: a text or expression of the operation failed.
    """
    base = turn.say(operation.base, {})
    url = base.rstrip("/") + turn.say(operation.path, locals)
    query = [(name, turn.say(text, locals)) for name, text in operation.query]
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query, errors="replace", quote_via=quote_plus)
    body, content_type = _body(turn, operation, locals)
    return CallService(
        id=effect,
        service=operation.service,
        operation=operation.name,
        method=operation.method,
        url=url,
        headers=tuple((name, _one_line(turn.say(text, locals))) for name, text in operation.headers),
        body=body,
        content_type=content_type,
        timeout=operation.timeout.total_seconds(),
        retry=operation.retry,
        cache=operation.cache.total_seconds() if operation.cache else None,
        private=operation.private,
        hosts=frozenset({urlsplit(base).netloc}),
        arguments=dict(locals),
    )


def _one_line(text: str) -> str:
    """A header's value: no line break in it can begin another header."""
    return " ".join(text.splitlines())


def _body(turn: Running, operation: OperationTable, locals: dict[str, Value]) -> tuple[bytes | None, str | None]:
    if operation.json is not None:
        value = turn.evaluate(operation.json, locals)
        if not is_small(value):
            raise Fault("budget", f"the body for {operation.name} is larger than {MAX_SIZE} characters or too deep")
        return json.dumps(to_json(value), ensure_ascii=False).encode(errors="replace"), "application/json"
    if operation.form is not None:
        pairs = [(name, turn.say(text, locals)) for name, text in operation.form]
        return urlencode(pairs, errors="replace").encode(), "application/x-www-form-urlencoded"
    return None, None


def read_answer(turn: Running, operation: OperationTable, answer: Value) -> Value:
    """What `into` receives of an answer with a good status: all of it, or what `pick` takes.

    Raises:
        Fault: `pick` failed.
    """
    if not isinstance(answer, Mapping):
        raise Fault("service", f"{operation.service}.{operation.name} gave no answer")
    if operation.pick is None:
        return answer.get("body")
    picked = {name: answer.get(name) for name in ("status", "headers", "body")}
    return turn.evaluate(operation.pick, picked)


def is_good(answer: Value) -> bool:
    """Whether an answer has a 2xx status."""
    status = answer.get("status") if isinstance(answer, Mapping) else None
    return isinstance(status, int) and 200 <= status < 300


def operation_of(program: Program, service: str, operation: str) -> OperationTable:
    """The table of an operation."""
    return program.operations[f"{service}.{operation}"]
