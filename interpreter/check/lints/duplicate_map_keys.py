"""DL215: a key that stands twice in a map, so that only the last one counts."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.leaves import Formula
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.expr.printer import print_literal
from interpreter.expr.tree import Literal, MapNode

CODE = "DL215"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Maps written in expressions."""
    for formula in subject.formulas:
        for node in formula.parts:
            if isinstance(node, MapNode):
                yield from _repeated(node, formula)


def _repeated(node: MapNode, formula: Formula) -> Iterator[Diagnostic]:
    seen: dict[str, Literal] = {}
    for key, _ in node.entries:
        if not isinstance(key, Literal) or not isinstance(key.value, str):
            continue
        first = seen.setdefault(key.value, key)
        if first is not key:
            shown = print_literal(key.value)
            yield Diagnostic(
                CODE,
                formula.span(key),
                Wording(f"the key {shown} stands twice in this map", f"这个映射里键 {shown} 重复"),
                label=Wording("only this value counts", "只有这个值有效"),
                related=(Label(formula.span(first), Wording("this one is lost", "这个值会丢失")),),
                help=Wording("rename one of them, or remove it", "请改名或删掉其中一个"),
            )
