"""Compiling expressions and texts to closures.

A closure is a Python function of the `Env`. It is specialised by the static types that inference found: where they
vouch for both operands, it applies Python's own operator and looks no further; where a value may be anything, it goes
through `dynamic`, which checks. Either way a mistake is a `Fault`, never another exception.

There is one function per kind of node. Constant parts are evaluated once, while compiling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from interpreter.expr import dynamic
from interpreter.expr.calling import calling
from interpreter.expr.calls import BoundCall, bind_call
from interpreter.expr.combining import (
    both,
    charged_equal,
    comprehension,
    concatenation,
    concatenation_with,
    contains,
    contains_text,
    either,
    joined,
    new_map,
    null_test,
    or_else,
    paid,
)
from interpreter.expr.env import Closure, Env, TextClosure
from interpreter.expr.fields import TIME_FIELDS
from interpreter.expr.findings import Findings
from interpreter.expr.fused_arithmetic import ARITHMETIC, limits
from interpreter.expr.fused_comparisons import COMPARISONS, OPPOSITES, equal_field_constant
from interpreter.expr.fused_conditions import BOTH, BOTH_EQUAL, CHOICE, EITHER, THEN, Fused
from interpreter.expr.operands import Operand
from interpreter.expr.operators import kind_word
from interpreter.expr.reading import (
    may_be_null,
    read_field,
    read_local_field,
    read_name,
    read_or_null,
    read_root_field,
    read_time_field,
    read_user,
)
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.expr.short_texts import natives_of, short_text_call
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
from interpreter.types.kinds import (
    AnyType,
    BoolType,
    DurationType,
    ListType,
    MapType,
    RecordType,
    Type,
    is_textual,
    required,
)
from interpreter.values import Fault, Value

if TYPE_CHECKING:  # whoever runs a stored program infers nothing
    from interpreter.expr.inference import TypedTemplate
    from interpreter.expr.typed import TypedNode

_NUMBERS = frozenset({"int", "number"})
_PLAIN_EQUALITY = frozenset({"text", "int", "number", "date", "time", "datetime", "duration"})
"""Kinds whose values Python compares as the language does, among themselves and with null."""


def closure(typed: TypedNode) -> Closure:
    """The closure of an expression in which no errors were found."""
    return _Compiler(typed.types, typed.scope).compile(typed.node)


def condition_closure(typed: TypedNode) -> Closure:
    """The closure of a condition: its value is true or false, anything else a fault."""
    return _Compiler(typed.types, typed.scope).condition(typed.node)


def text_closure(typed: TypedTemplate) -> TextClosure:
    """The closure of a text: its literal parts and what its holes print, joined."""
    holes = iter(typed.holes)
    return joined([part if isinstance(part, str) else closure(next(holes)) for part in typed.template.parts])


class _Compiler(Struct, frozen=True):
    """Compiles the nodes of one expression; the item of a comprehension by another, which has its variable in scope."""

    types: Mapping[int, Type]
    scope: Scope

    def compile(self, node: Node) -> Closure:
        match node:
            case Literal(value=value):
                return lambda _: value
            case Name(name=name):
                return read_name(name, self.scope.bindings[name])
            case Field():
                return self._field(node)
            case Index(target=target, index=place):
                return self._index(node, self.compile(target), self.compile(place))
            case Slice():
                return self._slice(node)
            case Call():
                bound = bind_call(node, Findings())
                assert bound is not None
                general = calling(bound, self.compile, self.types, self._type(node))
                return self._short_text_call(bound, general) or general
            case Unary(operator="not", operand=operand):
                return self._negated(operand)
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

    def condition(self, node: Node) -> Closure:
        inner = self.compile(node)
        if isinstance(self._type(node), BoolType):
            return inner
        return lambda env: dynamic.truth(inner(env))

    def _type(self, node: Node) -> Type:
        return self.types[id(node)]

    def _kind(self, node: Node) -> str:
        """The kind a node's values are all of; `any` where that is not known or null is among them."""
        return _kind_or_any(self._type(node))

    def _operands(self, node: Binary) -> tuple[Operand, Operand]:
        return self._operand(node.left), self._operand(node.right)

    def _operand(self, node: Node) -> Operand:
        match node:
            case Literal(value=value):
                return Operand(self.compile(node), is_constant=True, constant=value)
            case Unary(operator="-", operand=Literal(value=int() | float() as value)):
                return Operand(self.compile(node), is_constant=True, constant=-value)
            case Name(name=name) if self._is_sure_local(name):
                return Operand(self.compile(node), local=name)
            case Field(target=Name(name=record), name=name) if self._is_local_record(node.target):
                return Operand(self.compile(node), field_of=(record, name))
            case _:
                return Operand(self.compile(node))

    def _condition_operand(self, node: Node) -> Operand:
        is_local = isinstance(node, Name) and self._is_sure_local(node.name) and isinstance(self._type(node), BoolType)
        return self._operand(node) if is_local else Operand(self.condition(node))

    def _is_sure_local(self, name: str) -> bool:
        binding = self.scope.bindings[name]
        return binding.storage is Storage.LOCAL and not binding.may_be_unset

    # ------------------------------------------------------------------------------------------------ reading

    def _field(self, node: Field) -> Closure:
        name, kind = node.name, self._type(node)
        if isinstance(node.target, Name):
            root = node.target.name
            match self.scope.bindings[root].storage:
                case Storage.TEXTS:
                    return lambda env: env.say_text(name)
                case Storage.USER:
                    return read_user(name, kind)
                case Storage.ROOT if self._is_record(node.target):
                    return read_root_field(root, name)
                case Storage.LOCAL if self._is_record(node.target):
                    return read_local_field(root, name)
        target_type = required(self._type(node.target))
        if type(target_type) in TIME_FIELDS:
            return read_time_field(self.compile(node.target), name)
        return read_field(self.compile(node.target), target_type, name)

    def _is_local_record(self, node: Node) -> bool:
        is_local = isinstance(node, Name) and self.scope.bindings[node.name].storage is Storage.LOCAL
        return is_local and self._is_record(node)

    def _is_record(self, node: Node) -> bool:
        kind = self._type(node)
        return isinstance(kind, (RecordType, MapType, AnyType)) and getattr(kind, "name", "") != "env"

    def _or_null(self, node: Node) -> Closure:
        """A closure for a place where a variable that was never set counts as null."""
        match node:
            case Name(name=name):
                return read_or_null(name, self.scope.bindings[name])
            case Field(target=Name(name=root), name=name) if self.scope.bindings[root].storage is Storage.USER:
                return lambda env: env.user.get(name)
            case _:
                return self.compile(node)

    def _index(self, node: Index, target: Closure, place: Closure) -> Closure:
        if self._kind(node.target) in ("list", "text") and self._kind(node.index) == "int":

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
        if not may_be_null(self._type(node)):
            return bound

        def run(env: Env) -> Value:
            place = bound(env)
            if place is None:
                raise Fault("null", "a place must be int, this is null")
            return place

        return run

    def _short_text_call(self, bound: BoundCall, general: Closure) -> Closure | None:
        """The closure of a call of functions of one short text, one in another, on what can be read twice."""
        found = natives_of(bound)
        if found is None:
            return None
        natives, node = found
        return short_text_call(natives, self._operand(node).local, self.compile(node), general)

    # ------------------------------------------------------------------------------------------------ operators

    def _negated(self, node: Node) -> Closure:
        """`not` of a condition; of a comparison it is the opposite comparison."""
        if isinstance(node, Binary) and node.operator in OPPOSITES and self._is_fused(node):
            checked, opposite = dynamic.OPERATIONS[node.operator], COMPARISONS[OPPOSITES[node.operator]]
            return opposite(*self._operands(node), lambda left, right: not checked(left, right))
        inner = self.condition(node)
        return lambda env: not inner(env)

    def _is_fused(self, node: Binary) -> bool:
        """Whether a comparison is Python's own for what its operands are."""
        if node.operator in ("==", "!="):
            is_null_test = any(isinstance(each, Literal) and each.value is None for each in (node.left, node.right))
            return not is_null_test and self._is_plainly_equal(node.left, node.right)
        kinds = {self._kind(node.left), self._kind(node.right)}
        return (len(kinds) == 1 and "any" not in kinds) or kinds <= _NUMBERS

    def _negation(self, node: Node) -> Closure:
        if isinstance(node, Literal):
            value = dynamic.negate(node.value)
            return lambda _: value
        operand = self.compile(node)
        return lambda env: dynamic.negate(operand(env))

    def _conditional(self, node: Conditional) -> Closure:
        condition = self.condition(node.condition)
        if isinstance(node.then, Literal) and isinstance(node.otherwise, Literal):
            yes, no = node.then.value, node.otherwise.value
            compared = self._compared_local(node.condition)
            if compared is not None:
                local, operator, constant = compared
                return CHOICE[operator](local, constant, condition, yes, no)
            return lambda env: yes if condition(env) else no
        then, otherwise = self.compile(node.then), self.compile(node.otherwise)
        return lambda env: then(env) if condition(env) else otherwise(env)

    def _binary(self, node: Binary) -> Closure:
        match node.operator:
            case "and":
                return self._connected(node, BOTH, both)
            case "or":
                return self._connected(node, EITHER, either)
            case "??":
                return or_else(self._or_null(node.left), self.compile(node.right))
            case "==" | "!=":
                return self._equality(node)
            case "in" | "not in":
                return self._membership(node)
            case "<" | "<=" | ">" | ">=":
                return self._order(node)
            case _:
                return self._arithmetic(node)

    def _connected(
        self, node: Binary, fused: Mapping[str, Fused], plain: Callable[[Operand, Closure], Closure]
    ) -> Closure:
        """`and` or `or`, fused with the comparison on its left if that is of a local with a constant."""
        right = self.condition(node.right)
        compared = self._compared_local(node.left)
        then = self._compared_local(node.right) if node.operator == "and" else None
        left = self._condition_operand(node.left)
        if compared is None and then is not None and left.local is None:
            return THEN[then[1]](left.closure, then[0], then[2], right)
        if compared is None:
            return plain(left, right)
        local, operator, constant = compared
        if then is not None and then[1] == "==":
            return BOTH_EQUAL[operator](local, constant, left.closure, then[0], then[2], right)
        return fused[operator](local, constant, left.closure, right)

    def _compared_local(self, node: Node) -> tuple[str, str, float] | None:
        """The local, the operator and the constant of a comparison of the two, or of one that must not hold."""
        if isinstance(node, Unary) and node.operator == "not":
            found = self._compared_local(node.operand)
            return found and (found[0], OPPOSITES[found[1]], found[2])
        if not (isinstance(node, Binary) and node.operator in OPPOSITES and self._is_fused(node)):
            return None
        left, right = self._operands(node)
        return (left.local, node.operator, right.number) if left.local and right.is_constant else None

    def _order(self, node: Binary) -> Closure:
        checked = dynamic.OPERATIONS[node.operator]
        if self._is_fused(node):
            return COMPARISONS[node.operator](*self._operands(node), checked)
        left, right = self.compile(node.left), self.compile(node.right)
        return lambda env: checked(left(env), right(env))

    def _arithmetic(self, node: Binary) -> Closure:
        left_kind, right_kind = self._kind(node.left), self._kind(node.right)
        checked = dynamic.OPERATIONS[node.operator]
        if {left_kind, right_kind} <= _NUMBERS and node.operator in ARITHMETIC:
            bounds = limits(checked, of_ints=left_kind == right_kind == "int")
            return ARITHMETIC[node.operator](*self._operands(node), bounds)
        left, right = self.compile(node.left), self.compile(node.right)
        if node.operator == "+" and left_kind == right_kind == "text":
            if isinstance(node.right, Literal):
                return concatenation_with(left, node.right.value)
            return concatenation(left, right)
        if node.operator == "+" and not isinstance(self._type(node), DurationType):
            return lambda env: paid(env, checked(left(env), right(env)))
        return lambda env: checked(left(env), right(env))

    def _equality(self, node: Binary) -> Closure:
        is_positive = node.operator == "=="
        for operand, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(other, Literal) and other.value is None:
                return null_test(self._or_null(operand), is_positive)
        if self._is_plainly_equal(node.left, node.right):
            left, right = self._operands(node)
            if is_positive and left.field_of is not None and right.is_constant:
                return equal_field_constant(left, right.constant)
            return COMPARISONS[node.operator](left, right, dynamic.OPERATIONS[node.operator])
        first, second = self.compile(node.left), self.compile(node.right)
        if is_positive:
            return lambda env: charged_equal(env, first(env), second(env))
        return lambda env: not charged_equal(env, first(env), second(env))

    def _is_plainly_equal(self, left: Node, right: Node) -> bool:
        """Whether Python's `==` is the language's for these operands."""
        if any(isinstance(node, Literal) and isinstance(node.value, str) for node in (left, right)):
            return True
        kinds = {_kind_or_any(required(self._type(left))), _kind_or_any(required(self._type(right)))}
        return kinds <= _NUMBERS or (len(kinds) == 1 and kinds <= _PLAIN_EQUALITY) or kinds == {"bool"}

    def _membership(self, node: Binary) -> Closure:
        item, group = self.compile(node.left), self.compile(node.right)
        is_in = self._contains(node, item, group)
        if node.operator == "in":
            return is_in
        return lambda env: not is_in(env)

    def _contains(self, node: Binary, item: Closure, group: Closure) -> Closure:
        if not is_textual(self._type(node.left)):
            return contains(item, group)
        constant, group_type = _constant_texts(node.right), self._type(node.right)
        if constant is not None:
            return lambda env: item(env) in constant
        if isinstance(group_type, ListType) and is_textual(group_type.item):
            return contains_text(self._operand(node.left), self._operand(node.right))
        return contains(item, group)

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
        inner = _Compiler(self.types, self._inside(node))
        item = inner.compile(node.item)
        condition = None if node.condition is None else inner.condition(node.condition)
        return comprehension(node.name, source, item, condition)

    def _inside(self, node: Comprehension) -> Scope:
        source = self._type(node.source)
        kind = source.item if isinstance(source, ListType) else source
        return self.scope.with_bindings({node.name: Binding(kind, Storage.LOCAL)})


def _kind_or_any(kind: Type) -> str:
    """The kind of a type, `any` also for null and for what was reported."""
    return "any" if may_be_null(kind) else kind_word(kind)


def _constant_texts(node: Node) -> tuple[Value, ...] | None:
    if not isinstance(node, ListNode):
        return None
    texts = tuple(item.value for item in node.items if isinstance(item, Literal) and isinstance(item.value, str))
    return texts if len(texts) == len(node.items) else None
