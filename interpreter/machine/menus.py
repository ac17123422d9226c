"""Numbered choices: how they are shown, and which of them a message names."""

from __future__ import annotations

from collections.abc import Sequence

from interpreter.expr.env import TextClosure
from interpreter.machine.running import Running
from interpreter.machine.speaking import add_text, speak
from interpreter.program.replies import ReplyPlan
from interpreter.program.rules import RuleTable, StateTable
from interpreter.types.folding import fold, strip_closing
from interpreter.values import Fault, Value, print_value

BACK_LABELS = {"zh": "返回", "en": "Back"}


def same_answer(text: str, wanted: str) -> bool:
    """Whether a message is exactly a phrase, folded and but for closing punctuation, as `=` takes it."""
    folded = fold(text)
    phrase = fold(wanted)
    return folded == phrase or (bool(phrase) and strip_closing(folded) == phrase)


def say_with_choices(
    turn: Running,
    prompt: ReplyPlan | None,
    choices: Sequence[tuple[str, str]],
    way: TextClosure | None,
    locals: dict[str, Value],
    *,
    shows_choices: bool,
) -> None:
    """Say a prompt with its choices (key and label) after it, or at its own `$(choices)`."""
    lines = "\n".join(_line(turn, key, label, way, locals) for key, label in choices)
    if shows_choices:
        speak(turn, prompt, {**locals, "choices": lines})
        return
    speak(turn, prompt, locals)
    add_text(turn, lines)


def _line(turn: Running, key: str, label: str, way: TextClosure | None, locals: dict[str, Value]) -> str:
    way = way or turn.program.choice
    return turn.say(way, {**locals, "key": key, "label": label}) if way else f"{key} - {label}"


def visible_choices(turn: Running, state: StateTable) -> list[tuple[int, RuleTable, str]]:
    """The choices of a state whose condition holds now: index in its list, rule, label."""
    shown = []
    for index, rule in enumerate(state.rules.rules[: state.choices]):
        if turn.holds(rule.condition, {}):
            shown.append((index, rule, turn.say(rule.label, {}) or rule.name))
    return shown


def back_choice(turn: Running, state: StateTable, trail: tuple[str, ...]) -> tuple[str, str] | None:
    """Key and label of the way back, when there is one."""
    if state.back is None or not trail:
        return None
    return state.back, BACK_LABELS["zh" if turn.env.locale.startswith("zh") else "en"]


def say_state(turn: Running, state: StateTable, trail: tuple[str, ...]) -> None:
    """Say what a state says when it is entered: its prompt and its choices."""
    choices = [(rule.name, label) for _, rule, label in visible_choices(turn, state)]
    back = back_choice(turn, state, trail)
    if back:
        choices.append(back)
    say_with_choices(turn, state.prompt, choices, state.choice, {}, shows_choices=state.shows_choices)


def offered_values(values: Value) -> list[Value]:
    """The values a question offers with `choices: e`.

    Raises:
        Fault: it is not a list of things that can be printed.
    """
    if not isinstance(values, (list, tuple)):
        raise Fault("type", "`choices` takes a list, and this value is not one")
    return list(values)


def named_choice(text: str, values: Sequence[Value]) -> tuple[bool, Value]:
    """The value a message names, by its text or by its number; (False, None) when it names none."""
    for value in values:
        if same_answer(text, print_value(value)):
            return True, value
    number = strip_closing(fold(text))
    if number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= len(values):
        return True, values[int(number[:6]) - 1]
    return False, None
