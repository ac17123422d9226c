from __future__ import annotations

from interpreter.dialog.words import EFFECTS, LIST_MODES, REPLY_FORMS, STEP_VERBS, TARGETS, TRIGGERS


def test_targets_are_verbs_and_effects():
    assert set(TARGETS) < STEP_VERBS
    assert set(TARGETS) < EFFECTS


def test_no_word_is_a_verb_and_a_form_of_a_reply():
    assert STEP_VERBS.isdisjoint(REPLY_FORMS)
    assert STEP_VERBS.isdisjoint(TRIGGERS)
    assert set(LIST_MODES) < REPLY_FORMS
