"""What a condition shows where it holds or does not; of one that cannot be read or is wrong, all it may have shown."""

from __future__ import annotations

from msgspec.structs import replace

from interpreter.check.findings import Findings
from interpreter.dialog.model.leaves import Expression
from interpreter.expr.narrowing import narrow
from interpreter.expr.scope import Binding, Scope
from interpreter.types.kinds import OptionalType, RecordType, Type


def shown(condition: Expression | None, scope: Scope, truth: bool, findings: Findings) -> Scope:
    """The scope of a place that is reached only when a condition, which has been checked, is true, or only if false."""
    typed = None if condition is None else findings.typed.get(id(condition))
    if condition is None or (typed is not None and typed.problems):
        return benevolent(scope)
    return narrow(condition.node, scope, truth)


def benevolent(scope: Scope) -> Scope:
    """A scope in which everything is taken to have a value: nobody knows what a broken condition would have shown."""
    narrowed = {path: _present(kind) for path, kind in scope.narrowed.items()}
    bindings = {
        name: Binding(_present(binding.type), binding.storage)
        if binding.may_be_unset or isinstance(binding.type, (OptionalType, RecordType))
        else binding
        for name, binding in scope.bindings.items()
    }
    return replace(scope, bindings=bindings, narrowed=narrowed)


def _present(kind: Type) -> Type:
    match kind:
        case OptionalType(inner=inner):
            return _present(inner)
        case RecordType(fields=fields):
            return replace(kind, fields={field: _present(inner) for field, inner in fields.items()})
        case _:
            return kind
