"""Finding the static type of an expression, and all that is wrong with it, where it stands.

One pass from the leaves up. What has been reported gets the type `ErrorType`, which fits everywhere, so that one
mistake is said once. The right side of `and` and `or`, the branches of a choice and the item of a comprehension are
gone over in a scope that knows what their condition has shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording
from interpreter.expr.assignable import join, join_all
from interpreter.expr.bare_dates import bare_date, written_date
from interpreter.expr.calls import bind_call, call_type
from interpreter.expr.comparisons import comparison, condition, impossible_value
from interpreter.expr.constants import is_readable
from interpreter.expr.fields import field as field_of
from interpreter.expr.fields import index, path_of, slice_type
from interpreter.expr.findings import Findings
from interpreter.expr.naming import type_of_name
from interpreter.expr.narrowing import narrow
from interpreter.expr.operators import arithmetic, negation
from interpreter.expr.printable import check_printable
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
    Template,
    Unary,
)
from interpreter.types.kinds import (
    AnyType,
    BoolType,
    DurationType,
    EntityType,
    EnumType,
    ErrorType,
    IntType,
    ListType,
    MapType,
    NullType,
    NumberType,
    OptionalType,
    RecordType,
    TextType,
    Type,
    is_textual,
    required,
    show,
)


class Typed(Struct, frozen=True):
    """An expression with its type. Closures are compiled only of those without errors."""

    node: Node
    type: Type
    problems: tuple[Problem, ...]
    scope: Scope
    types: Mapping[int, Type] = field(default_factory=dict)
    """The type of every node within, by its identity."""


class TypedTemplate(Struct, frozen=True):
    """A text with the types of its holes."""

    template: Template
    holes: tuple[Typed, ...]
    problems: tuple[Problem, ...]
    scope: Scope


def infer(node: Node, scope: Scope, *, expected: Type | None = None) -> Typed:
    """The type of an expression and its problems; where a type is `expected`, literals take their narrowest."""
    findings = Findings()
    kind = _infer(node, scope, findings, expected)
    return Typed(node, kind, tuple(findings.problems), scope, findings.types)


def infer_condition(node: Node, scope: Scope) -> Typed:
    """Like `infer`, for an expression that must be a boolean."""
    findings = Findings()
    kind = condition(node, _infer(node, scope, findings), findings)
    return Typed(node, kind, tuple(findings.problems), scope, findings.types)


def infer_template(template: Template, scope: Scope) -> TypedTemplate:
    """The types of a text's holes and the problems in them; a list, a map or null cannot be printed."""
    holes: list[Typed] = []
    written = template.holes
    if not written:
        return TypedTemplate(template, (), (), scope)
    for hole in written:
        findings = Findings()
        kind = _infer(hole.node, scope, findings)
        check_printable(hole.node, kind, findings)
        holes.append(Typed(hole.node, kind, tuple(findings.problems), scope, findings.types))
    return TypedTemplate(template, tuple(holes), tuple(problem for hole in holes for problem in hole.problems), scope)


def _infer(node: Node, scope: Scope, findings: Findings, expected: Type | None = None) -> Type:
    kind = _type_of(node, scope, findings, expected)
    findings.types[id(node)] = kind
    return kind


def _type_of(node: Node, scope: Scope, findings: Findings, expected: Type | None) -> Type:
    match node:
        case Literal():
            return _literal(node, scope, expected)
        case Name():
            return type_of_name(node, scope, findings, expected)
        case Field(target=target):
            below = _texts(target, scope, findings) or _infer(target, scope, findings)
            return _narrowed(node, field_of(node, below, scope, findings), scope)
        case Index(target=target, index=place):
            items = _infer(target, scope, findings)
            return _narrowed(node, index(node, items, _infer(place, scope, findings), findings), scope)
        case Slice(target=target, low=low, high=high):
            items = _infer(target, scope, findings)
            bounds = tuple((bound, _infer(bound, scope, findings)) for bound in (low, high) if bound is not None)
            return slice_type(node, items, bounds, findings)
        case Call():
            return _call(node, scope, findings)
        case Unary(operator="not", operand=operand):
            condition(operand, _infer(operand, scope, findings), findings)
            return BoolType()
        case Unary(operand=operand):
            return negation(node, _infer(operand, scope, findings, expected), findings)
        case Binary():
            return _binary(node, scope, findings, expected)
        case Conditional():
            return _conditional(node, scope, findings, expected)
        case ListNode() | MapNode() | Comprehension():
            return _collection(node, scope, findings, expected)


def _literal(node: Literal, scope: Scope, expected: Type | None) -> Type:
    wanted = None if expected is None else required(expected)
    match node.value, wanted:
        case None, _:
            return NullType()
        case bool(), _:
            return BoolType()
        case int(value), IntType() | NumberType():
            return IntType(value, value)
        case int(), _:
            return IntType()
        case float(value), NumberType():
            return NumberType(value, value)
        case float(), _:
            return NumberType()
        case str(value), EnumType():
            return EnumType((value,))
        case str(value), EntityType(name=name) if value in scope.entities.get(name, ()):
            return EntityType(name)
        case str(), _:
            return TextType()
        case _:
            return DurationType()


def _texts(node: Node, scope: Scope, findings: Findings) -> Type | None:
    """The record `texts`, which can be named only before a field."""
    binding = scope.bindings.get(node.name) if isinstance(node, Name) else None
    if binding is None or binding.storage is not Storage.TEXTS:
        return None
    findings.types[id(node)] = binding.type
    return binding.type


def _narrowed(node: Node, kind: Type, scope: Scope) -> Type:
    if not scope.narrowed or isinstance(kind, ErrorType):
        return kind
    path = path_of(node)
    return kind if path is None else scope.narrowed.get(path, kind)


def _call(node: Call, scope: Scope, findings: Findings) -> Type:
    kinds = {id(argument.value): _infer(argument.value, scope, findings) for argument in node.arguments}
    bound = bind_call(node, findings)
    if bound is None:
        return ErrorType()
    kind = call_type(bound, lambda value: kinds[id(value)], findings)
    return required(kind) if isinstance(kind, OptionalType) and is_readable(bound) else kind


def _binary(node: Binary, scope: Scope, findings: Findings, expected: Type | None) -> Type:
    match node.operator:
        case "and" | "or":
            condition(node.left, _infer(node.left, scope, findings), findings)
            later = narrow(node.left, scope, node.operator == "and")
            condition(node.right, _infer(node.right, later, findings), findings)
            return BoolType()
        case "??":
            left = _infer(node.left, scope, findings, expected)
            right = _infer(node.right, scope, findings, expected)
            return right if isinstance(left, NullType) else join(required(left), right)
    if (date := written_date(node)) is not None:
        return bare_date(node, date, findings)
    left = _infer(node.left, scope, findings)
    compared = left if node.operator in ("==", "!=") and not isinstance(left, ErrorType) else None
    right = _infer(node.right, scope, findings, compared if isinstance(node.right, Name) else None)
    if node.operator in ("+", "-", "*", "/", "//", "%"):
        return arithmetic(node, left, right, findings)
    if node.operator in ("==", "!=", "in", "not in"):
        impossible_value(node, left, right, scope.entities, findings)
    return comparison(node, left, right, findings)


def _conditional(node: Conditional, scope: Scope, findings: Findings, expected: Type | None) -> Type:
    condition(node.condition, _infer(node.condition, scope, findings), findings)
    then = _infer(node.then, narrow(node.condition, scope, True), findings, expected)
    otherwise = _infer(node.otherwise, narrow(node.condition, scope, False), findings, expected)
    return join(then, otherwise)


def _collection(
    node: ListNode | MapNode | Comprehension, scope: Scope, findings: Findings, expected: Type | None
) -> Type:
    wanted = None if expected is None else required(expected)
    item = wanted.item if isinstance(wanted, (ListType, MapType)) else None
    match node:
        case ListNode(items=items):
            if not items and isinstance(wanted, ListType):
                return wanted
            return ListType(join_all([_infer(each, scope, findings, item) for each in items]))
        case MapNode(entries=entries):
            if not entries and isinstance(wanted, MapType):
                return wanted
            for key, _ in entries:
                _key(key, scope, findings)
            return MapType(join_all([_infer(value, scope, findings, item) for _, value in entries]))
        case Comprehension():
            return _comprehension(node, scope, findings, item)


def _key(node: Node, scope: Scope, findings: Findings) -> None:
    if isinstance(node, Name) and node.name not in scope.bindings and not scope.is_open:
        findings.report(
            "DL102",
            node,
            Wording(f"no variable is named `{node.name}`", f"没有名为 `{node.name}` 的变量"),
            label=Wording(f'a key is a text: "{node.name}"', f'键是文本："{node.name}"'),
            replacement=f'"{node.name}"',
        )
        return
    kind = findings.needed(node, _infer(node, scope, findings), in_operator=False)
    if not isinstance(kind, (AnyType, ErrorType)) and not is_textual(kind):
        findings.report(
            "DL201", node, Wording(f"a key must be text, this is {show(kind)}", f"键应为文本，这是 {show(kind)}")
        )


def _comprehension(node: Comprehension, scope: Scope, findings: Findings, expected: Type | None) -> Type:
    source = findings.needed(node.source, _infer(node.source, scope, findings), in_operator=False)
    match source:
        case ListType(item=item):
            pass
        case AnyType() | ErrorType():
            item = source
        case _:
            hint = Wording("for its keys write `keys(x)`", "取它的键请写 `keys(x)`")
            item = findings.report(
                "DL201",
                node.source,
                Wording(f"`for` goes over a list, this is {show(source)}", f"`for` 只能遍历列表，这是 {show(source)}"),
                help=hint if isinstance(source, (MapType, RecordType)) else None,
            )
    inner = scope.with_bindings({node.name: Binding(item, Storage.LOCAL)})
    if node.condition is not None:
        condition(node.condition, _infer(node.condition, inner, findings), findings)
        inner = narrow(node.condition, inner, True)
    return ListType(_infer(node.item, inner, findings, expected))
