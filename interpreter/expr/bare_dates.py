"""Dates written as `2026-01-01`, which is a subtraction to the grammar and never meant as one."""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording
from interpreter.expr.findings import Findings
from interpreter.expr.tree import Binary, Literal, Node
from interpreter.types.kinds import DateType, Type

_LENGTHS = range(len("2026-1-1"), len("2026-01-01") + 1)


def written_date(node: Binary) -> str | None:
    """The date that `2026-01-01`, without spaces, was meant as."""
    match node:
        case Binary(operator="-", left=Binary(operator="-", left=first, right=second), right=third):
            year, month, day = (_number(part) for part in (first, second, third))
            if node.end - node.start not in _LENGTHS or None in (year, month, day):
                return None
            if 1900 <= (year or 0) <= 2200 and 1 <= (month or 0) <= 12 and 1 <= (day or 0) <= 31:
                return f"{year}-{month:02}-{day:02}"
    return None


def bare_date(node: Binary, date: str, findings: Findings) -> Type:
    """Report it; what it was meant as is a date."""
    written = f'date("{date}")'
    findings.report(
        "DL211",
        node,
        Wording("a date without quotes is a subtraction", "没有引号的日期会被当成减法"),
        label=Wording(f"write `{written}`", f"请写 `{written}`"),
        replacement=written,
    )
    return DateType()


def _number(node: Node) -> int | None:
    return node.value if isinstance(node, Literal) and type(node.value) is int else None
