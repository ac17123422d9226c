"""`ask` and `form`: what is asked, what the answer is, and what becomes of answers that are none."""

from __future__ import annotations

from interpreter.check import records
from interpreter.check.assignments import after_wait, store
from interpreter.check.flowing import merge
from interpreter.check.replies import check_reply, item_type
from interpreter.check.routine import Routine, Walk
from interpreter.dialog.model.steps import Question
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.types.kinds import (
    BoolType,
    ErrorType,
    MediaType,
    OptionalType,
    TextType,
    Type,
    required,
)

_CHOICE = {"key": Binding(TextType(), Storage.LOCAL), "label": Binding(TextType(), Storage.LOCAL)}


def choice_scope(scope: Scope) -> Scope:
    """The scope in which `choice:` is written: the key and the label of one choice."""
    return scope.with_bindings(_CHOICE)


def prompt_scope(scope: Scope) -> Scope:
    """The scope of a prompt, which may say where its `choices` stand."""
    return scope.with_bindings({"choices": Binding(TextType(), Storage.LOCAL)})


def check_ask(question: Question, scope: Scope, routine: Routine, walk: Walk) -> Scope:
    """An `ask`: the scope after the answer."""
    answer = _answer_type(question, scope, routine)
    answered = _check_question(question, answer, scope, routine, walk)
    return routine.symbols.with_message(after_wait(answered, routine), _variants(question))


def check_form(fields: tuple[Question, ...], scope: Scope, routine: Routine, walk: Walk) -> Scope:
    """A `form`: the scope after it, in which every field without `if` is known."""
    for field in fields:
        scope = _check_field(field, scope, routine, walk)
    return routine.symbols.with_message(after_wait(scope, routine), records.EVERY)


def _check_field(field: Question, scope: Scope, routine: Routine, walk: Walk) -> Scope:
    routine.findings.condition(field.condition, scope)
    answer = _answer_type(field, scope, routine)
    if field.condition is None or field.into is None:
        return _check_question(field, answer, scope, routine, walk)
    answered = _check_question(field, answer, scope, routine, walk)
    return merge([scope, answered]) or answered


def _check_question(question: Question, answer: Type, scope: Scope, routine: Routine, walk: Walk) -> Scope:
    """What is asked and done about answers; the scope in which the answer has its name."""
    check_reply(question.prompt, prompt_scope(scope), routine)
    routine.findings.text(question.choice, choice_scope(scope))
    answered = store(question.into, answer, scope, routine) if question.into else scope
    routine.findings.condition(question.check, answered)
    at_question = routine.at_question()
    for steps, seen in ((question.invalid, scope), (question.refused, answered)):
        walk(steps or (), seen, at_question)
    for steps in (question.give_up, question.timed_out):
        walk(steps or (), scope, at_question)
    return answered


def _answer_type(question: Question, scope: Scope, routine: Routine) -> Type:
    if question.choices is not None:
        return required(item_type(question.choices, scope, routine))
    match question.type:
        case None:
            return TextType()
        case MediaType(kind=kind):
            return records.message_type(records.variants_of([kind], []))
        case BoolType():
            return BoolType()
        case kind:
            return required(kind)


def _variants(question: Question) -> records.Variants:
    match question.type:
        case MediaType(kind=kind):
            return records.variants_of([kind], [])
        case ErrorType() | OptionalType():
            return records.ANSWERS
        case _:
            return records.TEXTUAL
