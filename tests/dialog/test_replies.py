from __future__ import annotations

import pytest

from interpreter.dialog.leaves import Leaves
from interpreter.dialog.replies import is_reply_form, read_localized, read_reply


def test_replies_are_read(chunk, leaves, tree, outline):
    found = read_reply(leaves, tree(chunk.source))
    assert outline(found, leaves.diagnostics) == chunk.expected


def test_nothing_is_no_reply(leaves):
    assert read_reply(leaves, None) is None
    assert read_localized(leaves, None) is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("好", "'好'"),
        ("{zh: 好, en: ok}", "ByLocale(replies={zh: '好', en: 'ok'})"),
        ("{zh: 好, en: [ok]}", "ByLocale(replies={zh: '好'})"),
        ("{zh: [好]}", "None"),
        ("[好]", "None"),
        ("{}", "None"),
    ],
)
def test_a_text_may_be_given_per_locale(leaves, tree, outline, source, expected):
    assert outline(read_localized(leaves, tree(source))) == expected


def test_a_locale_suggests_the_nearest_of_the_bot(tree):
    leaves = Leaves(locales=("zh-CN", "en"))
    read_reply(leaves, tree("{zh-CM: 好}"))
    (said,) = leaves.diagnostics
    assert said.label is not None
    assert said.label.en == "did you mean `zh-CN`?"


def test_a_language_stands_for_its_regions(tree):
    leaves = Leaves(locales=("zh-CN", "en"))
    read_reply(leaves, tree("{zh: 好, en: ok}"))
    assert leaves.diagnostics == []
    read_reply(leaves, tree("{zh: 好, en-GB: ok}"))
    assert [said.span.column for said in leaves.diagnostics] == [9]


def test_what_looks_like_a_reply(tree):
    assert is_reply_form(tree("{zh: x}"))
    assert is_reply_form(tree("{news: x}"))
    assert not is_reply_form(tree("{rules: x}"))
    assert not is_reply_form(tree("{}"))
    assert not is_reply_form(tree("[zh]"))
