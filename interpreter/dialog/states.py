"""States, flows and domains."""

from __future__ import annotations

from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.arguments import read_parameters
from interpreter.dialog.leaves import Leaves, as_mapping, name_of, read_duration_leaf, read_flag, read_integer
from interpreter.dialog.model.rules import Domain, Flow, Rule, State
from interpreter.dialog.questions import read_interrupt
from interpreter.dialog.replies import read_reply
from interpreter.dialog.rules import read_choices, read_rules
from interpreter.dialog.steps import read_steps, read_steps_if_written
from interpreter.dialog.words import STATE_KEYS
from interpreter.source.tree import Entry, Mapping, Node, Scalar


def read_states(leaves: Leaves, node: Node | None) -> dict[str, State]:
    """The map `states`."""
    return {entry.key.text: _state(leaves, entry) for entry in as_mapping(node).entries}


def _state(leaves: Leaves, entry: Entry) -> State:
    node, path = as_mapping(entry.value), f"states.{entry.key.text}"
    choices = read_choices(leaves, node.get("choices"), f"{path}/")
    back = node.get("back")
    return State(
        name=name_of(entry.key),
        path=path,
        prompt=read_reply(leaves, node.get("prompt")),
        rules=_distinct(leaves, choices, read_rules(leaves, node.get("rules"), f"{path}/")),
        choices=choices,
        choice=leaves.text(node.get("choice")),
        back=back if isinstance(back, Scalar) and back.text else None,
        otherwise=read_steps_if_written(leaves, node.get("otherwise")),
        tries=read_integer(node.get("tries")),
        give_up=read_steps_if_written(leaves, node.get("give_up")),
        timeout=read_duration_leaf(node.get("timeout")),
        timed_out=read_steps_if_written(leaves, node.get("timed_out")),
        interrupt=read_interrupt(node.get("interrupt"), "leave"),
        sticky=read_flag(node.get("sticky")),
        span=entry.key.span,
        is_incomplete=_is_incomplete(entry.value),
    )


def _is_incomplete(node: Node) -> bool:
    """Whether a state has something in it that may have been meant to answer and cannot be read."""
    if not isinstance(node, Mapping):
        return True
    answering = (node.get(key) for key in ("rules", "choices"))
    return any(entry.key.text not in STATE_KEYS for entry in node.entries) or any(
        each is not None and not isinstance(each, Mapping) for each in answering
    )


def _distinct(leaves: Leaves, choices: tuple[Rule, ...], rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules whose name no choice of the same state has: they share their paths."""
    taken = {choice.path: choice for choice in choices}
    for rule in rules:
        if choice := taken.get(rule.path):
            name = rule.name.text
            leaves.diagnostics.append(
                Diagnostic(
                    "DL003",
                    rule.name.span,
                    Wording(
                        f"a choice and a rule of this state are both named `{name}`",
                        f"这个状态的选项和规则重名：`{name}`",
                    ),
                    related=(Label(choice.name.span, Wording("the choice stands here", "选项在这里")),),
                )
            )
    return tuple(rule for rule in rules if rule.path not in taken)


def read_flows(leaves: Leaves, node: Node | None) -> dict[str, Flow]:
    """The map `flows`."""
    return {entry.key.text: _flow(leaves, entry) for entry in as_mapping(node).entries}


def _flow(leaves: Leaves, entry: Entry) -> Flow:
    name, node = name_of(entry.key), entry.value
    if not isinstance(node, Mapping):
        return Flow(name, (), read_steps(leaves, node), None, name.span)
    result = leaves.expression(node.get("return"))
    return Flow(
        name=name,
        parameters=read_parameters(leaves, node.get("args")),
        steps=read_steps(leaves, node.get("do")),
        result=result,
        span=name.span,
        is_incomplete=result is None and node.get("return") is not None,
    )


def read_domains(leaves: Leaves, node: Node | None) -> dict[str, Domain]:
    """The map `domains`."""
    return {entry.key.text: _domain(leaves, entry) for entry in as_mapping(node).entries}


def _domain(leaves: Leaves, entry: Entry) -> Domain:
    node = as_mapping(entry.value)
    return Domain(
        name=name_of(entry.key),
        guard=leaves.expression(node.get("guard")),
        refused=read_steps_if_written(leaves, node.get("else")),
        before=read_steps(leaves, node.get("before")),
        span=entry.key.span,
    )
