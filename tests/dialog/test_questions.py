from __future__ import annotations

from interpreter.dialog.questions import read_ask, read_fields, read_interrupt
from interpreter.dialog.steps import read_steps_if_written
from interpreter.types.kinds import EntityType, ErrorType


def test_a_question_has_defaults(leaves, tree):
    question = read_ask(leaves, tree("ask: 哪里？"), read_steps_if_written)
    assert (question.into, question.type, question.tries, question.invalid) == (None, None, None, None)
    assert question.interrupt == "resume"


def test_a_type_that_cannot_be_read_fits_everything(leaves, tree):
    question = read_ask(leaves, tree("{ask: 哪里？, type: citis}"), read_steps_if_written)
    assert question.type == ErrorType()
    assert [said.code for said in leaves.diagnostics] == ["DL107"]


def test_a_type_of_the_wrong_shape_is_none(leaves, tree):
    question = read_ask(leaves, tree("{ask: 哪里？, type: [int]}"), read_steps_if_written)
    assert question.type is None
    assert str(question.type_span) == "bot.yaml:1:18"


def test_fields_are_asked_into_their_names(leaves, tree):
    first, second = read_fields(
        leaves, tree("{city: {ask: a, type: cities}, x: y, n: {ask: b, if: city}}"), read_steps_if_written
    )
    assert (first.into.text, first.type) == ("city", EntityType("cities"))
    assert (second.into.text, second.condition is not None) == ("n", True)


def test_no_other_interruption_is_known(tree):
    assert read_interrupt(tree("never"), "leave") == "never"
    assert read_interrupt(tree("often"), "leave") == "leave"
    assert read_interrupt(tree("[never]"), "resume") == "resume"
