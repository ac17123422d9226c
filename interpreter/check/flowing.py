"""How scopes meet: after branches, loops and handlers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce

from interpreter.check.joins import join
from interpreter.expr.layers import grown, parted
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.types.kinds import Type, optional


def merge(scopes: Iterable[Scope | None]) -> Scope | None:
    """The scope after branches of which any may have run; those that stopped (None) take no part."""
    going_on = [scope for scope in scopes if scope is not None]
    return reduce(_merge_two, going_on) if going_on else None


def _merge_two(left: Scope, right: Scope) -> Scope:
    if left is right:
        return left
    bindings = left.bindings
    if bindings is not right.bindings:
        bindings = _merge_maps(left.bindings, right.bindings)
    narrowed: dict[str, Type] = {
        path: join(kind, right.narrowed[path]) for path, kind in left.narrowed.items() if path in right.narrowed
    }
    return Scope(bindings, narrowed, left.entities, left.is_open or right.is_open)


def _merge_maps(left: Mapping[str, Binding], right: Mapping[str, Binding]) -> Mapping[str, Binding]:
    common, names = parted(left, right)
    return grown(common, {name: _merge_bindings(left.get(name), right.get(name)) for name in names})


def _merge_bindings(left: Binding | None, right: Binding | None) -> Binding:
    match left, right:
        case (Binding(), Binding()):
            if left is right:
                return left
            if left.storage is not right.storage:
                return left if left.storage is Storage.LOCAL else right
            return Binding(join(left.type, right.type), left.storage, left.may_be_unset or right.may_be_unset)
        case (Binding() as only, None) | (None, Binding() as only):
            return Binding(optional(only.type), only.storage, may_be_unset=True)
        case _:
            raise AssertionError("a name of neither scope")


def same(left: Scope, right: Scope) -> bool:
    """Whether two scopes say the same."""
    return left.bindings == right.bindings and left.narrowed == right.narrowed
