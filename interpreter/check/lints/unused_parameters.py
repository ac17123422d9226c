"""DL119: an argument of a flow or of a service's operation that nothing in it reads."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.leaves import leaves_of_flow, leaves_of_operation
from interpreter.check.lints.reading import Reads, reads_of
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.rules import Parameter

CODE = "DL119"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Arguments that callers give in vain."""
    for name, flow in subject.bot.flows.items():
        if flow.parameters:
            read = reads_of(leaves_of_flow(flow), flow.steps)
            yield from _unread(flow.parameters, read, f"flows.{name}")
    for service, each in subject.bot.services.items():
        for name, operation in each.operations.items():
            if operation.parameters:
                read = reads_of(leaves_of_operation(operation), ())
                yield from _unread(operation.parameters, read, f"{service}.{name}")


def _unread(parameters: tuple[Parameter, ...], read: Reads, owner: str) -> Iterator[Diagnostic]:
    for parameter in parameters:
        name = parameter.name.text
        if not read.has(name):
            yield Diagnostic(
                CODE,
                parameter.name.span,
                Wording(f"`{owner}` never uses its argument `{name}`", f"`{owner}` 从未用到参数 `{name}`"),
                help=Wording(
                    f"remove it here and where `{owner}` is called, or use it, as in `$({name})`",
                    f"请在这里和调用 `{owner}` 的地方删掉它，或者用上它，例如 `$({name})`",
                ),
            )
