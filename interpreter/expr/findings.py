"""What inference has found so far: the type of every node, and the problems."""

from __future__ import annotations

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import Node
from interpreter.types.kinds import (
    BoolType,
    ErrorType,
    IntType,
    ListType,
    MapType,
    NullType,
    NumberType,
    OptionalType,
    TextType,
    Type,
    is_textual,
    show,
)

_DEFAULTS: tuple[tuple[type, str], ...] = (
    (TextType, '""'),
    (IntType, "0"),
    (NumberType, "0"),
    (BoolType, "false"),
    (ListType, "[]"),
    (MapType, "{}"),
)


class Findings:
    """Collects the types and problems of one expression while it is gone over."""

    __slots__ = ("problems", "types")

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.types: dict[int, Type] = {}
        """By the identity of the node."""

    def report(
        self,
        code: str,
        node: Node,
        message: Wording,
        *,
        label: Wording | None = None,
        help: Wording | None = None,
        replacement: str | None = None,
        is_sure: bool = True,
    ) -> ErrorType:
        """Report a problem at a node; the type it gives silences what would follow from it."""
        self.problems.append(Problem(code, node.start, node.end, message, label, help, replacement, is_sure))
        return ErrorType()

    def report_at(
        self,
        start: int,
        end: int,
        code: str,
        message: Wording,
        *,
        label: Wording | None = None,
        help: Wording | None = None,
        replacement: str | None = None,
    ) -> ErrorType:
        """Report a problem at a range within a node."""
        self.problems.append(Problem(code, start, end, message, label, help, replacement))
        return ErrorType()

    def needed(self, node: Node, kind: Type, *, in_operator: bool = True) -> Type:
        """The type of a node whose value is needed, so that it cannot be null."""
        match kind:
            case OptionalType(inner=inner):
                self._may_be_null(node, inner, in_operator)
                return inner
            case NullType():
                shown = print_expression(node)
                return self.report(
                    "DL205",
                    node,
                    Wording(f"a value is needed here, `{shown}` is null", f"此处需要一个值，而 `{shown}` 是 null"),
                )
            case _:
                return kind

    def _may_be_null(self, node: Node, inner: Type, in_operator: bool) -> None:
        shown = print_expression(node)
        default = (
            '""' if is_textual(inner) else next((text for kind, text in _DEFAULTS if isinstance(inner, kind)), None)
        )
        mended = None if default is None else f"{shown} ?? {default}"
        self.report(
            "DL205",
            node,
            Wording(f"`{shown}` may be null", f"`{shown}` 可能是 null"),
            label=Wording(f"{show(inner)}?", f"{show(inner)}?"),
            help=Wording(
                f"give a value with `{shown} ?? …`, or ask `{shown} != null` first",
                f"用 `{shown} ?? …` 给出默认值，或先判断 `{shown} != null`",
            ),
            replacement=f"({mended})" if mended and in_operator else mended,
            is_sure=False,
        )
