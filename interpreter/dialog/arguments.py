"""Leaves that name and compute at once: assignments, `with`, the arguments of a call, typed names with defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.leaves import Leaves, as_mapping, name_in, name_of, read_scalars, written
from interpreter.dialog.model.leaves import Expression, Name
from interpreter.dialog.model.rules import Parameter
from interpreter.dialog.model.steps import Assignment, WithArgument
from interpreter.dialog.splitting import ArgumentParts, split_assignment, split_call, split_default
from interpreter.source.tree import Entry, Mapping, Node, Scalar, Sequence
from interpreter.types.kinds import ErrorType


class Assignments(Struct, frozen=True):
    """What `set` or `let` assigns, and the names that were to get what could not be read."""

    read: tuple[Assignment, ...]
    unread: tuple[Name, ...]


def read_assignments(leaves: Leaves, node: Node, *, only_new: bool = False) -> Assignments:
    """`x = e` or a list of them; with `only_new` (`let`), plain names and `=` only."""
    found = [_assignment(leaves, scalar, only_new=only_new) for scalar in read_scalars(node)]
    return Assignments(
        tuple(each for each in found if isinstance(each, Assignment)),
        tuple(each for each in found if isinstance(each, Name)),
    )


_FIRST_NAME = re.compile(r"\s*(\w[\w.]*)")


def _assignment(leaves: Leaves, scalar: Scalar, *, only_new: bool) -> Assignment | Name | None:
    parts = split_assignment(scalar.text)
    if isinstance(parts, Problem):
        leaves.report(parts, scalar)
        first = _FIRST_NAME.match(scalar.text)
        return None if first is None else Name(first[1], scalar.place(*first.span(1)))
    target = name_in(scalar, parts.name)
    if only_new and (parts.operator != "=" or "." in target.text):
        leaves.report(
            Problem(
                "DL200",
                parts.name.start,
                parts.value.start,
                Wording(
                    "`let` names a new value: `let: name = expression`; to change a variable, use `set`",
                    "`let` 用来给新值命名：`let: 名称 = 表达式`；要改变变量请用 `set`",
                ),
            ),
            scalar,
        )
        return target
    value = leaves.expression_in(scalar, parts.value)
    return target if value is None else Assignment(target, parts.operator, value, scalar.span)


def read_with(leaves: Leaves, node: Node | None) -> tuple[tuple[WithArgument, ...], bool]:
    """A map of names to expressions, and whether some could not be read."""
    entries = as_mapping(node).entries
    found = ((entry, leaves.expression(entry.value)) for entry in entries)
    arguments = tuple(WithArgument(name_of(entry.key), value) for entry, value in found if value is not None)
    return arguments, len(arguments) < len(entries)


def read_api_arguments(leaves: Leaves, node: Node | None) -> tuple[tuple[WithArgument, ...], bool]:
    """What a method of WeChat's API is given, an argument for each leaf, and whether some could not be read.

    `{tag: {name: e}}` gives `tag.name`, and `{button: [{name: e}]}` gives `button[0].name`.
    """
    found = [(name, leaves.expression(value)) for name, value in _leaves_below(as_mapping(node), "")]
    arguments = tuple(WithArgument(name, value) for name, value in found if value is not None)
    return arguments, len(arguments) < len(found)


def _leaves_below(node: Mapping, path: str) -> Iterator[tuple[Name, Node]]:
    for entry in node.entries:
        name = name_of(entry.key)
        yield from _leaves_of(entry.value, Name(path + name.text, name.span))


def _leaves_of(node: Node, name: Name) -> Iterator[tuple[Name, Node]]:
    match node:
        case Mapping():
            yield from _leaves_below(node, f"{name.text}.")
        case Sequence(items=items):
            for index, item in enumerate(items):
                yield from _leaves_of(item, Name(f"{name.text}[{index}]", name.span))
        case _:
            yield name, node


class OperationCall(Struct, frozen=True):
    """`svc.op(a, b)`."""

    service: Name
    operation: Name
    arguments: tuple[WithArgument | Expression, ...]
    is_incomplete: bool


def read_call(leaves: Leaves, node: Node | None) -> OperationCall | None:
    """The service, the operation and the arguments of `svc.op(a, b)`."""
    scalar = written(node)
    if scalar is None:
        return None
    parts = split_call(scalar.text)
    if isinstance(parts, Problem):
        leaves.report(parts, scalar)
        return None
    found = (_argument(leaves, scalar, argument) for argument in parts.arguments)
    arguments = tuple(argument for argument in found if argument is not None)
    is_incomplete = len(arguments) < len(parts.arguments)
    return OperationCall(name_in(scalar, parts.service), name_in(scalar, parts.operation), arguments, is_incomplete)


def _argument(leaves: Leaves, scalar: Scalar, parts: ArgumentParts) -> WithArgument | Expression | None:
    value = leaves.expression_in(scalar, parts.value)
    if value is None or parts.name is None:
        return value
    return WithArgument(name_in(scalar, parts.name), value)


def read_parameters(leaves: Leaves, node: Node | None) -> tuple[Parameter, ...]:
    """A map of names to types with defaults: `vars`, `args`."""
    return tuple(_parameter(leaves, entry) for entry in as_mapping(node).entries)


def _parameter(leaves: Leaves, entry: Entry) -> Parameter:
    name, scalar = name_of(entry.key), written(entry.value)
    if scalar is None:
        return Parameter(name, ErrorType(), None, entry.key.span)
    kind, default = split_default(scalar.text)
    value = None if default is None else leaves.expression_in(scalar, default)
    is_incomplete = default is not None and value is None
    return Parameter(name, leaves.type_in(scalar, kind), value, scalar.span, is_incomplete)
