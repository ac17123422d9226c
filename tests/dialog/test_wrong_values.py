"""Values of the wrong shape that can be written anew: the fix does it."""

import pytest

from interpreter.diagnostics.diagnostic import Applicability
from interpreter.diagnostics.fixing import apply_edits
from interpreter.dialog.plain import to_plain
from interpreter.dialog.structure import check_structure
from interpreter.source.reader import read_text

HEAD = "dialog: 1\nname: demo\n"


def finding(text: str):
    tree, problems = read_text("bot.yaml", HEAD + text)
    assert tree is not None
    assert not problems
    (said,) = check_structure(tree)
    return said


def mended(text: str) -> object:
    tree, problems = read_text("bot.yaml", apply_edits(HEAD + text, finding(text).fix.edits))
    assert tree is not None
    assert not problems
    assert check_structure(tree) == ()
    plain = to_plain(tree)
    return {key: value for key, value in plain.items() if key not in ("dialog", "name")}


@pytest.mark.parametrize("written", ["zh, en", "zh,en", "zh、en", "zh en", "zh，en"])
def test_several_words_become_a_list(written: str) -> None:
    assert mended(f"locales: {written}\n") == {"locales": ["zh", "en"]}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("good morning", "good morning"),
        ("你好，请问几点开门", "你好，请问几点开门"),
        ("早上好！", "早上好！"),
        ("well, hello", "well, hello"),
        ("'it is, is it'", "it is, is it"),
    ],
)
def test_a_message_becomes_the_only_one_of_a_list(written: str, meant: str) -> None:
    rules = {"a": {"pattern": "b", "examples": [meant], "reply": "c"}}
    assert mended(f"rules:\n  a:\n    pattern: b\n    examples: {written}\n    reply: c\n") == {"rules": rules}


def test_messages_below_one_another_are_not_torn() -> None:
    fix = finding("rules:\n  a:\n    pattern: b\n    examples: |\n      hi\n      hello\n    reply: c\n").fix
    assert (fix.shown, fix.edits) == ("examples: […]", ())


@pytest.mark.parametrize(
    ("written", "meant", "is_safe"),
    [
        ("帝都、京城", ["帝都", "京城"], True),
        ("Peking", ["Peking"], True),
        ("Big Apple, NYC", ["Big Apple", "NYC"], False),
        ("Big Apple", ["Big Apple"], False),
    ],
)
def test_a_blank_parts_no_synonyms(written: str, meant: list[str], is_safe: bool) -> None:
    text = f"entities:\n  cities:\n    here: {written}\n"
    assert mended(text) == {"entities": {"cities": {"here": meant}}}
    assert finding(text).fix.applicability is (Applicability.SAFE if is_safe else Applicability.UNSAFE)


def test_what_is_no_list_of_words_is_left() -> None:
    assert finding("locales: zh-CN!, en\n").fix is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{n: 1}", "n = 1"),
        ("{n: -1.5}", "n = -1.5"),
        ("{n: true}", "n = true"),
        ("{n: abc}", 'n = "abc"'),
        ("{user.n: 1, m: 2}", ["user.n = 1", "m = 2"]),
        ("\n      n: 1", "n = 1"),
        ("\n      n: 1\n      m: x", ["n = 1", 'm = "x"']),
    ],
)
def test_a_map_of_assignments_becomes_assignments(written: str, expected: object) -> None:
    assert mended(f"rules:\n  a:\n    set: {written}\n    reply: b\n") == {
        "rules": {"a": {"set": expected, "reply": "b"}}
    }


def test_a_map_with_a_comment_in_it_is_only_shown() -> None:
    fix = finding("rules:\n  a:\n    set:\n      n: 1  # one\n      m: 2\n").fix
    assert (fix.shown, fix.edits) == ("set: [n = 1, m = 2]", ())


@pytest.mark.parametrize("mark", ["|", "|-", ">"])
def test_the_lines_of_a_conversation_are_put_under_talk(mark: str) -> None:
    text = f"tests:\n  greets: {mark}\n    > hi\n\n    < hello\n  other: {{talk: '> hi'}}\n"
    assert mended(text) == {"tests": {"greets": {"talk": "> hi\n\n< hello\n"}, "other": {"talk": "> hi"}}}


def test_a_conversation_on_one_line_is_only_explained() -> None:
    said = finding("tests: {greets: '> hi'}\n")
    assert said.fix is None
    assert "`greets: {talk: …}`" in said.help.en


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("rules:\n  - hi: hello\n", "leave out the `- ` before each: write it like `rules: {hi: hello}`"),
        ("vars: [n]\n", "write it like `vars: {count: int = 0}`"),
        ("states: {s: x}\n", "write it like `s: {prompt: …}`"),
        ("rules: {hi: {reply: x, tries: 3}}\n", "`tries` belongs to a state or a question (`ask`)"),
    ],
)
def test_what_cannot_be_mended_is_shown_by_an_example(text: str, way: str) -> None:
    assert finding(text).help.en == way


def test_what_is_no_map_at_all_is_told_what_a_bot_is() -> None:
    tree, _ = read_text("bot.yaml", "- hi\n")
    assert tree is not None
    (said,) = check_structure(tree)
    assert "`rules: {hi: hello}`" in said.help.en


def test_an_increment_is_written_anew() -> None:
    from interpreter.dialog.splitting import Problem, split_assignment

    for text, expected in [("n++", "n += 1"), (" user.n -- ", "user.n -= 1"), ("++n", "n += 1")]:
        problem = split_assignment(text)
        assert isinstance(problem, Problem)
        assert problem.replacement == expected
