"""Names that sessions remember, in an edited bot: `renamed` in all its forms."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from support.bots import compile_text

from interpreter.machine.conversation import Conversation
from interpreter.machine.migration import RESTARTED
from interpreter.machine.simulation import text_message
from interpreter.program.renames import current_name
from interpreter.program.tables import Program

HEAD = "dialog: 1\nname: t\nlocales: [en]\nfallback: lost\n"
LOST = f"{RESTARTED['en']}\nlost"
FORM = """
rules:
  go: {call: survey}
flows:
  survey:
    - {ask: age?, into: age, type: int}
    - reply: got it
"""


def program(text: str) -> Program:
    compiled = compile_text(HEAD + text)
    assert compiled.program is not None, compiled.codes
    return compiled.program


def said(before: str, after: str, *texts: str) -> list[str]:
    """What is said in a conversation whose bot is edited before the last message."""
    now = datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    conversation = Conversation(program(before), now)
    answers = []
    for number, text in enumerate(texts, start=1):
        if number == len(texts):
            edited = Conversation(program(after), now)
            edited.sessions.update(conversation.sessions)
            conversation = edited
        message = text_message(text, user="u", account="bot", time=int(now.timestamp()), id=str(number))
        replies = conversation.receive(message).replies
        answers.append("\n".join(getattr(reply, "text", "") for reply in replies))
    return answers


@pytest.mark.parametrize(
    "renamed",
    [
        "{survey: poll}",
        "{flows.survey: flows.poll}",
        "{survey: poll2, poll2: poll}",
        "{survey/age: poll/age}",
    ],
)
def test_a_question_goes_on_in_a_renamed_flow_and_its_caller_too(renamed: str) -> None:
    after = FORM.replace("survey", "poll") + f"renamed: {renamed}\n"
    expected = "got it" if "/" not in renamed else LOST  # the caller waits for `survey` still
    assert said(FORM, after, "go", "7") == ["age?", expected]


@pytest.mark.parametrize("renamed", ["{survey/age: survey/years}", "{flows.survey/age: flows.survey/years}"])
def test_a_question_may_get_another_name(renamed: str) -> None:
    after = FORM.replace("into: age", "into: years")
    assert said(FORM, after, "go", "7") == ["age?", "age?"]
    assert said(FORM, after + f"renamed: {renamed}\n", "go", "7") == ["age?", "got it"]


def test_a_rule_that_waits_for_a_flow_may_get_another_name() -> None:
    after = FORM.replace("go:", "go|start:")
    assert said(FORM, after, "go", "7") == ["age?", LOST]
    assert said(FORM, after + 'renamed: {rules.go: "rules.go|start"}\n', "go", "7") == ["age?", "got it"]


def test_the_unnamed_state_of_a_renamed_rule_moves_along() -> None:
    before = "rules: {sex: {reply: boy or girl?, replies: {girl: hi girl}}}\n"
    after = before.replace("sex:", "gender:") + "renamed: {rules.sex: rules.gender}\n"
    assert said(before, after, "sex", "girl") == ["boy or girl?", "hi girl"]


def test_names_may_be_swapped() -> None:
    before = "rules: {go: {wait: a}}\nstates: {a: {prompt: x, otherwise: in a}, b: {otherwise: in b}}\n"
    assert said(before, before + "renamed: {a: b, b: a}\n", "go", "y") == ["x", "in b"]


def test_several_calls_of_one_flow_keep_their_numbers() -> None:
    before = FORM.replace("{call: survey}", "{do: [{call: survey}, {call: survey}, {reply: done}]}")
    after = before.replace("survey", "poll") + "renamed: {survey: poll}\n"
    assert said(before, after, "go", "7", "8") == ["age?", "got it\nage?", "got it\ndone"]


def test_a_circle_of_names_ends() -> None:
    assert current_name("states.a", {"a": "b", "b": "a"}, lambda _: False) == "states.b"
    assert current_name("states.c", {"a": "b"}, lambda _: False) == "states.c"
