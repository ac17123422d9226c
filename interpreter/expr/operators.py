"""The types of `+ - * / // %`: which operands they take and what they give."""

from __future__ import annotations

from datetime import timedelta

from interpreter.diagnostics.wording import Wording
from interpreter.expr.assignable import join
from interpreter.expr.findings import Findings
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import Binary, Literal, Node, Unary
from interpreter.types.kinds import (
    AnyType,
    BoolType,
    DateTimeType,
    DateType,
    DurationType,
    ErrorType,
    IntType,
    ListType,
    MapType,
    MediaType,
    NumberType,
    RecordType,
    TextType,
    TimeType,
    Type,
    is_textual,
    show,
)

_RESULTS: dict[str, dict[tuple[str, str], Type]] = {
    "+": {
        ("text", "text"): TextType(),
        ("list", "list"): ListType(),
        ("int", "int"): IntType(),
        ("number", "number"): NumberType(),
        ("date", "duration"): DateType(),
        ("duration", "date"): DateType(),
        ("datetime", "duration"): DateTimeType(),
        ("duration", "datetime"): DateTimeType(),
        ("duration", "duration"): DurationType(),
    },
    "-": {
        ("int", "int"): IntType(),
        ("number", "number"): NumberType(),
        ("date", "date"): DurationType(),
        ("datetime", "datetime"): DurationType(),
        ("date", "duration"): DateType(),
        ("datetime", "duration"): DateTimeType(),
        ("duration", "duration"): DurationType(),
    },
    "*": {
        ("int", "int"): IntType(),
        ("number", "number"): NumberType(),
        ("duration", "number"): DurationType(),
        ("number", "duration"): DurationType(),
    },
    "/": {
        ("number", "number"): NumberType(),
        ("duration", "number"): DurationType(),
        ("duration", "duration"): NumberType(),
    },
    "//": {("int", "int"): IntType(), ("number", "number"): NumberType()},
    "%": {("int", "int"): IntType(), ("number", "number"): NumberType()},
}
"""What an operator gives for two kinds; an int is welcome where a number is listed."""

_KINDS: dict[type, str] = {
    TextType: "text",
    IntType: "int",
    NumberType: "number",
    BoolType: "bool",
    DateType: "date",
    TimeType: "time",
    DateTimeType: "datetime",
    DurationType: "duration",
    ListType: "list",
    MapType: "map",
    RecordType: "map",
    MediaType: "map",
    AnyType: "any",
}


def kind_word(kind: Type) -> str:
    """The kind of a type without its details: `text int number bool date … list map any`."""
    return "text" if is_textual(kind) else _KINDS[type(kind)]


def arithmetic(node: Binary, left: Type, right: Type, findings: Findings) -> Type:
    """The type of `+ - * / // %`, whose operands have the given types."""
    left = findings.needed(node.left, left)
    right = findings.needed(node.right, right)
    if isinstance(left, ErrorType) or isinstance(right, ErrorType):
        return ErrorType()
    if node.operator in ("/", "//", "%") and _is_zero(node.right):
        return findings.report("DL206", node.right, Wording("division by zero", "除以零"))
    results = _possible(node.operator, kind_word(left), kind_word(right))
    if not results:
        return _wrong_types(node, left, right, findings)
    if isinstance(left, ListType) and isinstance(right, ListType):
        return ListType(join(left.item, right.item))
    return results.pop() if len(results) == 1 else AnyType()


def _is_zero(node: Node) -> bool:
    return isinstance(node, Literal) and node.value in (0, timedelta()) and not isinstance(node.value, bool)


def _possible(operator: str, left: str, right: str) -> set[Type]:
    """What the operator may give; several types only where an operand is `any`."""
    table = _RESULTS[operator]
    if "any" not in (left, right):
        exact = table.get((left, right)) or table.get((_wide(left), _wide(right)))
        return set() if exact is None else {exact}
    return {
        result
        for (first, second), result in table.items()
        if left in ("any", first, _narrow(first)) and right in ("any", second, _narrow(second))
    }


def _wide(kind: str) -> str:
    return "number" if kind == "int" else kind


def _narrow(kind: str) -> str:
    return "int" if kind == "number" else kind


def _wrong_types(node: Binary, left: Type, right: Type, findings: Findings) -> Type:
    message = Wording(
        f"`{node.operator}` cannot take {show(left)} and {show(right)}",
        f"`{node.operator}` 不能用于 {show(left)} 和 {show(right)}",
    )
    other = _to_be_text(node, left, right)
    if other is not None:
        mended = f"text({print_expression(other)})"
        return findings.report(
            "DL201",
            other,
            message,
            label=Wording(f"write it as text with `{mended}`", f"用 `{mended}` 写成文本"),
            help=Wording("or put it in a text with `$(…)`", "或在文本中写 `$(…)`"),
            replacement=mended,
        )
    end = node.operator_start + len(node.operator)
    hint = _hint(node.operator, kind_word(left), kind_word(right))
    return findings.report_at(node.operator_start, end, "DL201", message, help=hint)


def _to_be_text(node: Binary, left: Type, right: Type) -> Node | None:
    """The operand of a `+` that joins a text with something that prints."""
    printable = ("int", "number", "bool", "date", "time", "datetime", "duration")
    if node.operator != "+":
        return None
    if is_textual(left) and kind_word(right) in printable:
        return node.right
    if is_textual(right) and kind_word(left) in printable:
        return node.left
    return None


def _hint(operator: str, left: str, right: str) -> Wording | None:
    kinds = {left, right}
    if operator == "*" and "text" in kinds:
        return Wording("repeat a text with `repeat(x, n)`", "重复文本请用 `repeat(x, n)`")
    if "text" in kinds and kinds & {"int", "number"}:
        return Wording("read a text as a number with `number(x)`", "用 `number(x)` 把文本读成数字")
    if kinds & {"date", "datetime", "duration"} and kinds & {"int", "number"}:
        return Wording("write a duration such as `1d`, or `n * 1d`", "写成 `1d` 这样的时长，或 `n * 1d`")
    if operator == "+" and kinds == {"list", "text"}:
        return Wording("add a list with one item: `xs + [x]`", "加上只有一项的列表：`xs + [x]`")
    return None


def negation(node: Unary, operand: Type, findings: Findings) -> Type:
    """The type of `-x`."""
    operand = findings.needed(node.operand, operand)
    match operand:
        case IntType(low=low, high=high) if low is not None and low == high:
            return IntType(-low, -low)
        case IntType():
            return IntType()
        case NumberType():
            return NumberType()
        case DurationType() | AnyType() | ErrorType():
            return operand
        case _:
            return findings.report(
                "DL201",
                node.operand,
                Wording(f"`-` cannot take {show(operand)}", f"`-` 不能用于 {show(operand)}"),
            )
