"""Writing the source of an expression that becomes one Python function; see `fused`.

Every method gives the source of one Python expression that can stand anywhere: it is a call, a subscript, a name or in
brackets.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from types import MethodDescriptorType

from interpreter.expr import dynamic
from interpreter.expr.bounds import FREE_SIZE, ITEMS_PER_STEP
from interpreter.expr.calls import BoundCall, bind_call
from interpreter.expr.env import Closure
from interpreter.expr.findings import Findings
from interpreter.expr.reading import has_keys
from interpreter.expr.scope import Storage
from interpreter.expr.tree import Binary, Call, Conditional, Field, Index, Literal, Name, Node, Unary
from interpreter.expr.typed import Parts, constant_texts, may_be_null
from interpreter.expr.walk import walk
from interpreter.types.kinds import BoolType, DurationType, ListType, is_textual
from interpreter.values import MAX_INT, Value

Native = Callable[[str], Value]

_OPPOSITES = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_NUMBERS = frozenset({"int", "number"})
_PLAIN_EQUALITY = frozenset({"text", "int", "number", "date", "time", "datetime", "duration"})
"""Kinds whose values Python compares as the language does, among themselves and with null."""
_MOST_NODES = 40
"""In one function; Python cannot read brackets that are nested very deep."""
_MOST_NATIVES = 3
SHORT = 28
"""Characters of a text for which functions of Python are called without counting; a change of case makes up to three of
one, so two of them stay below what is free."""
NAMES = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "//": "floor_divide",
    "%": "remainder",
    "<": "less",
    "<=": "at_most",
    ">": "more",
    ">=": "at_least",
}
MOST_OF_INTS, MOST_OF_NUMBERS = 2**30 - 1, float(2**50)
"""Limits that Python compares fast, ints with its small ones, numbers with floats. They are narrower than the
language's, so that not every result has to be compared: a sum of such numbers is surely within the language's."""
_LONGEST = 2.0**40
"""Surely more than the characters of any text."""


class NotFused(Exception):  # noqa: N818  not a mistake
    """The expression cannot be one function; its parts may be."""


class _Number:
    """A numeric operand: its source, and how far from zero its value can be, where that is known."""

    __slots__ = ("limit", "text")

    def __init__(self, text: str, limit: float | None = None) -> None:
        self.text = text
        self.limit = limit


class Writer:
    """Writes the source of one expression.

    In it `L` are the locals, `s0` and so on the parameters, `I` and `J`, `F` and `G` the limits of ints and numbers;
    other names are those of what `fused` lends it.
    """

    def __init__(
        self, parts: Parts, closure_of: Callable[[Node], Closure], general_of: Callable[[Node], Closure]
    ) -> None:
        self._parts = parts
        self._closure_of = closure_of
        self._general_of = general_of
        self._temporaries = map("t{}".format, count())
        self._nodes = 0
        self.slots: list[object] = []
        """What the parameters are."""
        self.kinds: list[str] = []
        """Of what is compared."""
        self.has_closures = False
        """Whether it has parts that may take steps."""

    def _slot(self, value: object) -> str:
        self.slots.append(value)
        return f"s{len(self.slots) - 1}"

    def _kind(self, node: Node) -> str:
        return self._parts.kind(node)

    # ------------------------------------------------------------------------------------------------ values

    def value(self, node: Node) -> str:
        """The source of a value."""
        self._count()
        match node:
            case Literal(value=value):
                return self._constant(value)
            case Name(name=name):
                return self._name(name)
            case Field():
                return self._field(node)
            case Index(target=target, index=place):
                return self._index(target, place)
            case Call():
                return self._call(node).text
            case Unary(operator="not", operand=operand):
                return self._negated(operand)
            case Unary(operand=Literal(value=value)):
                return self._slot(dynamic.negate(value))
            case Unary(operand=operand):
                return f"negate({self.value(operand)})"
            case Binary():
                return self._binary(node)
            case Conditional(then=then, condition=condition, otherwise=otherwise):
                return f"({self.value(then)} if {self.condition(condition)} else {self.value(otherwise)})"
            case _:
                return self._closure(node)

    def condition(self, node: Node) -> str:
        """The source of a condition."""
        text = self.value(node)
        return text if isinstance(self._parts.type(node), BoolType) else f"truth({text})"

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise NotFused

    def _constant(self, value: Value) -> str:
        # What Python knows to be true or false it may leave out, so it must not take a parameter for it.
        return repr(value) if value is None or isinstance(value, bool) else self._slot(value)

    def _closure(self, node: Node) -> str:
        if any(self._asks_chance(each) for each in walk(node)):
            raise NotFused
        self.has_closures = True
        return f"{self._slot(self._closure_of(node))}(env)"

    def _asks_chance(self, node: Node) -> bool:
        if isinstance(node, Call):
            bound = bind_call(node, Findings())
            return bound is None or bound.function.asks_chance
        return isinstance(node, Name) and self._parts.storage(node.name) is Storage.TEXTS

    # ------------------------------------------------------------------------------------------------ reading

    def _name(self, name: str) -> str:
        binding = self._parts.scope.bindings[name]
        match binding.storage:
            case Storage.LOCAL:
                return f"L.get({self._slot(name)})" if binding.may_be_unset else f"L[{self._slot(name)}]"
            case Storage.SESSION:
                return f"env.vars[{self._slot(name)}]"
            case Storage.USER:
                return "env.user"
            case _:
                return f"env.roots[{self._slot(name)}]"

    def _field(self, node: Field) -> str:
        if isinstance(node.target, Name):
            match self._parts.storage(node.target.name):
                case Storage.USER if may_be_null(self._parts.type(node)):
                    return f"env.user.get({self._slot(node.name)})"
                case Storage.USER:
                    return f"env.user[{self._slot(node.name)}]"
                case Storage.TEXTS:
                    raise NotFused
        if has_keys(self._parts.type(node.target)):
            return f"{self.value(node.target)}.get({self._slot(node.name)})"
        return self._closure(node)

    def _or_null(self, node: Node) -> str:
        """The source of what may be a variable that was never set."""
        match node:
            case Name(name=name) if self._parts.storage(name) is Storage.LOCAL:
                return f"L.get({self._slot(name)})"
            case Name(name=name) if self._parts.storage(name) is Storage.SESSION:
                return f"env.vars.get({self._slot(name)})"
            case Field(target=Name(name=root), name=name) if self._parts.storage(root) is Storage.USER:
                return f"env.user.get({self._slot(name)})"
            case _:
                return self.value(node)

    def _index(self, target: Node, place: Node) -> str:
        if self._kind(target) in ("list", "text") and self._kind(place) == "int":
            return f"{self.value(target)}[{self.value(place)}]"
        return f"index({self.value(target)}, {self.value(place)})"

    # ------------------------------------------------------------------------------------------------ calls

    def _call(self, node: Call) -> _Number:
        """Functions of one short text, one in another, on a variable; any other call is a closure."""
        bound = bind_call(node, Findings())
        found = None if bound is None else natives_of(bound)
        if found is None:
            return _Number(self._closure(node))
        natives, variable = found
        text, general = next(self._temporaries), self._slot(self._general_of(node))
        called = text
        for native in natives:
            is_method = isinstance(native, MethodDescriptorType)
            called = f"{called}.{native.__name__}()" if is_method else f"{native.__name__}({called})"
        is_short = f"type({text} := {self.value(variable)}) is str and len({text}) <= {SHORT}"
        return _Number(f"({called} if {is_short} else {general}(env))", _LONGEST if natives[-1] is len else None)

    # ------------------------------------------------------------------------------------------------ operators

    def _binary(self, node: Binary) -> str:
        match node.operator:
            case "and" | "or":
                return f"({self.condition(node.left)} {node.operator} {self.condition(node.right)})"
            case "??":
                value = next(self._temporaries)
                first = self._or_null(node.left)
                return f"({value} if ({value} := {first}) is not None else {self.value(node.right)})"
            case "in" | "not in":
                return self._membership(node)
            case "==" | "!=" | "<" | "<=" | ">" | ">=":
                return self._comparison(node, node.operator)
            case _:
                return self._arithmetic(node)

    def _negated(self, node: Node) -> str:
        """`not` of a condition; of a comparison by Python it is the opposite comparison."""
        if isinstance(node, Binary) and node.operator in _OPPOSITES and self._is_pythons(node):
            self._count()
            return self._comparison(node, _OPPOSITES[node.operator])
        return f"(not {self.condition(node)})"

    def _comparison(self, node: Binary, operator: str) -> str:
        if operator in ("==", "!="):
            for operand, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(other, Literal) and other.value is None:
                    return f"({self._or_null(operand)} {'is' if operator == '==' else 'is not'} None)"
        left, right = self.value(node.left), self.value(node.right)
        if self._is_pythons(node):
            self.kinds.append(self._kind(node.left))
            return f"({left} {operator} {right})"
        if operator in ("==", "!="):
            return f"({'' if operator == '==' else 'not '}charged_equal(env, {left}, {right}))"
        return f"{NAMES[operator]}({left}, {right})"

    def _is_pythons(self, node: Binary) -> bool:
        """Whether a comparison is Python's own for what its operands are."""
        if node.operator in ("==", "!="):
            return self._is_plainly_equal(node.left, node.right)
        kinds = {self._kind(node.left), self._kind(node.right)}
        return (len(kinds) == 1 and "any" not in kinds) or kinds <= _NUMBERS

    def _is_plainly_equal(self, left: Node, right: Node) -> bool:
        constants = [node.value for node in (left, right) if isinstance(node, Literal)]
        if None in constants:
            return False
        if any(isinstance(value, str) for value in constants):
            return True
        kinds = {self._parts.required_kind(left), self._parts.required_kind(right)}
        return kinds <= _NUMBERS or (len(kinds) == 1 and kinds <= _PLAIN_EQUALITY) or kinds == {"bool"}

    def _membership(self, node: Binary) -> str:
        item, group, group_type = node.left, node.right, self._parts.type(node.right)
        is_not = "not " if node.operator == "not in" else ""
        if is_textual(self._parts.type(item)):
            constant = constant_texts(group)
            if constant is not None:
                return f"({self.value(item)} {is_not}in {self._slot(constant)})"
            if isinstance(group_type, ListType) and is_textual(group_type.item):
                return f"({is_not}{self._among(item, group)})"
        return f"({is_not}is_member(env, {self.value(item)}, {self.value(group)}))"

    def _among(self, item: Node, group: Node) -> str:
        """A text in a list of texts, which Python compares as the language does."""
        text, texts = self.value(item), self.value(group)
        if not isinstance(item, Literal):
            return f"is_among(env, {text}, {texts})"
        values, kind = next(self._temporaries), next(self._temporaries)
        is_list = (
            f"(({kind} := type({values} := {texts})) is tuple or {kind} is list) and len({values}) < {ITEMS_PER_STEP}"
        )
        return f"({text} in {values} if {is_list} else is_among(env, {text}, {values}))"

    def _arithmetic(self, node: Binary) -> str:
        kinds = {self._kind(node.left), self._kind(node.right)}
        if kinds <= _NUMBERS and node.operator in ("+", "-", "*", "/"):
            number = self._calculation(node)
            return number.text if number.limit is not None else self._within(number.text, "FG")
        left, right = self.value(node.left), self.value(node.right)
        if node.operator == "+" and kinds == {"text"}:
            text = next(self._temporaries)
            return f"({text} if len({text} := {left} + {right}) <= {FREE_SIZE} else paid(env, {text}))"
        result = f"{NAMES[node.operator]}({left}, {right})"
        is_free = node.operator != "+" or isinstance(self._parts.type(node), DurationType)
        return result if is_free else f"paid(env, {result})"

    # ------------------------------------------------------------------------------------------------ numbers

    def _number(self, node: Node) -> _Number:
        """A numeric operand."""
        match node:
            case Literal(value=int() | float() as value) | Unary(operand=Literal(value=int() | float() as value)):
                return _Number(self.value(node), abs(value))
            case Binary(operator="+" | "-" | "*" | "/") if {self._kind(node.left), self._kind(node.right)} <= _NUMBERS:
                self._count()
                return self._calculation(node)
            case Call():
                self._count()
                return self._call(node)
            case _:
                return _Number(self.value(node))

    def _calculation(self, node: Binary) -> _Number:
        left, right = self._number(node.left), self._number(node.right)
        limits = "IJ" if self._kind(node.left) == self._kind(node.right) == "int" else "FG"
        match node.operator:
            case "*":
                return self._product(left, right, limits)
            case "/":
                return self._quotient(left, right, node.right)
            case operator:
                limit = None if left.limit is None or right.limit is None else left.limit + right.limit
                return self._limited(f"({left.text} {operator} {right.text})", limit, limits)

    def _product(self, left: _Number, right: _Number, limits: str) -> _Number:
        """Operands are looked at before: Python would repeat a text, however often. The left one still comes first."""
        most = _most(limits)
        if right.limit is None and not left.text.isidentifier():
            left = _Number(left.text)
        tests, texts, total = [], [], 1.0
        for operand in (left, right):
            if operand.limit is None:
                value = next(self._temporaries)
                tests.append(f"({value} := {operand.text}) <= {limits[0]} and {value} >= {limits[1]}")
                texts.append(value)
            else:
                texts.append(operand.text)
            total *= most if operand.limit is None else operand.limit
        text = f"{texts[0]} * {texts[1]}"
        return self._limited(
            f"({text} if {' and '.join(tests)} else beyond())" if tests else f"({text})", total, limits
        )

    def _quotient(self, left: _Number, right: _Number, divisor: Node) -> _Number:
        text = f"({left.text} / {right.text})"
        if isinstance(divisor, Literal) and right.limit is not None and right.limit >= 1:
            return _Number(text, left.limit)
        return _Number(self._within(text, "FG"), MOST_OF_NUMBERS)

    def _limited(self, text: str, limit: float | None, limits: str) -> _Number:
        """A result, compared with the limits unless it is surely within those of the language."""
        if limit is not None and limit <= MAX_INT:
            return _Number(text, limit)
        return _Number(self._within(text, limits), _most(limits))

    def _within(self, text: str, limits: str) -> str:
        value = next(self._temporaries)
        return f"({value} if ({value} := {text}) <= {limits[0]} and {value} >= {limits[1]} else beyond())"


def _most(limits: str) -> float:
    return MOST_OF_INTS if limits == "IJ" else MOST_OF_NUMBERS


def natives_of(bound: BoundCall) -> tuple[list[Native], Node] | None:
    """Python's functions for calls that stand one in another, the innermost first, and the variable they are given."""
    natives: list[Native] = []
    inner: BoundCall | None = bound
    while inner is not None and len(natives) < _MOST_NATIVES:
        node = None if inner.rest or any(inner.given[1:]) else next(iter(inner.given), None)
        if inner.function.native is None or node is None:
            return None
        natives.insert(0, inner.function.native)
        if isinstance(node, Name) or (isinstance(node, Field) and isinstance(node.target, Name)):
            return natives, node
        inner = bind_call(node, Findings()) if isinstance(node, Call) else None
    return None
