from __future__ import annotations

from interpreter.dialog.arguments import read_assignments, read_call, read_parameters, read_with
from interpreter.types.kinds import AnyType, ErrorType, IntType


def test_assignments_are_read_with_their_places(leaves, tree):
    first, second = read_assignments(leaves, tree("[a = 1, user.b += a]")).read
    assert (first.target.text, first.operator) == ("a", "=")
    assert (second.target.text, second.operator) == ("user.b", "+=")
    assert str(second.target.span) == "bot.yaml:1:9"
    assert second.value.offset == 10


def test_a_problem_is_placed_inside_the_expression(leaves, tree):
    assignments = read_assignments(leaves, tree("x = 1 + ) "))
    assert assignments.read == ()
    assert [name.text for name in assignments.unread] == ["x"]
    (said,) = leaves.diagnostics
    assert str(said.span) == "bot.yaml:1:9"


def test_call_arguments_keep_their_order_and_names(leaves, tree, outline):
    call = read_call(leaves, tree("geo.regeo(a, lng=b + 1)"))
    assert outline(call) == (
        "OperationCall(service=geo, operation=regeo, arguments=[{a}, WithArgument(name=lng, value={b + 1})])"
    )


def test_a_call_knows_that_an_argument_is_missing(leaves, tree):
    call = read_call(leaves, tree("geo.regeo(a, +)"))
    assert call.is_incomplete
    assert len(call.arguments) == 1


def test_with_is_a_map_of_expressions(leaves, tree, outline):
    arguments, is_incomplete = read_with(leaves, tree("{a: 1 + 1, b: x.y}"))
    assert outline(arguments) == "WithArgument(name=a, value={1 + 1})\nWithArgument(name=b, value={x.y})"
    assert not is_incomplete
    assert read_with(leaves, tree("{a: +}")) == ((), True)
    assert read_with(leaves, None) == ((), False)


def test_a_parameter_has_a_type_and_perhaps_a_default(leaves, tree):
    first, second = read_parameters(leaves, tree("{answer: int(1..9) = 5, user.name: any}"))
    assert first.type == IntType(1, 9)
    assert first.default.offset == 12
    assert (second.name.text, second.type, second.default) == ("user.name", AnyType(), None)


def test_problems_of_type_and_default_are_placed(leaves, tree):
    read_parameters(leaves, tree("{a: intt, b: int = +}"))
    assert [(said.code, said.span.column) for said in leaves.diagnostics] == [("DL107", 5), ("DL200", 20)]


def test_the_type_of_a_parameter_of_the_wrong_shape_fits_everything(leaves, tree):
    parameters = read_parameters(leaves, tree("{a: [int], b: }"))
    assert [parameter.type for parameter in parameters] == [ErrorType(), ErrorType()]
    assert leaves.diagnostics == []
