"""DL509: fetches of one turn that may together take longer than WeChat waits.

WeChat gives up after 5 seconds; a turn has 4.5 of them. What counts is the slowest path without a wait: the timeout of
each operation on it (which is for all attempts together), the steps of `failed` and of the flows it calls included.

An account that says what is to be done in `slow` has more: with `hold` about 14 seconds, and with `later`, or a `push`
that it may send, any time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import timedelta

from msgspec import Struct, field

from interpreter.check.lints.account_powers import can_send
from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import inner_lists
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.services import DEFAULT_TIMEOUT, Account
from interpreter.dialog.model.steps import (
    AgainStep,
    AskStep,
    CallStep,
    CancelStep,
    EachStep,
    EndStep,
    FetchStep,
    FormStep,
    GotoStep,
    IfStep,
    PassStep,
    ReturnStep,
    Step,
    Steps,
    WaitStep,
)
from interpreter.source.spans import Span

CODE = "DL509"
BUDGET = timedelta(seconds=4.5)
"""What one delivery has."""
HELD = timedelta(seconds=14)
"""What all deliveries of a message have."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The first fetch, call or `goto` with which a path may be too late."""
    budget = _budget(subject.bot)
    if not subject.bot.services or budget is None:
        return
    watch = _Watch(subject.bot, budget)
    for steps in subject.routines:
        watch.walk(steps, _Path(), _Trip())
    yield from watch.found.values()


def _budget(bot: Bot) -> timedelta | None:
    """How long a turn may take for the least patient of the bot's accounts; None for any time."""
    budgets = [budget for account in bot.accounts or (None,) if (budget := _budget_of(account)) is not None]
    return min(budgets, default=None)


def _budget_of(account: Account | None) -> timedelta | None:
    names = {name.text for name in account.slow} if account is not None else set()
    if account is None or not names:
        return BUDGET
    if "later" in names or ("push" in names and can_send(account)):
        return None
    return HELD if "hold" in names else BUDGET


class _Path(Struct, frozen=True):
    """The fetches since the turn began, and how long they may take."""

    time: timedelta = timedelta()
    fetches: tuple[Span, ...] = ()
    has_waited: bool = False

    def then(self, other: _Path) -> _Path:
        return _Path(self.time + other.time, self.fetches + other.fetches, self.has_waited)


class _Trip(Struct):
    """What is gathered on the way through one routine."""

    lead: _Path = field(default_factory=_Path)
    """The slowest path to its first wait."""
    ends: list[_Path] = field(default_factory=list)
    """Where it returns."""


class _Watch(Struct):
    """Walks routines, each flow and rule that others go to but once."""

    bot: Bot
    budget: timedelta
    found: dict[tuple[str, int], Diagnostic] = field(default_factory=dict)
    known: dict[str, tuple[_Path, _Path]] = field(default_factory=dict)
    """Of each flow and rule its lead, and the slowest path in the turn that is on when it returns."""

    def walk(self, steps: Steps, path: _Path, trip: _Trip) -> _Path | None:
        """The slowest path when steps have ended, None when they never do."""
        for step in steps:
            after = self._after(step, path, trip)
            if after is None:
                return None
            path = after
        return path

    def _after(self, step: Step, path: _Path, trip: _Trip) -> _Path | None:
        match step:
            case FetchStep(failed=failed):
                fetched = self._fetched(step, path, trip)
                return _slowest([fetched, self.walk(failed or (), fetched, trip)])
            case IfStep(branches=branches):
                ways = [self.walk(branch.steps, path, trip) for branch in branches]
                return _slowest(ways if any(branch.is_else for branch in branches) else [*ways, path])
            case EachStep(steps=steps):
                return _slowest([path, self.walk(steps, path, trip)])
            case AskStep() | FormStep():
                begun = _Path(has_waited=True)
                for steps in inner_lists(step):
                    self.walk(steps, begun, trip)
                return begun
            case CallStep(flow=flow, span=span):
                return self._entered(f"flows.{flow.text}", span, path, trip)
            case GotoStep(kind="flows" | "rules" as kind, target=target, span=span):
                self._entered(f"{kind}.{target.text}", span, path, trip)
                return None
            case ReturnStep():
                trip.ends.append(path)
                return None
            case WaitStep() | AgainStep() | GotoStep() | PassStep() | EndStep() | CancelStep():
                return None
            case _:
                return _slowest([path, *(self.walk(steps, path, trip) for steps in inner_lists(step))])

    def _fetched(self, step: FetchStep, path: _Path, trip: _Trip) -> _Path:
        return self._spent(step.span, path, _Path(self._limit(step), (step.span,)), trip)

    def _entered(self, name: str, span: Span, path: _Path, trip: _Trip) -> _Path:
        """Going on in a flow or a rule: what that takes before it first waits, then what it takes when it returns."""
        if name not in self.known:
            self.known[name] = (_Path(), _Path())  # one that comes back to itself adds nothing
            inside = _Trip()
            end = self.walk(self._steps(name), _Path(), inside)
            self.known[name] = (inside.lead, _slowest([end, *inside.ends]) or _Path())
        lead, last = self.known[name]
        if lead.time <= self.budget:
            self._spent(span, path, lead, trip)
        return last if last.has_waited else path.then(last)

    def _spent(self, span: Span, path: _Path, more: _Path, trip: _Trip) -> _Path:
        after = path.then(more)
        if after.time > self.budget >= path.time:
            self.found.setdefault((span.file.name, span.start), _too_slow(span, after, self.budget))
        if not after.has_waited and after.time > trip.lead.time:
            trip.lead = after
        return after

    def _limit(self, step: FetchStep) -> timedelta:
        service = self.bot.services[step.service.text]
        operation = service.operations[step.operation.text]
        limit = operation.timeout or service.timeout
        return limit.value if limit else DEFAULT_TIMEOUT

    def _steps(self, name: str) -> Steps:
        kind, _, key = name.partition(".")
        if kind == "flows":
            return self.bot.flows[key].steps
        rules = (*self.bot.rules, *self.bot.menu_rules)
        return next((rule.steps for rule in rules if rule.name.text == key), ())


def _slowest(ways: Iterable[_Path | None]) -> _Path | None:
    return max((way for way in ways if way is not None), key=lambda way: way.time, default=None)


def _too_slow(span: Span, path: _Path, budget: timedelta) -> Diagnostic:
    seconds, left = path.time.total_seconds(), budget.total_seconds()
    return Diagnostic(
        CODE,
        span,
        Wording(
            f"with this the turn may take {seconds:g} s, and WeChat gives up after {math.ceil(left)}",
            f"到这里一轮最多可能用 {seconds:g} 秒，而微信只等 {math.ceil(left)} 秒",
        ),
        label=Wording(f"{left:g} s are left for it", f"留给处理的时间是 {left:g} 秒"),
        related=tuple(
            Label(fetch, Wording("this is waited for too", "这里也要等待"))
            for fetch in path.fetches
            if fetch is not span
        ),
        help=Wording(
            "give the operations shorter timeouts, or say in the account that late answers are welcome: "
            "`slow: [hold, push, later]`",
            "请缩短这些操作的 `timeout`，或在账号中写明可以晚答：`slow: [hold, push, later]`",
        ),
    )
