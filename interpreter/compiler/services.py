"""Lowering services and their operations."""

from __future__ import annotations

from interpreter.compiler.callables import ConstantText
from interpreter.compiler.leaves import Lowering, lower_data, lower_expression, lower_parameter, lower_path, lower_text
from interpreter.dialog.model.leaves import Name, Text
from interpreter.dialog.model.services import DEFAULT_TIMEOUT, Operation, Service
from interpreter.expr.env import TextClosure
from interpreter.program.tables import OperationTable

IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})
"""Methods that may be tried again (RFC 9110, 9.2.2)."""


def lower_services(context: Lowering) -> dict[str, OperationTable]:
    """Every operation of the bot by `service.operation`."""
    return {
        f"{service.name.text}.{operation.name.text}": _lower_operation(context, service, operation)
        for service in context.bot.services.values()
        for operation in service.operations.values()
    }


def _lower_operation(context: Lowering, service: Service, operation: Operation) -> OperationTable:
    assert service.url is not None
    timeout = operation.timeout or service.timeout
    retry = operation.retry if operation.retry is not None else service.retry
    return OperationTable(
        service=service.name.text,
        name=operation.name.text,
        method=operation.method,
        base=lower_text(context, service.url),
        path=lower_path(context, operation.path) if operation.path else ConstantText(""),
        query=_lower_pairs(context, operation.query),
        headers=_lower_pairs(context, (*service.headers, *operation.headers)),
        json=lower_data(context, operation.json) if operation.json else None,
        form=_lower_pairs(context, operation.form) if operation.form is not None else None,
        timeout=timeout.value if timeout else DEFAULT_TIMEOUT,
        retry=retry if operation.method in IDEMPOTENT else 0,
        cache=operation.cache.value if operation.cache else None,
        private=service.private,
        pick=lower_expression(context, operation.pick) if operation.pick else None,
        mock=lower_data(context, operation.mock) if operation.mock else None,
        parameters=tuple(lower_parameter(context, parameter) for parameter in operation.parameters),
    )


def _lower_pairs(context: Lowering, pairs: tuple[tuple[Name, Text], ...]) -> tuple[tuple[str, TextClosure], ...]:
    return tuple((name.text, lower_text(context, text)) for name, text in pairs)
