"""The line that is added to `renamed`, wherever that stands."""

import pytest
from support.bots import compile_text

from interpreter.diagnostics.diagnostic import Applicability
from interpreter.diagnostics.fixing import apply_edits
from interpreter.edits.renaming import Candidate, guess, rename_fix
from interpreter.source.spans import SourceFile, Span

HEAD = "dialog: 1\nname: t\nrules: {hi: x}\n"
NOWHERE = Span(SourceFile("bot.yaml", ""), 0, 0)


def added(text: str, old: str = "states.a", new: str = "states.b", name: str = "bot.yaml") -> str | None:
    """The bot with the line for `states.a` that is `states.b` now."""
    bot = compile_text(text, name).bot
    found = guess(old, "same text", [Candidate(new, NOWHERE, "same text")])
    assert bot is not None
    assert found is not None
    fix = rename_fix(bot, old, found)
    return apply_edits(text, fix.edits) if fix.edits else None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD, HEAD + "renamed:\n  states.a: states.b\n"),
        (HEAD.rstrip(), HEAD + "renamed:\n  states.a: states.b\n"),
        (HEAD.replace("\n", "\r\n"), (HEAD + "renamed:\n  states.a: states.b\n").replace("\n", "\r\n")),
        ("renamed: {x: y}\n" + HEAD, "renamed: {x: y, states.a: states.b}\n" + HEAD),
        ("renamed:\n  x: y  # long ago\n" + HEAD, "renamed:\n  x: y  # long ago\n  states.a: states.b\n" + HEAD),
        (HEAD + "renamed:\n    x: y", HEAD + "renamed:\n    x: y\n    states.a: states.b"),
        (HEAD + "renamed: {}\n", None),
    ],
)
def test_it_goes_where_the_others_are(before: str, after: str | None) -> None:
    assert added(before) == after


def test_names_that_yaml_would_misread_are_quoted() -> None:
    wanted = 'renamed:\n  "rules.hi|ho": \'rules."hi"\'\n'
    assert added(HEAD, "rules.hi|ho", 'rules."hi"') == HEAD + wanted


def test_json_is_left_alone() -> None:
    assert added('{"dialog": 1, "name": "t", "rules": {"hi": "x"}}', name="bot.json") is None


def test_the_same_text_is_surer_than_nearly_the_same_name() -> None:
    same = Candidate("states.other", NOWHERE, "prompt: how old are you?")
    near = Candidate("states.ages", NOWHERE, "something else")
    found = guess("states.age", "prompt: how old are you", [near, same])
    assert found is not None
    assert (found.candidate, found.is_sure) == (same, True)
    found = guess("states.age", "zzz", [near, same])
    assert found is not None
    assert (found.candidate, found.is_sure) == (near, False)


def test_of_two_that_are_equally_alike_none_is_sure() -> None:
    one, other = (Candidate(f"states.{name}", NOWHERE, "the same") for name in "xy")
    found = guess("states.age", "the same", [one, other])
    assert found is not None
    assert not found.is_sure


def test_an_only_candidate_may_be_meant_and_none_of_many_is() -> None:
    one, other = (Candidate(f"states.{name}", NOWHERE, "1234567") for name in ("first", "second"))
    found = guess("states.age", "", [one])
    assert found is not None
    assert rename_fix(compile_text(HEAD).bot, "states.age", found).applicability is Applicability.UNSAFE  # type: ignore[arg-type]
    assert guess("states.age", "", [one, other]) is None
    assert guess("states.age", "", []) is None
