"""Going over a tree, and moving it to another offset."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from interpreter.expr.tree import (
    Argument,
    Binary,
    Call,
    Comprehension,
    Conditional,
    Field,
    Index,
    ListNode,
    Literal,
    MapNode,
    Name,
    Node,
    Slice,
    Unary,
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, in the order in which they are written."""
    match node:
        case Literal() | Name():
            return ()
        case Field(target=target):
            return (target,)
        case Index(target=target, index=index):
            return target, index
        case Slice(target=target, low=low, high=high):
            return target, *(bound for bound in (low, high) if bound is not None)
        case Call(arguments=arguments):
            return tuple(argument.value for argument in arguments)
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return left, right
        case Conditional(then=then, condition=condition, otherwise=otherwise):
            return then, condition, otherwise
        case ListNode(items=items):
            return items
        case MapNode(entries=entries):
            return tuple(part for entry in entries for part in entry)
        case Comprehension(item=item, source=source, condition=condition):
            return item, source, *(() if condition is None else (condition,))


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    for child in children(node):
        if type(child) in _ALONE:
            yield child
        else:
            yield from walk(child)


_ALONE = frozenset({Name, Literal})
"""Nodes with none below them."""


def moved(node: Node, by: int) -> Node:
    """The same tree with all its offsets moved."""
    start, end = node.start + by, node.end + by
    match node:
        case Literal() | Name():
            return replace(node, start=start, end=end)
        case Field(target=target):
            return replace(node, target=moved(target, by), start=start, end=end)
        case Index(target=target, index=index):
            return Index(moved(target, by), moved(index, by), start, end)
        case Slice(target=target, low=low, high=high):
            return Slice(moved(target, by), low and moved(low, by), high and moved(high, by), start, end)
        case Call(function=function, arguments=arguments):
            return Call(function, tuple(_moved_argument(argument, by) for argument in arguments), start, end)
        case Unary(operand=operand):
            return replace(node, operand=moved(operand, by), start=start, end=end)
        case Binary(operator=operator, left=left, right=right):
            return Binary(operator, moved(left, by), moved(right, by), start, end, node.operator_start + by)
        case Conditional(then=then, condition=condition, otherwise=otherwise):
            return Conditional(moved(then, by), moved(condition, by), moved(otherwise, by), start, end)
        case ListNode(items=items):
            return ListNode(tuple(moved(item, by) for item in items), start, end)
        case MapNode(entries=entries):
            return MapNode(tuple((moved(key, by), moved(value, by)) for key, value in entries), start, end)
        case Comprehension(item=item, name=name, source=source, condition=condition):
            below = moved(item, by), name, moved(source, by), condition and moved(condition, by)
            return Comprehension(*below, start, end, node.name_start + by)


def _moved_argument(argument: Argument, by: int) -> Argument:
    return Argument(moved(argument.value, by), argument.name, argument.start + by, argument.end + by)
