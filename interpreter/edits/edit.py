"""One edit of a bot: the bot as it was and as it is, and how their names belong together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from interpreter.check.analysis import Analysis
from interpreter.check.traversal import nested
from interpreter.check.traversal import routines as step_lists
from interpreter.check.waiting import Owner, Routine, Site, owners, routines, sites
from interpreter.compiler.compile import lower_bot
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.steps import CallStep, GotoStep, WaitStep
from interpreter.program.renames import current_name, find_site, find_state
from interpreter.program.tables import Program


@dataclass(frozen=True)
class Side:
    """One of the two bots."""

    bot: Bot

    @cached_property
    def owners(self) -> dict[str, Owner]:
        """Everything that may hold places, by its path."""
        return owners(self.bot)

    @cached_property
    def routines(self) -> dict[str, Routine]:
        """Every routine by its name."""
        return {routine.name: routine for routine in routines(self.bot)}

    @cached_property
    def every_site(self) -> dict[str, Site]:
        """Every question and every call, by its whole name."""
        return {site.path: site for routine in self.routines.values() for site in sites(routine)}

    @cached_property
    def sites(self) -> dict[str, Site]:
        """The places where somebody may stand: questions, and calls of flows that may ask, by their whole names."""
        asking = _asking_flows(list(self.every_site.values()))
        return {
            path: site
            for path, site in self.every_site.items()
            if (not isinstance(site.step, CallStep) or f"flows.{site.step.flow.text}" in asking)
            and (site.routine.owner.kind != "flow" or site.routine.name in self.begun_flows)
        }

    @cached_property
    def begun_flows(self) -> frozenset[str]:
        """The flows that some step calls or goes to, by their paths."""
        steps = [step for each in step_lists(self.bot) for step in nested(each)]
        called = {step.flow.text for step in steps if isinstance(step, CallStep)}
        reached = {step.target.text for step in steps if isinstance(step, GotoStep) and step.kind == "flows"}
        return frozenset(f"flows.{name}" for name in called | reached)

    @cached_property
    def states(self) -> dict[str, Owner]:
        """The states in which somebody may wait, by their paths."""
        steps = [step for each in step_lists(self.bot) for step in nested(each)]
        entered = {f"states.{step.state.text}" for step in steps if isinstance(step, WaitStep) and step.state}
        entered |= {f"states.{step.target.text}" for step in steps if isinstance(step, GotoStep)}
        return {
            path: owner
            for path, owner in self.owners.items()
            if owner.kind == "state" and (owner.parent is not None or path in entered)
        }


@dataclass(frozen=True)
class Edit:
    """The bot as it was, and as it is."""

    old: Side
    new: Side
    analysis: Analysis

    @cached_property
    def program(self) -> Program:
        """What the new bot runs as."""
        return lower_bot(self.new.bot, self.analysis)

    def new_state(self, path: str) -> Owner | None:
        """The state in which a conversation goes on that waits in one of the old bot."""
        table = find_state(self.program, path)
        return self.new.owners.get(table.name) if table else None

    def new_site(self, site: Site) -> Site | None:
        """The place where a conversation goes on that stands at one of the old bot."""
        found = find_site(self.program, site.routine.name, site.name)
        if found is None:
            return None
        routine, pc = found
        name = next(name for name, index in routine.sites.items() if index == pc)
        return self.new.every_site.get(f"{routine.name}/{name}")

    def new_owner(self, owner: Owner) -> Owner | None:
        """What a rule, a state, a flow is in the new bot."""
        known = self.new.owners
        name = owner.path
        return known.get(current_name(name, self.new.bot.renamed, known.__contains__))


def _asking_flows(every: list[Site]) -> frozenset[str]:
    """The flows in which a question may be asked, also by a flow that they call."""
    asking = {site.routine.name for site in every if not isinstance(site.step, CallStep)}
    callers: dict[str, set[str]] = {}
    for site in every:
        if isinstance(site.step, CallStep):
            callers.setdefault(f"flows.{site.step.flow.text}", set()).add(site.routine.name)
    pending = list(asking)
    while pending:
        new = callers.get(pending.pop(), set()) - asking
        asking |= new
        pending += new
    return frozenset(asking)
