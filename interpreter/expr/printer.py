"""An expression as text again, with no more brackets than it needs: reading the text gives the same tree."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

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
from interpreter.values import Value, print_duration

_EXPRESSION, _OR, _AND, _NOT, _COMPARISON, _OR_ELSE, _SUM, _PRODUCT, _SIGNED, _POSTFIX = range(10)

_LEVELS = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in", "not in"), _COMPARISON),
    "??": _OR_ELSE,
    "+": _SUM,
    "-": _SUM,
    **dict.fromkeys(("*", "/", "//", "%"), _PRODUCT),
}
_ESCAPED = {"\n": "\\n", "\t": "\\t", "\\": "\\\\", '"': '\\"'}


def print_expression(node: Node) -> str:
    """The expression in the language's own notation."""
    return _print(node, _EXPRESSION)


def _print(node: Node, least: int) -> str:
    """A node where operators looser than `least` need brackets."""
    text, level = _written(node)
    return text if level >= least else f"({text})"


def _written(node: Node) -> tuple[str, int]:
    match node:
        case Literal(value=value):
            text = print_literal(value)
            return text, _SIGNED if text.startswith("-") else _POSTFIX
        case Unary(operator="not", operand=operand):
            return f"not {_print(operand, _NOT)}", _NOT
        case Unary(operand=operand):
            return f"-{_print(operand, _SIGNED)}", _SIGNED
        case Binary(operator=operator, left=left, right=right):
            level = _LEVELS[operator]
            first = level + 1 if level == _COMPARISON else level
            return f"{_print(left, first)} {operator} {_print(right, level + 1)}", level
        case Conditional(then=then, condition=condition, otherwise=otherwise):
            text = f"{_print(then, _OR)} if {_print(condition, _OR)} else {print_expression(otherwise)}"
            return text, _EXPRESSION
        case _:
            return _postfix(node), _POSTFIX


def _postfix(node: Node) -> str:
    match node:
        case Name(name=name):
            return name
        case Field(target=target, name=name):
            return f"{_print(target, _POSTFIX)}.{name}"
        case Index(target=target, index=index):
            return f"{_print(target, _POSTFIX)}[{print_expression(index)}]"
        case Slice(target=target, low=low, high=high):
            first = print_expression(low) if low else ""
            last = print_expression(high) if high else ""
            return f"{_print(target, _POSTFIX)}[{first}:{last}]"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(_argument, arguments))})"
        case ListNode(items=items):
            return f"[{', '.join(map(print_expression, items))}]"
        case MapNode(entries=entries):
            pairs = (f"{print_expression(key)}: {print_expression(value)}" for key, value in entries)
            return f"{{{', '.join(pairs)}}}"
        case Comprehension(item=item, name=name, source=source, condition=condition):
            where = f" if {print_expression(condition)}" if condition else ""
            return f"[{print_expression(item)} for {name} in {_print(source, _OR)}{where}]"
    raise AssertionError(node)


def _argument(argument: Argument) -> str:
    value = print_expression(argument.value)
    return value if argument.name is None else f"{argument.name}={value}"


def print_literal(value: Value) -> str:
    """A null, bool, number, text or duration as an author writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        digits = format(Decimal(repr(value)), "f")
        return digits if "." in digits else f"{digits}.0"
    if isinstance(value, str):
        return f'"{"".join(map(_letter, value))}"'
    if isinstance(value, timedelta):
        return print_duration(value)
    return str(value)


def _letter(letter: str) -> str:
    if letter in _ESCAPED:
        return _ESCAPED[letter]
    if letter.isprintable():
        return letter
    code = letter.encode("utf-16-be").hex()
    return "".join(f"\\u{code[i : i + 4]}" for i in range(0, len(code), 4))
