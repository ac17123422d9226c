"""The meaning of expressions told a second time, as plainly as can be: a walk over the tree that asks every value."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from interpreter.expr.env import Env
from interpreter.expr.functions.library import FUNCTIONS
from interpreter.expr.functions.registry import MISSING
from interpreter.expr.scope import Scope, Storage
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
from interpreter.values import MAX_INT, MAX_ITEMS, MAX_TEXT, Fault, Value, equal, kind_of

_PYTHON: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TAKES: dict[str, set[tuple[str, str]]] = {
    "+": {
        ("number", "number"), ("text", "text"), ("list", "list"), ("date", "duration"), ("datetime", "duration"),
        ("duration", "date"), ("duration", "datetime"), ("duration", "duration"),
    },
    "-": {
        ("number", "number"), ("date", "date"), ("datetime", "datetime"), ("date", "duration"),
        ("datetime", "duration"), ("duration", "duration"),
    },
    "*": {("number", "number"), ("duration", "number"), ("number", "duration")},
    "/": {("number", "number"), ("duration", "number"), ("duration", "duration")},
    "//": {("number", "number")},
    "%": {("number", "number")},
}  # fmt: skip
_ORDERED = ("number", "text", "date", "time", "datetime", "duration")


def kind(value: Any) -> str:
    if value is None:
        return "null"
    for name, classes in (
        ("bool", bool), ("number", (int, float)), ("text", str), ("datetime", datetime), ("date", date),
        ("duration", timedelta), ("list", (list, tuple)), ("map", dict),
    ):  # fmt: skip
        if isinstance(value, classes):  # type: ignore[arg-type]
            return name
    return "time"


class Walker:
    """Evaluates nodes of one expression in one env; `hidden` are the variables of comprehensions."""

    def __init__(self, scope: Scope, env: Env, hidden: dict[str, Any] | None = None) -> None:
        self.scope = scope
        self.env = env
        self.hidden = hidden or {}

    def value(self, node: Node) -> Any:
        return getattr(self, f"_{type(node).__name__.lower()}")(node)

    def needed(self, node: Node) -> Any:
        value = self.value(node)
        if value is None:
            raise Fault("null", "null")
        return value

    def truth(self, node: Node) -> bool:
        value = self.needed(node)
        if not isinstance(value, bool):
            raise Fault("type", "not a bool")
        return value

    def or_null(self, node: Node) -> Any:
        """A variable that was never set counts as null."""
        try:
            return self.value(node)
        except Fault as fault:
            is_name = isinstance(node, Name) or (
                isinstance(node, Field) and isinstance(node.target, Name) and node.target.name == "user"
            )
            if fault.kind == "unset" and is_name:
                return None
            raise

    def _literal(self, node: Literal) -> Any:
        return node.value

    def _name(self, node: Name) -> Any:
        if node.name in self.hidden:
            return self.hidden[node.name]
        storage = self.scope.bindings[node.name].storage
        if storage is Storage.USER:
            return self.env.user
        places = {Storage.LOCAL: self.env.locals, Storage.SESSION: self.env.vars, Storage.ROOT: self.env.roots}
        if node.name not in places[storage]:
            if storage is Storage.LOCAL and self.scope.bindings[node.name].may_be_unset:
                return None
            raise Fault("unset", node.name)
        return places[storage][node.name]

    def _field(self, node: Field) -> Any:
        if isinstance(node.target, Name) and node.target.name not in self.hidden:
            if node.target.name == "texts":
                return self.env.say_text(node.name)
            if node.target.name == "user" and node.name not in self.env.user:
                declared = self.scope.bindings["user"].type.fields[node.name]  # type: ignore[union-attr]
                if type(declared).__name__ not in ("OptionalType", "AnyType"):
                    raise Fault("unset", node.name)
        target = self.needed(node.target)
        if isinstance(node.target, Name) and node.target.name == "env" and node.name not in target:
            raise Fault("unset", node.name)
        if kind(target) == "map":
            return target.get(node.name)
        if kind(target) == "duration" and node.name == "seconds":
            return math.floor(target.total_seconds())
        if kind(target) in ("date", "datetime") and node.name == "weekday":
            return target.isoweekday()
        names = {
            "date": ("year", "month", "day"),
            "datetime": ("year", "month", "day", "hour", "minute", "second"),
            "time": ("hour", "minute", "second"),
        }
        if node.name in names.get(kind(target), ()):
            return getattr(target, node.name)
        raise Fault("type", "no such field")

    def _index(self, node: Index) -> Any:
        target, place = self.value(node.target), self.value(node.index)
        if target is None or place is None:
            raise Fault("null", "null")
        if kind(target) == "map" and kind(place) == "text":
            return target.get(place)
        if kind(target) not in ("text", "list") or type(place) is not int:
            raise Fault("type", "not an index")
        if not -len(target) <= place < len(target):
            raise Fault("range", "no such item")
        return target[place]

    def _slice(self, node: Slice) -> Any:
        target = self.value(node.target)
        low = None if node.low is None else self.needed(node.low)
        high = None if node.high is None else self.needed(node.high)
        if any(bound is not None and type(bound) is not int for bound in (low, high)):
            raise Fault("type", "not a place")
        if target is None:
            raise Fault("null", "null")
        if kind(target) not in ("text", "list"):
            raise Fault("type", "no parts")
        return target[low:high]

    def _unary(self, node: Unary) -> Any:
        if node.operator == "not":
            return not self.truth(node.operand)
        value = self.needed(node.operand)
        if kind(value) not in ("number", "duration"):
            raise Fault("type", "no negative")
        return self._limited(lambda: -value)

    def _binary(self, node: Binary) -> Any:
        match node.operator:
            case "and":
                return self.truth(node.left) and self.truth(node.right)
            case "or":
                return self.truth(node.left) or self.truth(node.right)
            case "??":
                left = self.or_null(node.left)
                return self.value(node.right) if left is None else left
            case "==" | "!=":
                return self._equal(node) is (node.operator == "==")
            case "in" | "not in":
                return self._is_in(self.value(node.left), self.value(node.right)) is (node.operator == "in")
        left, right = self.value(node.left), self.value(node.right)
        if left is None or right is None:
            raise Fault("null", "null")
        kinds = kind(left), kind(right)
        allowed = _TAKES.get(node.operator, {(name, name) for name in _ORDERED})
        if kinds not in allowed:
            raise Fault("type", f"{node.operator} {kinds}")
        return self._limited(lambda: _PYTHON[node.operator](left, right))

    def _equal(self, node: Binary) -> bool:
        null_left = isinstance(node.left, Literal) and node.left.value is None
        null_right = isinstance(node.right, Literal) and node.right.value is None
        left = self.or_null(node.left) if null_right else self.value(node.left)
        right = self.or_null(node.right) if null_left else self.value(node.right)
        return equal(left, right)

    def _is_in(self, item: Any, group: Any) -> bool:
        if kind(group) == "list":
            return any(equal(item, other) for other in group)
        if item is None or group is None:
            raise Fault("null", "null")
        if kind(item) != "text" or kind(group) not in ("text", "map"):
            raise Fault("type", "in")
        return item in group

    def _limited(self, calculate: Callable[[], Any]) -> Any:
        try:
            value = calculate()
        except (ZeroDivisionError, OverflowError):
            raise Fault("arithmetic", "beyond") from None
        except TypeError:
            raise Fault("type", "time zones") from None
        if type(value) is int and abs(value) > MAX_INT:
            raise Fault("arithmetic", "beyond")
        if type(value) is float and not math.isfinite(value):
            raise Fault("arithmetic", "beyond")
        if isinstance(value, str) and len(value) > MAX_TEXT:
            raise Fault("budget", "too long")
        if isinstance(value, list) and len(value) > MAX_ITEMS:
            raise Fault("budget", "too long")
        return value

    def _conditional(self, node: Conditional) -> Any:
        return self.value(node.then if self.truth(node.condition) else node.otherwise)

    def _listnode(self, node: ListNode) -> Any:
        return [self.value(item) for item in node.items]

    def _mapnode(self, node: MapNode) -> Any:
        made = {}
        for key, value in node.entries:
            name = self.needed(key)
            if not isinstance(name, str):
                raise Fault("type", "key")
            made[name] = self.value(value)
        return made

    def _comprehension(self, node: Comprehension) -> Any:
        source = self.needed(node.source)
        if kind(source) != "list":
            raise Fault("type", "no list")
        made = []
        for value in source:
            inner = Walker(self.scope, self.env, {**self.hidden, node.name: value})
            if node.condition is None or inner.truth(node.condition):
                made.append(inner.value(node.item))
        return made

    def _call(self, node: Call) -> Any:
        function = FUNCTIONS[node.function]
        named = {argument.name: argument.value for argument in node.arguments if argument.name is not None}
        places = [argument.value for argument in node.arguments if argument.name is None]
        values = []
        for parameter in function.parameters:
            given = places.pop(0) if places else named.get(parameter.name)
            value = parameter.default if given is None else self.value(given)
            assert value is not MISSING
            if not parameter.accepts(value):
                raise Fault("null" if value is None else "argument", parameter.name)
            values.append(value)
        values += [self.value(argument) for argument in places]
        return function.call(self.env, *values) if function.needs_env else function.call(*values)


def outcome(evaluate: Callable[[], Value]) -> tuple[str, Value]:
    """The kind of a value and the value, or the kind of the fault."""
    try:
        value = evaluate()
    except Fault as fault:
        return fault.kind, None
    return kind_of(value), value
