from __future__ import annotations

from interpreter.dialog.rules import read_choices, read_rules


def test_rules_are_read(chunk, leaves, tree, outline):
    found = read_rules(leaves, tree(chunk.source), "rules.")
    assert outline(found, leaves.diagnostics) == chunk.expected


def test_choices_have_labels_and_no_pattern_of_their_own(leaves, tree, outline):
    found = read_choices(leaves, tree("1: {label: '看 $(n)', reply: a}\n2: {label: b, wait: x}"), "states.m/")
    assert outline(found, leaves.diagnostics).splitlines() == [
        "Rule(name=1, path='states.m/1', trigger=Trigger(), steps=[ReplyStep(reply='a')], label='看 $(n)')",
        "Rule(name=2, path='states.m/2', trigger=Trigger(), steps=[WaitStep(state=x)], label='b', has_target=True)",
    ]


def test_a_choice_that_is_no_mapping_is_left_out(leaves, tree):
    assert read_choices(leaves, tree("{1: a, 2: [b]}"), "states.m/") == ()


def test_no_map_holds_no_rules(leaves, tree):
    assert read_rules(leaves, tree("[a]"), "rules.") == ()
    assert read_rules(leaves, None, "rules.") == ()
