from __future__ import annotations

import pytest

from interpreter.expr.inference import infer
from interpreter.expr.parser import parse_expression
from interpreter.expr.scope import Scope
from interpreter.types.kinds import show


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('date("2026-01-02")', "date"),
        ('date("2026-02-30")', "date?"),
        ('datetime("2026-01-02T08:00")', "datetime"),
        ('time("25:00")', "time?"),
        ('duration("5m")', "duration"),
        ('int("12")', "int"),
        ('int("twelve")', "int?"),
        ('number("1.5")', "number"),
        ('number("1" + "")', "number?"),
        ('bool("yes")', "bool?"),
    ],
)
def test_a_constant_that_can_be_read_is_never_null(text: str, kind: str) -> None:
    node, problems = parse_expression(text)
    assert node is not None, problems
    assert show(infer(node, Scope({})).type) == kind
