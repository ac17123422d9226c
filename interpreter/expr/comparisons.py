"""The types of comparisons and conditions: what may be compared with what, and what is a condition at all."""

from __future__ import annotations

from collections.abc import Mapping

from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.expr.findings import Findings
from interpreter.expr.operators import kind_word
from interpreter.expr.printer import print_expression, print_literal
from interpreter.expr.tree import Binary, ListNode, Literal, Node
from interpreter.types.kinds import (
    AnyType,
    BoolType,
    EntityType,
    EnumType,
    ErrorType,
    ListType,
    NullType,
    OptionalType,
    Type,
    is_textual,
    required,
    show,
)

_ORDERED = frozenset({"text", "int", "number", "date", "time", "datetime", "duration"})


def comparison(node: Binary, left: Type, right: Type, findings: Findings) -> Type:
    """The type of `== != < <= > >= in not in`, whose operands have the given types."""
    if isinstance(left, ErrorType) or isinstance(right, ErrorType):
        return BoolType()
    if node.operator in ("in", "not in"):
        _membership(node, left, right, findings)
    elif node.operator in ("==", "!="):
        if not isinstance(left, NullType) and not isinstance(right, NullType):
            _same_kind(node, required(left), required(right), findings)
    else:
        _order(node, findings.needed(node.left, left), findings.needed(node.right, right), findings)
    return BoolType()


def _order(node: Binary, left: Type, right: Type, findings: Findings) -> None:
    for operand, kind in ((node.left, left), (node.right, right)):
        if not isinstance(kind, (AnyType, ErrorType)) and kind_word(kind) not in _ORDERED:
            findings.report(
                "DL201",
                operand,
                Wording(f"{show(kind)} has no order", f"{show(kind)} 没有大小之分"),
            )
            return
    _same_kind(node, left, right, findings)


def _same_kind(node: Binary, left: Type, right: Type, findings: Findings) -> None:
    """Values of different kinds are never equal and have no order."""
    if isinstance(left, (AnyType, ErrorType)) or isinstance(right, (AnyType, ErrorType)):
        return
    one, other = _comparable(left), _comparable(right)
    if one == other:
        return
    if {one, other} == {"text", "number"}:
        _text_with_number(node, left, findings)
        return
    message = Wording(
        f"{show(left)} is compared with {show(right)}{_outcome(node.operator)}",
        f"{show(left)} 与 {show(right)} 不能比较{_outcome_zh(node.operator)}",
    )
    findings.report("DL204", node, message)


def _comparable(kind: Type) -> str:
    word = kind_word(kind)
    return "number" if word == "int" else word


def _text_with_number(node: Binary, left: Type, findings: Findings) -> None:
    text = node.left if is_textual(left) else node.right
    mended = _as_number(text)
    findings.report(
        "DL204",
        text,
        Wording(
            f"text is compared with a number{_outcome(node.operator)}",
            f"文本与数字比较{_outcome_zh(node.operator)}",
        ),
        label=Wording(f"write `{mended}`", f"写成 `{mended}`"),
        help=None
        if isinstance(text, Literal)
        else Wording("it is null when the text is not a number", "文本不是数字时结果为 null"),
        replacement=mended,
    )


def _as_number(text: Node) -> str:
    """A text as a number: the literal without its quotes, or `number(x)`."""
    if isinstance(text, Literal) and isinstance(text.value, str):
        digits = text.value.strip()
        if digits.isascii() and digits.isdigit():
            return digits
    return f"number({print_expression(text)})"


def _outcome(operator: str) -> str:
    return {"==": ", so this is never true", "!=": ", so this is always true"}.get(operator, "")


def _outcome_zh(operator: str) -> str:
    return {"==": "，永远不成立", "!=": "，永远成立"}.get(operator, "")


def _membership(node: Binary, item: Type, group: Type, findings: Findings) -> None:
    group = findings.needed(node.right, group)
    match group:
        case AnyType() | ErrorType():
            return
        case ListType(item=other):
            if not isinstance(item, NullType) and not isinstance(other, NullType):
                _same_kind_in_list(node, required(item), required(other), findings)
        case _ if kind_word(group) in ("text", "map"):
            item = findings.needed(node.left, item)
            if not isinstance(item, (AnyType, ErrorType)) and not is_textual(item):
                findings.report(
                    "DL201",
                    node.left,
                    Wording(
                        f"only a text can be in {show(group)}, this is {show(item)}",
                        f"只有文本才能在 {show(group)} 中，这是 {show(item)}",
                    ),
                )
        case _:
            findings.report(
                "DL201",
                node.right,
                Wording(
                    f"`in` needs a list, a map or a text on its right, this is {show(group)}",
                    f"`in` 右边应为列表、映射或文本，这是 {show(group)}",
                ),
            )


def _same_kind_in_list(node: Binary, item: Type, other: Type, findings: Findings) -> None:
    if isinstance(item, (AnyType, ErrorType)) or isinstance(other, (AnyType, ErrorType)):
        return
    if _comparable(item) != _comparable(other):
        never = Wording(
            f"{show(item)} is never in a list of {show(other)}", f"{show(item)} 不会在 {show(other)} 的列表中"
        )
        findings.report("DL204", node.left, never)


def condition(node: Node, kind: Type, findings: Findings) -> Type:
    """The type of an operand of `and or not` or of a condition: it must be a boolean."""
    match kind:
        case BoolType() | AnyType() | ErrorType():
            return kind
        case OptionalType(inner=BoolType()):
            return findings.needed(node, kind, in_operator=False)
        case NullType():
            return findings.needed(node, kind)
        case _:
            return _not_boolean(node, kind, findings)


def _not_boolean(node: Node, kind: Type, findings: Findings) -> Type:
    shown = print_expression(node)
    mended = _as_condition(node, kind)
    return findings.report(
        "DL203",
        node,
        Wording(f"a condition must be a bool, this is {show(kind)}", f"条件必须是 bool，这是 {show(kind)}"),
        label=None if mended is None else Wording(f"write `{mended}`", f"写成 `{mended}`"),
        help=Wording(
            f"say what to ask of `{shown}`: nothing counts as true but `true`",
            f"请写明对 `{shown}` 的判断：只有 `true` 才算真",
        ),
        replacement=mended,
    )


def _as_condition(node: Node, kind: Type) -> str | None:
    """What the author most likely meant to ask."""
    if isinstance(node, Literal):
        return None
    shown = print_expression(node)
    if isinstance(kind, OptionalType):
        return f"{shown} != null"
    match kind_word(kind):
        case "text":
            return f'{shown} != ""'
        case "int" | "number":
            return f"{shown} != 0"
        case "list" | "map":
            return f"len({shown}) > 0"
        case _:
            return None


def impossible_value(
    node: Binary, left: Type, right: Type, entities: Mapping[str, tuple[str, ...]], findings: Findings
) -> None:
    """Report an enumeration or entity that is compared with a text it never is, or looked for among such."""
    pairs: list[tuple[Node, Type]] = [(node.right, required(left)), (node.left, required(right))]
    if isinstance(node.right, ListNode):
        pairs = [(item, required(left)) for item in node.right.items]
    for literal, kind in pairs:
        if not isinstance(literal, Literal) or not isinstance(literal.value, str):
            continue
        match kind:
            case EnumType(values=values):
                pass
            case EntityType(name=name):
                values = entities.get(name, (literal.value,))
            case _:
                continue
        if literal.value not in values:
            _never(literal, kind, values, findings)


def _never(literal: Literal, kind: Type, values: tuple[str, ...], findings: Findings) -> None:
    assert isinstance(literal.value, str)
    near = nearest(literal.value, values)
    some = "、".join(values[:5])
    findings.report(
        "DL209",
        literal,
        Wording(
            f"{show(kind)} is never {print_literal(literal.value)}",
            f"{show(kind)} 不会是 {print_literal(literal.value)}",
        ),
        help=Wording(f"it is one of: {some}", f"可能的值：{some}"),
        replacement=None if near is None else print_literal(near),
    )
