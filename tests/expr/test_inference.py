from __future__ import annotations

import pytest
from expr.world import SCOPE

from interpreter.expr.inference import Typed, infer, infer_condition
from interpreter.expr.parser import parse_expression
from interpreter.expr.tree import Node
from interpreter.types.kinds import (
    AnyType,
    EntityType,
    EnumType,
    IntType,
    ListType,
    MapType,
    NumberType,
    OptionalType,
    TextType,
    Type,
)

SCORE = EnumType(("满意", "一般", "不满意"))


def tree(text: str) -> Node:
    node, problems = parse_expression(text)
    assert node is not None, problems
    return node


def found(text: str, expected: Type | None = None) -> Typed:
    return infer(tree(text), SCOPE, expected=expected)


@pytest.mark.parametrize(
    ("text", "expected", "kind"),
    [
        ("12", IntType(1, 9), IntType(12, 12)),
        ("-3", IntType(1, 9), IntType(-3, -3)),
        ("12", TextType(), IntType()),
        ("0.5", NumberType(0, 1), NumberType(0.5, 0.5)),
        ('"满意"', SCORE, EnumType(("满意",))),
        ('"很好"', OptionalType(SCORE), EnumType(("很好",))),
        ('"满意"', TextType(), TextType()),
        ('"满意" if flag else "一般"', SCORE, EnumType(("满意", "一般"))),
        ('t ?? "满意"', SCORE, TextType()),
        ('"北京"', EntityType("cities"), EntityType("cities")),
        ('"巴黎"', EntityType("cities"), TextType()),
        ("[]", ListType(TextType()), ListType(TextType())),
        ("{}", MapType(IntType()), MapType(IntType())),
        ("[]", None, ListType(AnyType())),
        ("[1]", ListType(IntType(1, 9)), ListType(IntType(1, 1))),
        ('{"a": 1}', MapType(IntType(1, 9)), MapType(IntType(1, 1))),
        ('["满意" for i in xs]', ListType(SCORE), ListType(EnumType(("满意",)))),
    ],
)
def test_literals_are_as_narrow_as_what_is_expected_needs(text: str, expected: Type, kind: Type) -> None:
    assert found(text, expected).type == kind


def test_a_condition_must_be_a_bool() -> None:
    assert [problem.code for problem in infer_condition(tree("s"), SCOPE).problems] == ["DL203"]
    assert not infer_condition(tree("s == text"), SCOPE).problems
    assert not infer_condition(tree("data.yes"), SCOPE).problems


def test_every_node_has_a_type() -> None:
    typed = found("[r.name + text(now.hour) for r in bot.rules if r.description != null]")
    from interpreter.expr.walk import walk

    assert all(id(node) in typed.types for node in walk(typed.node))


def test_a_message_says_the_same_in_both_languages() -> None:
    (problem,) = found("t + s").problems
    assert problem.message.en == "`t` may be null"
    assert problem.message.zh == "`t` 可能是 null"
    assert problem.help is not None
    assert problem.help.en == "give a value with `t ?? …`, or ask `t != null` first"
