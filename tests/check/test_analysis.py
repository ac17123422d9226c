from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.check.analysis import Analysis, AssignTarget, analyse
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.dialog.build import build_bot
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.replies import Say
from interpreter.dialog.model.steps import AskStep, CallStep, FetchStep, FormStep, LetStep, ReplyStep, SetStep, Step
from interpreter.source.reader import read_text
from interpreter.types.kinds import AnyType, BoolType, IntType, TextType

HEAD = "dialog: 1\nname: test\n"


def build(text: str) -> Bot:
    tree, _ = read_text("bot.yaml", HEAD + text)
    assert tree is not None
    bot, _ = build_bot(tree)
    assert bot is not None
    return bot


def steps_of(text: str) -> tuple[Analysis, tuple[Step, ...]]:
    """The analysis of a bot and the steps of its first rule."""
    bot = build(text)
    analysis, diagnostics = analyse(bot)
    assert not diagnostics, [each.message.en for each in diagnostics]
    return analysis, bot.rules[0].steps


def test_a_set_step_goes_to_a_variable_of_the_conversation() -> None:
    analysis, (step,) = steps_of("vars: {n: int(1..9) = 1}\nrules:\n  a: {set: n = 3}\n")
    assert isinstance(step, SetStep)
    assert analysis.target(step.assignments[0].target) == AssignTarget("session", "n", IntType(1, 9), proven=True)


def test_what_may_not_fit_is_not_proven() -> None:
    analysis, (step,) = steps_of("vars: {n: int(1..9) = 1}\nrules:\n  a: {set: n = len(text)}\n")
    assert isinstance(step, SetStep)
    target = analysis.target(step.assignments[0].target)
    assert target is not None
    assert not target.proven


def test_a_user_variable_is_named_without_user() -> None:
    analysis, (step,) = steps_of('vars: {user.name: text = ""}\nrules:\n  a: {set: user.name = text}\n')
    assert isinstance(step, SetStep)
    assert analysis.target(step.assignments[0].target) == AssignTarget("user", "name", TextType(), proven=True)


def test_let_and_into_and_form_fields_are_locals() -> None:
    analysis, (let, ask, form, call, fetch) = steps_of(
        """
services:
  s: {url: https://a.example.com, operations: {o: {get: /}}}
flows:
  f: [{reply: x}]
rules:
  a:
    do:
      - let: x = 1
      - {ask: who?, into: y}
      - form: {z: {ask: which?}}
      - {call: f, into: u}
      - {fetch: s.o(), into: v}
"""
    )
    assert isinstance(let, LetStep)
    assert isinstance(ask, AskStep)
    assert isinstance(form, FormStep)
    assert isinstance(call, CallStep)
    assert isinstance(fetch, FetchStep)
    names = [let.assignments[0].target, ask.question.into, form.fields[0].into, call.into, fetch.into]
    assert [analysis.target(name) for name in names if name] == [
        AssignTarget("local", name, AnyType(), proven=True) for name in "xyzuv"
    ]


def test_before_sets_the_text_of_the_turn() -> None:
    bot = build("before:\n  - set: text = trim(text)\nrules: {a: b}\n")
    analysis, _ = analyse(bot)
    (step,) = bot.before
    assert isinstance(step, SetStep)
    assert analysis.target(step.assignments[0].target) == AssignTarget("turn", "text", TextType(), proven=True)


def test_a_shortened_assignment_is_known_in_whole() -> None:
    analysis, (step,) = steps_of("vars: {n: int = 1}\nrules:\n  a: {set: n += len(text)}\n")
    assert isinstance(step, SetStep)
    (assignment,) = step.assignments
    whole, value = analysis.assigned(assignment), analysis.typed(assignment.value)
    assert whole is not None
    assert value is not None
    assert type(whole.node).__name__ == "Binary"
    assert type(value.node).__name__ == "Call"
    assert isinstance(whole.type, IntType)


def test_a_plain_assignment_is_its_value() -> None:
    analysis, (step,) = steps_of("vars: {n: int = 1}\nrules:\n  a: {set: n = 3}\n")
    assert isinstance(step, SetStep)
    (assignment,) = step.assignments
    assert analysis.assigned(assignment) is analysis.typed(assignment.value)


def test_conditions_and_texts_are_typed() -> None:
    bot = build("vars: {n: int = 1}\nrules:\n  a: {if: n > 1, reply: $(n) is $(n > 2)}\n")
    analysis, _ = analyse(bot)
    rule = bot.rules[0]
    assert rule.condition is not None
    typed = analysis.typed(rule.condition)
    assert typed is not None
    assert isinstance(typed.type, BoolType)
    (step,) = rule.steps
    assert isinstance(step, ReplyStep)
    assert isinstance(step.reply, Say)
    text = analysis.text(step.reply.text)
    assert text is not None
    assert [type(hole.type) for hole in text.holes] == [IntType, BoolType]


def test_what_is_of_another_bot_is_unknown() -> None:
    text = "vars: {n: int = 1}\nrules:\n  a: {if: n > 1, set: n = 2, reply: $(n)}\n"
    analysis, _ = analyse(build(text))
    other = build(text).rules[0]
    assert other.condition is not None
    assert analysis.typed(other.condition) is None
    step, say = other.steps
    assert isinstance(step, SetStep)
    assert isinstance(say, ReplyStep)
    assert isinstance(say.reply, Say)
    assert analysis.target(step.assignments[0].target) is None
    assert analysis.assigned(step.assignments[0]) is None
    assert analysis.text(say.reply.text) is None
    assert analysis.captures(other) == ()


def test_captures_are_those_of_all_patterns() -> None:
    bot = build("rules:\n  a: {pattern: ['我叫<name>', '/^i am (?<name>.+) (?<age>\\d+)$/'], reply: x}\n  b: c\n")
    analysis, _ = analyse(bot)
    found = {capture.name: capture.optional for capture in analysis.captures(bot.rules[0])}
    assert found == {"name": False, "age": True}
    assert analysis.has_regex(bot.rules[0])
    assert not analysis.has_regex(bot.rules[1])


def test_captures_of_a_choice_are_optional() -> None:
    bot = build("states:\n  s: {choices: {1: {label: one, pattern: '第<n:int>个', reply: x}}}\n")
    analysis, diagnostics = analyse(bot)
    assert not diagnostics
    assert [capture.optional for capture in analysis.captures(bot.states["s"].choices[0])] == [True]


def test_the_environment_a_bot_reads_is_known() -> None:
    bot = build('account: {token: $(env.TOKEN)}\nrules:\n  a: $(env.A) $(env["B"]) $(len([env.C for x in [1]]))\n')
    assert analyse(bot)[0].env_names == {"TOKEN", "A", "B", "C"}


def test_the_lexicon_is_the_bot_s() -> None:
    bot = build("locales: [en]\ntimezone: Europe/London\nentities: {cities: {Paris: [Paname]}}\nrules: {a: b}\n")
    lexicon = analyse(bot)[0].lexicon
    assert lexicon.locales == ("en",)
    assert lexicon.timezone == "Europe/London"
    assert lexicon.entities == {"cities": {"Paris": ("Paname",)}}


def test_a_near_name_is_a_safe_fix_and_shows_where_it_is_defined() -> None:
    text = "rules:\n  a: {wait: gues}\nstates:\n  guess: {otherwise: x}\n"
    (found,) = analyse(build(text))[1]
    assert found.fix is not None
    assert found.fix.shown == "a: {wait: guess}"
    (edit,) = found.fix.edits
    source = edit.span.file.text
    mended = source[: edit.span.start] + edit.text + source[edit.span.end :]
    assert mended == (HEAD + text).replace("gues}", "guess}")
    (label,) = found.related
    assert label.span.line == 6


def test_a_name_that_is_written_with_escapes_has_no_edit() -> None:
    (found,) = analyse(build('rules:\n  a: {wait: "gu\\x65s"}\nstates:\n  guess: {otherwise: x}\n'))[1]
    assert found.fix is not None
    assert found.fix.edits == ()


def test_diagnostics_are_in_the_order_of_the_file() -> None:
    text = "states:\n  s: {otherwise: $(a)}\nrules:\n  a: $(b)\nflows:\n  f: [{reply: $(c)}]\n"
    lines = [each.span.line for each in analyse(build(text))[1]]
    assert lines == sorted(lines) == [4, 6, 8]


def test_imported_files_come_after_the_bot_s_own() -> None:
    own, _ = read_text("z.yaml", HEAD + "rules: {a: $(b)}\n")
    imported, _ = read_text("a.yaml", "rules: {c: $(d)}\n")
    bot, _ = build_bot(own, imported=[imported])  # type: ignore[arg-type,list-item]
    assert bot is not None
    assert [each.span.file.name for each in analyse(bot)[1]] == ["z.yaml", "a.yaml"]


def test_a_long_chain_of_flows_is_no_deep_recursion() -> None:
    count = 3000
    calls = "\n".join(f"  f{n}: {{do: [{{call: f{n + 1}, into: x}}], return: x + 1}}" for n in range(count))
    assert not analyse(build(f"flows:\n{calls}\n  f{count}: {{do: [{{reply: x}}], return: 1}}\n"))[1]


def test_a_long_circle_of_flows_is_found_once() -> None:
    count = 1000
    goes = "\n".join(f"  f{n}: [{{goto: flows.f{(n + 1) % count}}}]" for n in range(count))
    (found,) = analyse(build(f"flows:\n{goes}\n"))[1]
    assert found.code == "DL305"
    assert found.related[0].text.en == "2. flows.f1 continues in flows.f2"
    assert found.related[-1].text.en == f"{count}. flows.f{count - 1} continues in flows.f0"
    assert len(found.related) < 10


def test_a_long_chain_of_gotos_that_ends_is_no_loop() -> None:
    count = 3000
    goes = "\n".join(f"  f{n}: [{{goto: flows.f{n + 1}}}]" for n in range(count))
    assert not analyse(build(f"flows:\n{goes}\n  f{count}: [{{reply: x}}]\n"))[1]


_DATA = Path(__file__).parent.parent / "data" / "check"
_LINES = [line for file in sorted(_DATA.glob("*.yaml")) for line in file.read_text(encoding="utf-8").split("\n")]
_STARTS = [number for number, line in enumerate(_LINES) if line.startswith("### ")]


def _diagnose(text: str) -> tuple[Diagnostic, ...]:
    tree, _ = read_text("bot.yaml", HEAD + text)
    bot = build_bot(tree)[0] if tree is not None else None
    return analyse(bot)[1] if bot is not None else ()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_STARTS), st.integers(0, 40), st.sampled_from(["", "x", ": ", "[", "{}", "$(", "null", "1"]))
def test_any_bot_with_a_spoilt_line_is_analysed_without_a_traceback(start: int, offset: int, instead: str) -> None:
    lines = _LINES[start + 1 : start + 41]
    if offset < len(lines):
        key, colon, _ = lines[offset].partition(": ")
        lines[offset] = f"{key}{colon}{instead}"
    for each in _diagnose("\n".join(lines)):
        assert each.span.start <= each.span.end <= len(each.span.file.text)


@pytest.mark.parametrize("start", _STARTS)
def test_the_same_bot_gets_the_same_diagnostics(start: int) -> None:
    end = next((number for number in _STARTS if number > start), len(_LINES))
    text = "\n".join(_LINES[start + 1 : end])
    once, twice = _diagnose(text), _diagnose(text)
    assert [(each.code, str(each.span), each.message) for each in once] == [
        (each.code, str(each.span), each.message) for each in twice
    ]


def test_loops_inside_loops_are_not_walked_again_and_again() -> None:
    depth = 25
    body = "- set: n = (n ?? 0) + 1"
    for level in range(depth):
        inner = body.replace("\n", "\n    ")
        body = f"- each: x{level} in [1]\n  do:\n    {inner}"
    steps = "      ".join(body.splitlines(keepends=True))
    text = f"rules:\n  a:\n    do:\n      - let: n = null\n      {steps}\n      - reply: $(n)\n"
    assert not analyse(build(text))[1]
