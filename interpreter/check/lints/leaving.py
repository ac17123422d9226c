"""How a user gets out of a wait other than by the answer it wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import nested
from interpreter.dialog.model.rules import Rule, State
from interpreter.dialog.model.steps import (
    AgainStep,
    CallStep,
    CancelStep,
    EndStep,
    GotoStep,
    Question,
    ReturnStep,
    Step,
    Steps,
    WaitStep,
)
from interpreter.types.kinds import EntityType, TextType

MOST_OFFERED = 9
"""How many things of an entity a question offers by number; more are left to the user to know."""


def ends_anywhere(subject: Subject) -> bool:
    """Whether something that is asked in every wait can end it: a rule with `anywhere`, or `before`."""
    rules = (rule for rule in subject.root_rules if rule.anywhere)
    return _holds(subject.bot.before, subject, _goes_away) or any(
        _holds(rule.steps, subject, _ends) or (rule.has_target and _holds(rule.steps, subject, _goes_away))
        for rule in rules
    )


def ends_from_root(subject: Subject) -> bool:
    """Whether a rule of the root ends the conversation or the wait it interrupts."""
    return _holds(tuple(step for rule in subject.root_rules for step in rule.steps), subject, _ends)


def question_lets_go(question: Question, subject: Subject) -> bool:
    """Whether everybody can answer a question, or is let go after wrong answers."""
    if question.tries is not None or question.choices is not None:
        return True
    handlers = (question.invalid or (), question.refused or ())
    return _is_easy(question, subject) or any(_holds(steps, subject, _goes_away) for steps in handlers)


def _is_easy(question: Question, subject: Subject) -> bool:
    """Whether the answer is no secret, no number that one may not want to give, and no word that one has to guess."""
    match question.type:
        case None | TextType(form=None, digits=None):
            return question.check is None
        case TextType():
            return False
        case EntityType(name=name):
            return len(subject.bot.entities[name].things) <= MOST_OFFERED
        case _:
            return True


def state_lets_go(state: State, subject: Subject) -> bool:
    """Whether the rules of a state let a user go who does not know the answer it waits for."""
    if state.tries is not None or state.choices or state.back is not None:
        return True
    if state.otherwise is not None and not _stays(state.otherwise):
        return True
    return any(
        (rule.condition is None and rule.domain is None) or _holds(rule.steps, subject, _ends)
        for rule in state.rules
        if not _stays(rule.steps)
    )


def keeps_all(state: State) -> Rule | None:
    """The rule of a state that takes whatever is left and stays, so that root rules are never asked."""
    for rule in state.rules:
        if rule.condition is None and rule.domain is None and takes_all(rule) and _stays(rule.steps):
            return rule
    return None


def takes_all(rule: Rule) -> bool:
    """Whether a rule answers every text message."""
    trigger = rule.trigger
    return trigger.always or any(name.text in ("any", "text") for name in trigger.messages)


def _stays(steps: Steps) -> bool:
    """Whether steps surely end in `again`."""
    return any(isinstance(step, AgainStep) for step in steps)


def _ends(step: Step) -> bool:
    return isinstance(step, (CancelStep, EndStep))


def _goes_away(step: Step) -> bool:
    return isinstance(step, (CancelStep, EndStep, WaitStep, GotoStep, ReturnStep)) or (
        isinstance(step, CallStep) and step.is_target
    )


def _holds(steps: Steps, subject: Subject, wanted: Callable[[Step], bool]) -> bool:
    """Whether such a step is among some, or in the flows and rules they continue in."""
    return any(map(wanted, _all_steps(steps, subject)))


def _all_steps(steps: Steps, subject: Subject) -> Iterator[Step]:
    rules = {rule.name.text: rule.steps for rule in reversed(subject.root_rules)}
    flows = {name: flow.steps for name, flow in subject.bot.flows.items()}
    seen: set[str] = set()
    queue = [steps]
    while queue:
        for step in nested(queue.pop()):
            yield step
            match step:
                case CallStep(flow=name) | GotoStep(kind="flows", target=name):
                    place, found = f"flows.{name.text}", flows.get(name.text)
                case GotoStep(kind="rules", target=name):
                    place, found = f"rules.{name.text}", rules.get(name.text)
                case _:
                    continue
            if found is not None and place not in seen:
                seen.add(place)
                queue.append(found)
