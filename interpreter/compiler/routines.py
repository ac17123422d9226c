"""Lowering steps to routines: branches and loops become jumps, waits become sites with names."""

from __future__ import annotations

from msgspec.structs import replace

from interpreter.compiler.api_arguments import lower_api_arguments
from interpreter.compiler.late import LateClosure
from interpreter.compiler.leaves import (
    Lowering,
    fits_type,
    lower_condition,
    lower_expression,
    lower_target,
    lower_text,
    make_target,
    place_of,
)
from interpreter.compiler.messages import lower_message
from interpreter.compiler.questions import question_plan
from interpreter.compiler.replies import ReplyNames, lower_reply
from interpreter.dialog.model.steps import (
    AgainStep,
    ApiStep,
    AskStep,
    Assignment,
    CallStep,
    CancelStep,
    EachStep,
    EndStep,
    FetchStep,
    FormStep,
    GotoStep,
    IfStep,
    LetStep,
    LogStep,
    PassStep,
    Question,
    ReplyStep,
    ReturnStep,
    SendStep,
    SetStep,
    Step,
    Steps,
    WaitStep,
    WithArgument,
)
from interpreter.expr.env import Closure
from interpreter.program.instructions import (
    Again,
    Ask,
    AskAgain,
    Assign,
    CallApi,
    CallFlow,
    Cancel,
    Dispatch,
    End,
    EnterState,
    Fetch,
    GoTo,
    Instruction,
    Jump,
    JumpUnless,
    Log,
    LoopNext,
    LoopStart,
    Pass,
    Readmit,
    Return,
    Speak,
    Target,
)
from interpreter.program.names import RoutineName, Site, StateName
from interpreter.program.tables import Routine
from interpreter.source.spans import Span
from interpreter.types.kinds import TextType, required


class RoutineBuilder:
    """One routine while it is being written."""

    def __init__(self, context: Lowering, name: str) -> None:
        self.context = context
        self.name = RoutineName(name)
        self.reply_names = ReplyNames(name)
        self._code: list[Instruction] = []
        self._spans: list[Span] = []
        self._sites: dict[str, int] = {}
        self._loops = 0
        self._by_try = False

    @property
    def here(self) -> int:
        """The index of the next instruction."""
        return len(self._code)

    def emit(self, instruction: Instruction, span: Span) -> int:
        """Append an instruction and give its index."""
        self._code.append(instruction)
        self._spans.append(span)
        return len(self._code) - 1

    def finish(self, parameters: tuple[tuple[str, Closure | None, Target], ...] = ()) -> Routine:
        """The routine, entered among those of the program."""
        first = self._code[0] if len(self._code) == 1 else None
        routine = Routine(
            self.name,
            tuple(self._code),
            tuple(map(place_of, self._spans)),
            {Site(site): index for site, index in self._sites.items()},
            parameters,
            says=first.plan if isinstance(first, Speak) else None,
        )
        self.context.routines[self.name] = routine
        return routine

    # ------------------------------------------------------------------------------------------------ steps

    def lower_steps(self, steps: Steps) -> None:
        """Append steps in order."""
        for step in steps:
            self._lower_step(step)

    def _lower_step(self, step: Step) -> None:
        context, span = self.context, step.span
        match step:
            case ReplyStep(reply=reply):
                self.emit(Speak(lower_reply(context, reply, self.reply_names, by_try=self._by_try)), span)
            case SetStep(assignments=assignments) | LetStep(assignments=assignments):
                for assignment in assignments:
                    self._lower_assignment(assignment)
            case IfStep():
                self._lower_if(step)
            case EachStep():
                self._lower_each(step)
            case AskStep(question=question):
                self._lower_question(question, is_field=False)
            case FormStep(fields=fields):
                for question in fields:
                    self._lower_question(question, is_field=True)
            case WaitStep(state=state):
                name = f"states.{state.text}" if state else f"{self.name}/replies"
                self.emit(EnterState(StateName(name)), span)
            case CallStep():
                into = lower_target(context, step.into) if step.into else None
                site = self._site(f"call {step.flow.text}")
                flow = RoutineName(f"flows.{step.flow.text}")
                call = CallFlow(site, flow, self._arguments(step.arguments), into, is_target=step.is_target)
                self._sites[site] = self.emit(call, span)
            case GotoStep():
                self._lower_goto(step)
            case FetchStep():
                self._lower_fetch(step)
            case ApiStep():
                self._lower_api(step)
            case SendStep():
                self._lower_send(step)
            case LogStep(text=text):
                self.emit(Log(lower_text(context, text)), span)
            case ReturnStep(value=value):
                self.emit(Return(lower_expression(context, value) if value else None), span)
            case AgainStep():
                self.emit(Again(), span)
            case PassStep():
                self.emit(Pass(), span)
            case EndStep():
                self.emit(End(), span)
            case CancelStep():
                self.emit(Cancel(), span)

    def lower_block(self, steps: Steps, *, by_try: bool = False) -> int:
        """Append steps that are jumped to, and give the index of the first."""
        start = self.here
        outer, self._by_try = self._by_try, by_try
        self.lower_steps(steps)
        self._by_try = outer
        return start

    def _site(self, wanted: str) -> Site:
        """A name for a place to wait that no other place of the routine has."""
        number, site = 1, wanted
        while site in self._sites:
            number += 1
            site = f"{wanted}#{number}"
        self._sites[site] = -1
        return Site(site)

    def _arguments(self, arguments: tuple[WithArgument, ...]) -> tuple[tuple[str, Closure], ...]:
        return tuple((argument.name.text, lower_expression(self.context, argument.value)) for argument in arguments)

    # ------------------------------------------------------------------------------------------------ set, if, each

    def _lower_assignment(self, assignment: Assignment) -> None:
        target = lower_target(self.context, assignment.target)
        typed = self.context.analysis.assigned(assignment)
        assert typed is not None, f"unchecked assignment at {assignment.span}"
        self.emit(Assign(target, LateClosure(typed)), assignment.span)

    def _lower_if(self, step: IfStep) -> None:
        ends = []
        for branch in step.branches:
            if branch.condition is None:
                self.lower_steps(branch.steps)
                break
            condition = lower_condition(self.context, branch.condition)
            assert condition is not None
            test = self.emit(JumpUnless(condition, 0), branch.span)
            self.lower_steps(branch.steps)
            ends.append(self.emit(Jump(0), branch.span))
            self._code[test] = JumpUnless(condition, self.here)
        for end in ends:
            self._code[end] = Jump(self.here)

    def _lower_each(self, step: EachStep) -> None:
        assert step.items is not None
        self._loops += 1
        slot = f"$each{self._loops}"
        self.emit(LoopStart(slot, lower_expression(self.context, step.items)), step.span)
        head = self.emit(LoopNext(slot, step.variable.text, 0), step.span)
        self.lower_steps(step.steps)
        self.emit(Jump(head), step.span)
        self._code[head] = LoopNext(slot, step.variable.text, self.here)

    # ------------------------------------------------------------------------------------------------ questions

    def _lower_question(self, question: Question, *, is_field: bool) -> None:
        """`Ask`, a jump over its blocks, the blocks, and what comes after."""
        context, span = self.context, question.span
        plan = question_plan(context, question, self.reply_names)
        site = self._site(question.into.text if question.into else "ask")
        ask = self.emit(Again(), span)
        self._sites[site] = ask
        skip = self.emit(Again(), span)
        again = self.emit(AskAgain(ask), span)
        invalid = self._answer_block(question.invalid, ask, span)
        refused = self._answer_block(question.refused, ask, span)
        give_up = self._leaving_block(question.give_up, span)
        timed_out = self._leaving_block(question.timed_out, span)
        plan = replace(
            plan,
            invalid=invalid,
            refused=refused,
            give_up=give_up,
            timed_out=timed_out,
            again=again,
            after=self.here,
        )
        kind = required(question.type) if question.type else TextType()
        fits = fits_type(context, kind) if question.choices is None else None
        condition = lower_condition(context, question.condition)
        self._code[ask] = Ask(site, plan, is_field, condition, fits)
        self._code[skip] = Jump(self.here)

    def _answer_block(self, steps: Steps | None, ask: int, span: Span) -> int | None:
        if steps is None:
            return None
        start = self.lower_block(steps, by_try=True)
        self.emit(AskAgain(ask), span)
        return start

    def _leaving_block(self, steps: Steps | None, span: Span) -> int | None:
        if steps is None:
            return None
        start = self.lower_block(steps)
        self.emit(Cancel(), span)
        return start

    # ------------------------------------------------------------------------------------------------ elsewhere

    def _rule_path(self, name: str) -> str:
        """The path of a rule by its name; those of menu buttons come after `rules`."""
        bot = self.context.bot
        button = next((rule for rule in bot.menu_rules if rule.name.text == name), None)
        if button is None or any(rule.name.text == name for rule in bot.rules):
            return f"rules.{name}"
        return button.path

    def _lower_goto(self, step: GotoStep) -> None:
        kind = {"rules": "rule", "states": "state", "flows": "flow"}[step.kind]
        name = self._rule_path(step.target.text) if step.kind == "rules" else f"{step.kind}.{step.target.text}"
        self.emit(GoTo(kind, name, self._arguments(step.arguments)), step.span)  # type: ignore[arg-type]  # the table

    def _lower_fetch(self, step: FetchStep) -> None:
        context = self.context
        operation = context.bot.services[step.service.text].operations[step.operation.text]
        names = [parameter.name.text for parameter in operation.parameters]
        arguments = tuple(
            (argument.name.text, lower_expression(context, argument.value))
            if isinstance(argument, WithArgument)
            else (names[index], lower_expression(context, argument))
            for index, argument in enumerate(step.arguments)
        )
        into = self._lower_into(step)
        index = self.emit(Again(), step.span)
        failed = self.lower_block(step.failed) if step.failed is not None else None
        self._code[index] = Fetch(step.service.text, step.operation.text, arguments, into, failed, self.here)

    def _lower_into(self, step: FetchStep | ApiStep) -> Target | None:
        """Where an answer goes; where `failed` goes on, it must tell whether it takes the null of a failure, too."""
        if step.into is None:
            return None
        target = self.context.analysis.target(step.into)
        if step.failed is None or target is None:
            return lower_target(self.context, step.into)
        return make_target(self.context, target.scope, target.name, target.type)

    def _lower_api(self, step: ApiStep) -> None:
        into = self._lower_into(step)
        arguments = lower_api_arguments(self.context, step.arguments)
        index = self.emit(Again(), step.span)
        failed = self.lower_block(step.failed) if step.failed is not None else None
        self._code[index] = CallApi(step.method.text, arguments, into, failed, self.here)

    def _lower_send(self, step: SendStep) -> None:
        context = self.context
        self.emit(
            Dispatch(
                lower_reply(context, step.reply, self.reply_names) if step.reply else None,
                lower_text(context, step.template) if step.template else None,
                tuple((name.text, lower_text(context, text)) for name, text in step.data),
                lower_text(context, step.url) if step.url else None,
                lower_expression(context, step.to) if step.to else None,
                lower_message(context, step.message) if step.message else None,
                tuple((name.text, lower_text(context, text)) for name, text in step.mini),
                lower_text(context, step.agent) if step.agent else None,
            ),
            step.span,
        )


def lower_routine(context: Lowering, name: str, steps: Steps, span: Span, *, readmit: str | None = None) -> RoutineName:
    """A routine of its own; with `readmit`, the `else` of that domain."""
    builder = RoutineBuilder(context, name)
    builder.lower_steps(steps)
    if readmit is not None:
        builder.emit(Readmit(readmit), span)
    return builder.finish().name


def optional_routine(context: Lowering, name: str, steps: Steps | None, span: Span) -> RoutineName | None:
    """A routine for steps that may not have been written."""
    return lower_routine(context, name, steps, span) if steps is not None else None
