"""What can stand in a text: most values, but no lists, maps, records or null."""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording
from interpreter.expr.findings import Findings
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import Node
from interpreter.types.kinds import (
    ListType,
    MapType,
    MediaType,
    NullType,
    OptionalType,
    RecordType,
    Type,
    required,
    show,
)


def check_printable(node: Node, kind: Type, findings: Findings) -> None:
    """Report a value that a text cannot say."""
    shown = print_expression(node)
    match required(kind):
        case ListType(item=item):
            mended = f'join("、", {shown})'
            printable = kind == required(kind) and not isinstance(item, (ListType, MapType, RecordType, OptionalType))
            _unprintable(node, kind, findings, mended if printable else None)
        case MapType() | RecordType() | MediaType():
            _unprintable(node, kind, findings, None)
        case NullType():
            _unprintable(node, kind, findings, None)


def _unprintable(node: Node, kind: Type, findings: Findings, mended: str | None) -> None:
    findings.report(
        "DL214",
        node,
        Wording(f"{show(kind)} cannot be printed in a text", f"{show(kind)} 不能输出到文本中"),
        label=None if mended is None else Wording(f"write `{mended}`", f"写成 `{mended}`"),
        help=None if mended else Wording("print a part of it, such as a field", "请输出其中的一部分，例如某个字段"),
        replacement=mended,
    )
