from __future__ import annotations

from interpreter.dialog.steps import is_step, read_steps, read_steps_if_written


def test_steps_are_read(chunk, leaves, tree, outline):
    found = read_steps(leaves, tree(chunk.source))
    assert outline(found, leaves.diagnostics) == chunk.expected


def test_steps_that_are_not_there(leaves):
    assert read_steps(leaves, None) == ()
    assert read_steps_if_written(leaves, None) is None


def test_a_mapping_with_a_verb_is_a_step(tree):
    assert is_step(tree("{zh: x, reply: y}"))
    assert not is_step(tree("{zh: x, en: y}"))
    assert not is_step(tree("[{reply: y}]"))


def test_only_a_rule_of_its_own_makes_a_call_its_target(leaves, tree):
    (inside,) = read_steps(leaves, tree("call: login"))
    assert not inside.is_target


def test_an_expression_keeps_its_place_behind_the_name_of_an_assignment(leaves, tree):
    (step,) = read_steps(leaves, tree("set: answer =  int(n)"))
    value = step.assignments[0].value
    assert value.scalar.text[value.offset :] == "int(n)"
    assert str(value.scalar.place(value.offset, value.offset + 3)) == "bot.yaml:1:16"
