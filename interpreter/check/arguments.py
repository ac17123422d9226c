"""Arguments: of a flow, of a service's operation, and the captures a `goto` gives to a rule."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from msgspec import Struct

from interpreter.check import naming
from interpreter.check.fitting import find_misfits, misfit_problem
from interpreter.check.routine import Routine
from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Expression
from interpreter.dialog.model.rules import Parameter
from interpreter.dialog.model.steps import WithArgument
from interpreter.expr.scope import Scope
from interpreter.patterns.tree import Capture
from interpreter.source.spans import Span
from interpreter.types.kinds import Type, show


class Slot(Struct, frozen=True):
    """Something an argument can be given for."""

    name: str
    type: Type
    required: bool
    span: Span | None = None


class Callee(Struct, frozen=True):
    """What the arguments are for: how it is called in a message, and what an unknown name is."""

    shown: str
    slots: Sequence[Slot]
    code: str = "DL103"
    noun: Wording = naming.ARGUMENT
    by_name: bool = True
    """Whether arguments are given under `with`."""


def slots_of_parameters(parameters: Iterable[Parameter]) -> tuple[Slot, ...]:
    """The slots of a flow or an operation."""
    return tuple(
        Slot(
            parameter.name.text,
            parameter.type,
            parameter.has_no_value,
            parameter.name.span,
        )
        for parameter in parameters
    )


def slots_of_captures(captures: Iterable[Capture], relied_on: Container[str]) -> tuple[Slot, ...]:
    """The slots of a rule that is gone to: what it would have captured; `relied_on` are known not to be null in it."""
    return tuple(
        Slot(capture.name, capture.type, not capture.optional or capture.name in relied_on) for capture in captures
    )


def check_arguments(
    arguments: Sequence[WithArgument | Expression],
    callee: Callee,
    at: Span,
    scope: Scope,
    routine: Routine,
    *,
    is_incomplete: bool = False,
) -> None:
    """Infer the arguments and report those that are unknown, missing, given twice or of a type that never fits.

    `is_incomplete`: some could not be read, so that nothing can be said to be missing.
    """
    given: set[str] = set()
    by_name = {slot.name: slot for slot in callee.slots}
    for position, argument in enumerate(arguments):
        if isinstance(argument, WithArgument):
            slot = _named(argument, callee, by_name, routine)
            value = argument.value
        else:
            slot = callee.slots[position] if position < len(callee.slots) else None
            value = argument
            if slot is None:
                _report_surplus(argument, callee, routine)
        kind = routine.findings.infer(value, scope, slot.type if slot else None)
        if slot is None:
            continue
        if slot.name in given:
            _report_twice(value, slot, routine)
        given.add(slot.name)
        _report_misfits(value, slot, kind, routine)
    missing = [slot for slot in callee.slots if slot.required and slot.name not in given]
    if missing and not is_incomplete and not _has_unknown(arguments, by_name):
        routine.findings.report(_missing(missing, callee, at))


def _named(argument: WithArgument, callee: Callee, by_name: dict[str, Slot], routine: Routine) -> Slot | None:
    name = argument.name
    slot = by_name.get(name.text)
    if slot is None:
        said = Wording(
            f"{callee.shown} has no {callee.noun.en} `{name.text}`",
            f"{callee.shown} 没有{callee.noun.zh} `{name.text}`",
        )
        places = {slot.name: slot.span for slot in callee.slots if slot.span is not None}
        known = places if len(places) == len(by_name) else list(by_name)
        routine.findings.report(naming.unknown(callee.code, name, callee.noun, known, message=said))
    return slot


def _has_unknown(arguments: Sequence[WithArgument | Expression], by_name: dict[str, Slot]) -> bool:
    """Whether a name is misspelt, which is then why another one is missing."""
    return any(isinstance(argument, WithArgument) and argument.name.text not in by_name for argument in arguments)


def _report_surplus(value: Expression, callee: Callee, routine: Routine) -> None:
    count = len(callee.slots)
    _report(
        value,
        Wording(
            f"{callee.shown} takes {count} argument{'' if count == 1 else 's'}", f"{callee.shown} 只有 {count} 个参数"
        ),
        Wording("one too many", "多出的参数"),
        routine,
    )


def _report_twice(value: Expression, slot: Slot, routine: Routine) -> None:
    _report(value, Wording(f"`{slot.name}` is given twice", f"`{slot.name}` 给了两次"), None, routine)


def _report_misfits(value: Expression, slot: Slot, kind: Type, routine: Routine) -> None:
    wanted, lexicon = show(slot.type), routine.symbols.lexicon
    for misfit in find_misfits(value, slot.type, kind, lexicon):
        given = misfit.shown
        said = Wording(
            f"`{slot.name}` is {wanted} and never takes {given}", f"`{slot.name}` 需要 {wanted}，不能是 {given}"
        )
        problem = misfit_problem("DL202", misfit, said, slot.name, slot.type, lexicon)
        routine.findings.problem(problem, value.scalar, value.offset)


def _report(value: Expression, said: Wording, label: Wording | None, routine: Routine) -> None:
    problem = Problem("DL202", value.node.start, value.node.end, said, label=label)
    routine.findings.problem(problem, value.scalar, value.offset)


def _missing(missing: Sequence[Slot], callee: Callee, at: Span) -> Diagnostic:
    names = [f"`{slot.name}`" for slot in missing]
    said = Wording(f"{callee.shown} needs {', '.join(names)}", f"{callee.shown} 缺少 {'、'.join(names)}")
    given = ", ".join(f"{slot.name}: …" for slot in missing)
    help = Wording(f"add `with: {{{given}}}`", f"加上 `with: {{{given}}}`") if callee.by_name else None
    return Diagnostic("DL202", at, said, help=help)
