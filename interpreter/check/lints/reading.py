"""Which names are read, and where: what decides whether a variable, a local or a capture is of any use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from interpreter.check.lints.leaves import Leaf
from interpreter.check.traversal import nested
from interpreter.dialog.model.leaves import Expression
from interpreter.dialog.model.steps import Assignment, FormStep, LetStep, SetStep, Step, Steps
from interpreter.expr.tree import Field, Index, Literal, Name, Node
from interpreter.expr.walk import children, walk


class Reads(Struct, frozen=True):
    """What expressions read. A name counts wherever it is written: whether something else hides it is not asked."""

    names: frozenset[str]
    user: frozenset[str]
    """The fields of `user` that are read."""
    whole_user: bool
    """Whether `user` is read as a whole, and with it every field."""

    def has(self, name: str) -> bool:
        """Whether a variable is read; of a user variable, `user.x`."""
        field = name.removeprefix("user.")
        return name in self.names if field == name else self.whole_user or field in self.user


def reads(leaves: Iterable[Leaf], steps: Iterable[Step]) -> Reads:
    """What leaves read, `steps` among whose leaves they are.

    `n = n + 1` does not read `n` for anything but itself. A form reads its fields: it asks for what is not there.
    """
    steps = tuple(steps)
    own = _targets(steps)
    names: set[str] = set()
    user: set[str] = set()
    for leaf in leaves:
        roots = (leaf.node,) if isinstance(leaf, Expression) else [hole.node for hole in leaf.template.holes]
        target = own.get(id(leaf)) if roots else None
        for node in roots:
            for path in (node.name,) if isinstance(node, Name) else _paths(node):
                if path != target:
                    (user if path.startswith("user.") else names).add(path)
    for step in steps:
        if isinstance(step, FormStep):
            names.update(field.into.text for field in step.fields if field.into is not None)
    user |= {name for name in names if name.startswith("user.")}
    fields = frozenset(name.removeprefix("user.") for name in user)
    return Reads(frozenset(names), fields, "user" in names)


def reads_of(leaves: Iterable[Leaf], steps: Steps) -> Reads:
    """Like `reads`, for a routine: steps with the steps inside them."""
    return reads(leaves, nested(steps))


def assignments_of(steps: Iterable[Step]) -> Iterator[Assignment]:
    """The assignments of `set` and `let` among steps."""
    for step in steps:
        if isinstance(step, (SetStep, LetStep)):
            yield from step.assignments


def _targets(steps: Iterable[Step]) -> Mapping[int, str]:
    """By the identity of an assigned expression, the name it is given to."""
    return {id(assignment.value): assignment.target.text for assignment in assignments_of(steps)}


def _paths(node: Node) -> Iterator[str]:
    """Names, and for `user` the field that is read of it."""
    match node:
        case (
            Field(target=Name(name="user"), name=name) | Index(target=Name(name="user"), index=Literal(value=str(name)))
        ):
            yield f"user.{name}"
        case Name(name=name):
            yield name
        case _:
            for child in children(node):
                yield from _paths(child)


def mentions(nodes: Iterable[Node], record: str) -> frozenset[str]:
    """The fields that expressions read of a record such as `texts`."""
    return frozenset(
        part.name
        for node in nodes
        for part in walk(node)
        if isinstance(part, Field) and isinstance(part.target, Name) and part.target.name == record
    )
