"""Lowering questions: how an answer is read, what is offered."""

from __future__ import annotations

from typing import Literal

from interpreter.compiler.callables import Reader
from interpreter.compiler.leaves import Lowering, lower_condition, lower_expression, lower_target, lower_text
from interpreter.compiler.replies import ReplyNames, lower_reply, says_choices
from interpreter.dialog.model.steps import Question
from interpreter.program.instructions import QuestionPlan, Target
from interpreter.types.answers import offered
from interpreter.types.kinds import DateTimeType, DateType, MediaType, TextType, Type, required

Accepts = Literal["text", "choices", "image", "voice", "video", "location"]


def question_plan(context: Lowering, question: Question, names: ReplyNames) -> QuestionPlan:
    """The plan of a question; where its blocks begin is filled in by the routine it belongs to."""
    kind = required(question.type) if question.type else TextType()
    timeout = question.timeout.value if question.timeout else context.bot.timeout
    return QuestionPlan(
        prompt=lower_reply(context, question.prompt, names) if question.prompt else None,
        target=lower_target(context, question.into) if question.into else Target("local", "$answer"),
        accepts=_accepts(question, kind),
        read=_reader(context, kind),
        is_day=isinstance(kind, (DateType, DateTimeType)),
        offered=() if question.choices else offered(kind, context.analysis.lexicon),
        choices=lower_expression(context, question.choices) if question.choices else None,
        choice=lower_text(context, question.choice) if question.choice else None,
        shows_choices=says_choices(question.prompt),
        check=lower_condition(context, question.check),
        tries=question.tries,
        timeout=timeout,
        interrupt=question.interrupt,
    )


def _accepts(question: Question, kind: Type) -> Accepts:
    if question.choices is not None:
        return "choices"
    if isinstance(kind, MediaType):
        return kind.kind  # type: ignore[return-value]  # the four kinds of media
    return "text"


def _reader(context: Lowering, kind: Type) -> Reader | None:
    if isinstance(kind, MediaType):
        return None
    return Reader(kind, context.analysis.lexicon)
