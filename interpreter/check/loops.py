"""Endless loops: circles of `goto` and `call` in which nothing ever waits.

A routine (a flow or a rule) is *trapped* when every path through it ends in another trapped one, with nothing on the
way that waits or ends. That is a greatest fixed point: all routines are trapped until a way out is found.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from enum import Enum, auto

from msgspec import Struct

from interpreter.check.symbols import Symbols
from interpreter.check.traversal import nested
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.steps import (
    ApiStep,
    AskStep,
    CallStep,
    EachStep,
    FetchStep,
    FormStep,
    GotoStep,
    IfStep,
    LetStep,
    LogStep,
    ReplyStep,
    SendStep,
    SetStep,
    Steps,
)
from interpreter.source.spans import Span

_MAX_SHOWN = 10
"""How many steps of a circle a message shows."""


class _Way(Enum):
    """How a list of steps can end."""

    OUT = auto()
    """It may wait or stop."""
    ON = auto()
    """It may go on with the steps after it."""
    TRAPPED = auto()
    """It always ends in a trapped routine."""


class _Edge(Struct, frozen=True):
    """A `goto` or `call` that leads to a routine."""

    target: str
    span: Span


def endless_loops(symbols: Symbols) -> Iterator[Diagnostic]:
    """One diagnostic for each circle."""
    routines = _routines(symbols)
    trapped = _trapped(routines)
    seen: set[str] = set()
    for name in routines:
        if name in trapped and name not in seen:
            circle = _circle(name, routines, trapped, seen)
            if circle:
                yield _report(circle)


def _routines(symbols: Symbols) -> dict[str, Steps]:
    flows = {f"flows.{name}": flow.steps for name, flow in symbols.bot.flows.items()}
    rules = {f"rules.{name}": rule.steps for name, rule in symbols.rules.items() if rule.domain is None}
    return {**flows, **rules}


def _trapped(routines: Mapping[str, Steps]) -> set[str]:
    """The greatest set of routines of which none has a way out."""
    callers: dict[str, list[str]] = {}
    trapped: set[str] = set()  # to begin with, all that lead on at all
    for name, steps in routines.items():
        for edge in _edges(steps):
            callers.setdefault(edge.target, []).append(name)
            trapped.add(name)
    waiting = {name for name, steps in routines.items() if name in callers and _waits(steps)}
    queue = deque(name for name in routines if name in trapped)
    while queue:
        name = queue.popleft()
        if name in trapped and _way(routines[name], trapped, waiting) is not _Way.TRAPPED:
            trapped.discard(name)
            queue.extend(callers.get(name, ()))
    return trapped


def _waits(steps: Steps) -> bool:
    return any(not isinstance(step, _PLAIN) for step in nested(steps))


_PLAIN = (ReplyStep, SetStep, LetStep, IfStep, EachStep, LogStep, SendStep)
"""Steps in which nothing can wait and after which the next one always follows."""


def _way(steps: Steps, trapped: set[str], waiting: set[str]) -> _Way:
    for step in steps:
        match step:
            case GotoStep():
                return _Way.TRAPPED if _key(step) in trapped else _Way.OUT
            case CallStep():
                flow = f"flows.{step.flow.text}"
                if flow in trapped:
                    return _Way.TRAPPED
                if step.is_target or flow in waiting:
                    return _Way.OUT
            case IfStep():
                ways = [_way(branch.steps, trapped, waiting) for branch in step.branches]
                if _Way.OUT in ways:
                    return _Way.OUT
                if _Way.ON not in ways and any(branch.is_else for branch in step.branches):
                    return _Way.TRAPPED
            case EachStep():
                if _way(step.steps, trapped, waiting) is _Way.OUT:
                    return _Way.OUT
            case FetchStep(failed=failed) | ApiStep(failed=failed):
                if failed is None or _way(failed, trapped, waiting) is _Way.OUT:
                    return _Way.OUT
            case ReplyStep() | SetStep() | LetStep() | LogStep() | SendStep():
                pass
            case _:
                return _Way.OUT
    return _Way.ON


def _key(step: GotoStep) -> str:
    return f"{step.kind}.{step.target.text}"


def _edges(steps: Steps) -> Iterator[_Edge]:
    for step in nested(steps):
        match step:
            case GotoStep():
                yield _Edge(_key(step), step.target.span)
            case CallStep():
                yield _Edge(f"flows.{step.flow.text}", step.flow.span)
            case AskStep() | FormStep():
                pass
            case _:
                pass


def _circle(start: str, routines: Mapping[str, Steps], trapped: set[str], seen: set[str]) -> list[tuple[str, _Edge]]:
    """Follow the first way on until a routine comes again; empty when that one belongs to a circle already found."""
    path: dict[str, _Edge] = {}
    name = start
    while name not in path:
        if name in seen:
            seen.update(path)
            return []
        edge = next(edge for edge in _edges(routines[name]) if edge.target in trapped)
        path[name] = edge
        name = edge.target
    seen.update(path)
    names = list(path)
    return [(each, path[each]) for each in names[names.index(name) :]]


def _report(circle: list[tuple[str, _Edge]]) -> Diagnostic:
    labels = [
        Label(
            edge.span,
            Wording(f"{number}. {name} continues in {edge.target}", f"{number}. {name} 转到 {edge.target}"),
        )
        for number, (name, edge) in enumerate(circle, 1)
        if number < _MAX_SHOWN or number == len(circle)
    ]
    return Diagnostic(
        "DL305",
        labels[0].span,
        Wording("endless loop: nothing in this circle waits for the user", "死循环：这个循环里没有任何等待用户的步骤"),
        label=labels[0].text,
        related=tuple(labels[1:]),
        help=Wording(
            "add an `ask` or `wait`, or an `if` that leaves the circle", "请加上 `ask` 或 `wait`，或用 `if` 离开循环"
        ),
    )
