from __future__ import annotations

from interpreter.dialog.merging import merge


def keys(tree, section):
    return [entry.key.text for entry in tree.get(section).entries]


def test_a_bot_of_one_file_stays_as_it_is(tree):
    bot = tree("{name: demo, rules: {a: x}}")
    assert merge(bot, ()) == (bot, ())


def test_maps_of_imported_files_come_after_the_bots_own(tree):
    whole, said = merge(
        tree("{name: demo, rules: {a: x}}"),
        [tree("{rules: {b: y}, states: {s: {}}}"), tree("{name: faq, rules: {c: z}}")],
    )
    assert said == ()
    assert keys(whole, "rules") == ["a", "b", "c"]
    assert keys(whole, "states") == ["s"]
    assert whole.get("name").text == "demo"


def test_a_name_in_two_files_is_an_error_at_the_second(tree):
    whole, (said,) = merge(tree("rules: {a: x}"), [tree("rules:\n  b: y\n  a: z")])
    assert (said.code, said.span.line) == ("DL112", 3)
    assert said.related[0].span.line == 1
    assert whole.get("rules").get("a").text == "x"


def test_what_is_no_map_counts_only_in_the_bots_own_file(tree):
    whole, said = merge(tree("name: demo"), [tree("{dialog: 1, fallback: x, session: 1h}")])
    assert [item.message.en for item in said] == [
        "`fallback` counts only in the bot's own file",
        "`session` counts only in the bot's own file",
    ]
    assert whole.get("fallback") is None


def test_sections_of_the_wrong_shape_do_not_stop_a_merge(tree):
    whole, _ = merge(tree("{rules: x, states: [a]}"), [tree("{rules: {a: b}, states: c}")])
    assert keys(whole, "rules") == ["a"]
    assert whole.get("states").items[0].text == "a"
