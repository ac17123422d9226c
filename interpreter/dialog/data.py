"""Leaves of `json:`, `mock:` and `given:`: JSON's own literals, expressions that keep their type, texts."""

from __future__ import annotations

import json
import math

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.leaves import Leaves, name_of
from interpreter.dialog.model.leaves import Data, DataLeaf, DataList, DataMap, Expression
from interpreter.expr.tree import Hole
from interpreter.source.tree import Mapping, Node, Scalar, Sequence
from interpreter.values import MAX_INT, Value


def read_data(leaves: Leaves, node: Node) -> Data:
    """Structured data with leaves of any type."""
    match node:
        case Sequence():
            return DataList(tuple(read_data(leaves, item) for item in node.items), node.span)
        case Mapping():
            entries = ((name_of(entry.key), read_data(leaves, entry.value)) for entry in node.entries)
            return DataMap(tuple(entries), node.span)
        case Scalar():
            return _leaf(leaves, node)


def _leaf(leaves: Leaves, scalar: Scalar) -> DataLeaf:
    if scalar.is_empty:
        return DataLeaf(scalar, None)
    if scalar.is_json_literal:
        return DataLeaf(scalar, _literal(leaves, scalar))
    text = leaves.text(scalar)
    assert text is not None
    match text.template.parts:
        case (Hole(node=node),):
            return DataLeaf(scalar, Expression(scalar, node))
        case _:
            return DataLeaf(scalar, text)


def _literal(leaves: Leaves, scalar: Scalar) -> Value:
    value: Value = None if len(scalar.text) > _LONGEST_NUMBER else json.loads(scalar.text)
    is_too_large = len(scalar.text) > _LONGEST_NUMBER or (
        isinstance(value, (int, float)) and (abs(value) > MAX_INT if isinstance(value, int) else math.isinf(value))
    )
    if not is_too_large:
        return value
    leaves.report(
        Problem(
            "DL217",
            0,
            len(scalar.text),
            Wording(f"the number is larger than {MAX_INT}", f"数字超过了 {MAX_INT}"),
            help=Wording("quote it to send it as text", "加上引号就会作为文本发送"),
        ),
        scalar,
    )
    return None


_LONGEST_NUMBER = 400
