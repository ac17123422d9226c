"""Compiling expressions and texts to closures.

A closure is a Python function of the `Env`. Most expressions become one function, in which Python's own operators do
the work where inference vouches for the operands (see `fused`). Here are the closures of everything else, one per kind
of node, and the general ones of operators, which look at each value. A mistake is a `Fault`, never another exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from interpreter.expr import dynamic
from interpreter.expr.calling import calling
from interpreter.expr.calls import bind_call
from interpreter.expr.combining import (
    charged_equal,
    comprehension,
    is_among,
    is_member,
    joined,
    new_map,
    null_test,
    or_else,
    paid,
    when_needed,
)
from interpreter.expr.env import Closure, Env, TextClosure
from interpreter.expr.fields import TIME_FIELDS
from interpreter.expr.findings import Findings
from interpreter.expr.fused import fuse, is_fusible
from interpreter.expr.fused_source import NotFused
from interpreter.expr.reading import (
    read_field,
    read_local_field,
    read_name,
    read_or_null,
    read_root_field,
    read_time_field,
    read_user,
)
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.expr.tree import (
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
from interpreter.expr.typed import Parts, constant_texts, may_be_null
from interpreter.types.kinds import (
    AnyType,
    BoolType,
    DurationType,
    ListType,
    MapType,
    RecordType,
    is_textual,
    required,
)
from interpreter.values import Fault, Value

if TYPE_CHECKING:  # whoever runs a stored program infers nothing
    from interpreter.expr.inference import TypedTemplate
    from interpreter.expr.typed import TypedNode


def closure(typed: TypedNode) -> Closure:
    """The closure of an expression in which no errors were found."""
    return _Compiler(Parts(typed.types, typed.scope)).compile(typed.node)


def condition_closure(typed: TypedNode) -> Closure:
    """The closure of a condition: its value is true or false, anything else a fault."""
    return _Compiler(Parts(typed.types, typed.scope)).compile(typed.node, is_condition=True)


def closure_for_once(typed: TypedNode) -> Closure:
    """The closure of an expression that is evaluated once: it takes less time to make than to save."""
    return _Compiler(Parts(typed.types, typed.scope), fuses=False).compile(typed.node)


def text_closure(typed: TypedTemplate) -> TextClosure:
    """The closure of a text: its literal parts and what its holes print, joined."""
    holes = iter(typed.holes)
    return joined([part if isinstance(part, str) else closure(next(holes)) for part in typed.template.parts])


class _Compiler(Struct, frozen=True):
    """Compiles the nodes of one expression; the item of a comprehension by another, which has its variable in scope."""

    parts: Parts
    fuses: bool = True
    """Whether it makes one function of what can be one."""

    def compile(self, node: Node, *, is_condition: bool = False) -> Closure:
        """The closure of a node, or of one that is a condition."""
        if self.fuses and is_fusible(node):

            def general(part: Node) -> Closure:
                compiler = _Compiler(self.parts, fuses=False)
                return when_needed(lambda: compiler.compile(part, is_condition=is_condition and part is node))

            try:
                return fuse(node, self.parts, self.compile, general, is_condition=is_condition)
            except NotFused:
                pass
        return self._condition(node) if is_condition else self._plain(node)

    def _plain(self, node: Node) -> Closure:
        match node:
            case Literal(value=value):
                return lambda _: value
            case Name(name=name):
                return read_name(name, self.parts.scope.bindings[name])
            case Field():
                return self._field(node)
            case Index(target=target, index=place):
                return self._index(node, self.compile(target), self.compile(place))
            case Slice():
                return self._slice(node)
            case Call():
                bound = bind_call(node, Findings())
                assert bound is not None
                return calling(bound, self.compile, self.parts.types, self.parts.type(node))
            case Unary(operator="not", operand=operand):
                condition = self.compile(operand, is_condition=True)
                return lambda env: not condition(env)
            case Unary(operand=operand):
                return self._negation(operand)
            case Binary():
                return self._binary(node)
            case Conditional():
                return self._conditional(node)
            case ListNode(items=items):
                return self._list(items)
            case MapNode(entries=entries):
                return self._map(entries)
            case Comprehension():
                return self._comprehension(node)

    def _condition(self, node: Node) -> Closure:
        inner = self._plain(node)
        if isinstance(self.parts.type(node), BoolType):
            return inner
        return lambda env: dynamic.truth(inner(env))

    # ------------------------------------------------------------------------------------------------ reading

    def _field(self, node: Field) -> Closure:
        name, kind = node.name, self.parts.type(node)
        if isinstance(node.target, Name):
            root = node.target.name
            match self.parts.scope.bindings[root].storage:
                case Storage.TEXTS:
                    return lambda env: env.say_text(name)
                case Storage.USER:
                    return read_user(name, kind)
                case Storage.ROOT if self._is_record(node.target):
                    return read_root_field(root, name)
                case Storage.LOCAL if self._is_record(node.target):
                    return read_local_field(root, name)
        target_type = required(self.parts.type(node.target))
        if type(target_type) in TIME_FIELDS:
            return read_time_field(self.compile(node.target), name)
        return read_field(self.compile(node.target), target_type, name)

    def _is_record(self, node: Node) -> bool:
        kind = self.parts.type(node)
        return isinstance(kind, (RecordType, MapType, AnyType)) and getattr(kind, "name", "") != "env"

    def _or_null(self, node: Node) -> Closure:
        """A closure for a place where a variable that was never set counts as null."""
        match node:
            case Name(name=name):
                return read_or_null(name, self.parts.scope.bindings[name])
            case Field(target=Name(name=root), name=name) if self.parts.scope.bindings[root].storage is Storage.USER:
                return lambda env: env.user.get(name)
            case _:
                return self.compile(node)

    def _index(self, node: Index, target: Closure, place: Closure) -> Closure:
        if self.parts.kind(node.target) in ("list", "text") and self.parts.kind(node.index) == "int":

            def item(env: Env) -> Value:
                values, at = target(env), place(env)
                try:
                    return values[at]  # type: ignore[index]  # its static type vouches for it
                except (IndexError, TypeError, KeyError):
                    return dynamic.index(values, at)

            return item
        return lambda env: dynamic.index(target(env), place(env))

    def _slice(self, node: Slice) -> Closure:
        target = self.compile(node.target)
        low, high = self._bound(node.low), self._bound(node.high)

        def part(env: Env) -> Value:
            return paid(env, dynamic.part(target(env), low(env), high(env)))

        return part

    def _bound(self, node: Node | None) -> Closure:
        if node is None:
            return lambda _: None
        bound = self.compile(node)
        if not may_be_null(self.parts.type(node)):
            return bound

        def run(env: Env) -> Value:
            place = bound(env)
            if place is None:
                raise Fault("null", "a place must be int, this is null")
            return place

        return run

    # ------------------------------------------------------------------------------------------------ operators

    def _negation(self, node: Node) -> Closure:
        operand = self.compile(node)
        return lambda env: dynamic.negate(operand(env))

    def _conditional(self, node: Conditional) -> Closure:
        condition = self.compile(node.condition, is_condition=True)
        then, otherwise = self.compile(node.then), self.compile(node.otherwise)
        return lambda env: then(env) if condition(env) else otherwise(env)

    def _binary(self, node: Binary) -> Closure:
        match node.operator:
            case "and":
                first, second = self._conditions(node)
                return lambda env: first(env) and second(env)
            case "or":
                first, second = self._conditions(node)
                return lambda env: first(env) or second(env)
            case "??":
                return or_else(self._or_null(node.left), self.compile(node.right))
            case "==" | "!=":
                return self._equality(node)
            case "in" | "not in":
                return self._membership(node)
            case _:
                return self._operation(node)

    def _conditions(self, node: Binary) -> tuple[Closure, Closure]:
        return self.compile(node.left, is_condition=True), self.compile(node.right, is_condition=True)

    def _operation(self, node: Binary) -> Closure:
        operation, left, right = dynamic.OPERATIONS[node.operator], self.compile(node.left), self.compile(node.right)
        if node.operator == "+" and not isinstance(self.parts.type(node), DurationType):
            return lambda env: paid(env, operation(left(env), right(env)))
        return lambda env: operation(left(env), right(env))

    def _equality(self, node: Binary) -> Closure:
        is_positive = node.operator == "=="
        for operand, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(other, Literal) and other.value is None:
                return null_test(self._or_null(operand), is_positive)
        first, second = self.compile(node.left), self.compile(node.right)
        if is_positive:
            return lambda env: charged_equal(env, first(env), second(env))
        return lambda env: not charged_equal(env, first(env), second(env))

    def _membership(self, node: Binary) -> Closure:
        is_in = self._contains(node)
        if node.operator == "in":
            return is_in
        return lambda env: not is_in(env)

    def _contains(self, node: Binary) -> Closure:
        item, group, kind = self.compile(node.left), self.compile(node.right), self.parts.type(node.right)
        if is_textual(self.parts.type(node.left)):
            constant = constant_texts(node.right)
            if constant is not None:
                return lambda env: item(env) in constant
            if isinstance(kind, ListType) and is_textual(kind.item):
                return lambda env: is_among(env, item(env), group(env))
        return lambda env: is_member(env, item(env), group(env))

    # ------------------------------------------------------------------------------------------------ collections

    def _list(self, items: Sequence[Node]) -> Closure:
        constants = [item.value for item in items if isinstance(item, Literal)]
        if len(constants) == len(items):
            return lambda _: constants
        closures = [self.compile(item) for item in items]
        return lambda env: [item(env) for item in closures]

    def _map(self, entries: Sequence[tuple[Node, Node]]) -> Closure:
        return new_map([(self.compile(key), self.compile(value)) for key, value in entries])

    def _comprehension(self, node: Comprehension) -> Closure:
        source = self.compile(node.source)
        inner = _Compiler(Parts(self.parts.types, self._inside(node)), self.fuses)
        item = inner.compile(node.item)
        condition = None if node.condition is None else inner.compile(node.condition, is_condition=True)
        return comprehension(node.name, source, item, condition)

    def _inside(self, node: Comprehension) -> Scope:
        source = self.parts.type(node.source)
        kind = source.item if isinstance(source, ListType) else source
        return self.parts.scope.with_bindings({node.name: Binding(kind, Storage.LOCAL)})
