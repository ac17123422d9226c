"""DL401, DL402, DL404 in functions: a regular expression written in an expression that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from interpreter.check.lints.leaves import Formula
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.expr.calls import BoundCall, bind_call
from interpreter.expr.findings import Findings
from interpreter.expr.functions.library import FUNCTIONS
from interpreter.expr.tree import Call, Literal
from interpreter.types.regexes import translate

CODE = "DL401"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Arguments `pattern` and `flags` of the functions of regular expressions."""
    for formula in subject.formulas:
        for node in formula.parts:
            if isinstance(node, Call) and FUNCTIONS[node.function].family == "regex":
                bound = bind_call(node, Findings())
                problem = None if bound is None else _unreadable(bound, formula)
                if problem is not None:
                    yield formula.diagnostic(problem)


def _unreadable(bound: BoundCall, formula: Formula) -> Problem | None:
    given = {parameter.name: node for parameter, node in bound.with_parameters()}
    pattern, flags = given.get("pattern"), given.get("flags")
    if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
        return None
    constant = flags.value if isinstance(flags, Literal) and isinstance(flags.value, str) else ""
    _, problems = translate(pattern.value, constant)
    if not problems:
        return None
    first = problems[0]
    if first.start > len(pattern.value) and isinstance(flags, Literal):
        return replace(first, start=flags.start, end=flags.end, replacement=None)
    if formula.source(pattern.start + 1, pattern.end - 1) != pattern.value:
        return replace(first, start=pattern.start, end=pattern.end, replacement=None)  # it holds escapes
    moved = pattern.start + 1
    return replace(first, start=first.start + moved, end=first.end + moved)
