"""Lowering what a method of WeChat's API is given: arguments by their paths become closures of maps and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from interpreter.check.api_paths import Tree, unfold
from interpreter.compiler.callables import NewList, NewMap
from interpreter.compiler.leaves import Lowering, lower_expression
from interpreter.dialog.model.steps import WithArgument
from interpreter.expr.env import Closure


def lower_api_arguments(context: Lowering, arguments: Iterable[WithArgument]) -> tuple[tuple[str, Closure], ...]:
    """The arguments by the names of the outermost ones."""
    leaves = ((argument.name.text, lower_expression(context, argument.value)) for argument in arguments)
    return tuple((name, _joined(tree)) for name, tree in unfold(leaves).items())


def _joined(tree: Tree[Closure]) -> Closure:
    """One closure for everything below a name."""
    if isinstance(tree, Mapping):
        return NewMap(tuple((name, _joined(inner)) for name, inner in tree.items()))
    if callable(tree):
        return tree
    return NewList(tuple(map(_joined, tree)))
