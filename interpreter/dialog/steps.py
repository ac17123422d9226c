"""Steps: what a bot does, from any of the shorthands an author may write where steps are expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, cast

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.arguments import read_api_arguments, read_assignments, read_call, read_with
from interpreter.dialog.leaves import Leaves, as_items, name_in, read_flag, read_name, written
from interpreter.dialog.misplaced_keys import into_of
from interpreter.dialog.model.steps import (
    AgainStep,
    ApiStep,
    AskStep,
    Branch,
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
    ReplyStep,
    ReturnStep,
    SetStep,
    Step,
    Steps,
    WaitStep,
)
from interpreter.dialog.questions import read_ask, read_fields
from interpreter.dialog.replies import is_reply_form, read_loop, read_reply
from interpreter.dialog.sending import read_send
from interpreter.dialog.splitting import split_target, trimmed
from interpreter.dialog.words import STEP_VERBS, TARGETS
from interpreter.source.tree import Entry, Mapping, Node, Sequence


def read_steps(leaves: Leaves, node: Node | None) -> Steps:
    """Steps in any form: a text, a reply mapping, one step, a list of steps, a list to pick from."""
    match node:
        case None:
            return ()
        case Mapping() if is_step(node):
            return tuple(_step(leaves, node))
        case Sequence(items=()):
            return ()
        case Sequence() if any(is_step(item) for item in node.items):
            return tuple(step for item in node.items for step in read_steps(leaves, item))
        case Mapping() if not is_reply_form(node):
            return ()
        case _:
            reply = read_reply(leaves, node)
            return () if reply is None else (ReplyStep(reply, node.span),)


def read_steps_if_written(leaves: Leaves, node: Node | None) -> Steps | None:
    """Steps, or None where nothing was written."""
    return None if node is None else read_steps(leaves, node)


def is_step(node: Node) -> bool:
    """Whether a node is a mapping with a step's verb."""
    return isinstance(node, Mapping) and not node.keys.isdisjoint(STEP_VERBS)


def read_effects(leaves: Leaves, node: Mapping, *, of_rule: bool = False) -> Steps:
    """The effects and the target of a rule, a branch or a step, in the order in which they happen."""
    return tuple(_effects(leaves, node, of_rule=of_rule))


def _effects(leaves: Leaves, node: Mapping, *, of_rule: bool) -> Iterator[Step]:
    assignments = node.entry("set")
    if assignments is not None:
        yield from _set(leaves, assignments, node)
    reply = node.entry("reply")
    if reply is not None:
        yield from _reply(leaves, reply, node)
    yield from read_steps(leaves, node.get("do"))
    if not node.keys.isdisjoint(TARGETS):
        target = next(entry for entry in node.entries if entry.key.text in TARGETS)
        yield from _target(leaves, target, node, of_rule=of_rule)


def _step(leaves: Leaves, node: Mapping) -> Iterator[Step]:
    """The steps of one mapping with a verb: an effect with its companions, or the first of the other verbs."""
    for entry in node.entries:
        verb = _VERBS.get(entry.key.text)
        if verb is not None:
            return verb(leaves, entry, node)
    return _effects(leaves, node, of_rule=False)


# ---------------------------------------------------------------------------------------------------- one verb each


def _set(leaves: Leaves, entry: Entry, _: Mapping) -> Iterator[Step]:
    assignments = read_assignments(leaves, entry.value)
    if assignments.read or assignments.unread:
        yield SetStep(assignments.read, entry.value.span, assignments.unread)


def _reply(leaves: Leaves, entry: Entry, _: Mapping) -> Iterator[Step]:
    reply = read_reply(leaves, entry.value)
    if reply is not None:
        yield ReplyStep(reply, entry.value.span)


def _let(leaves: Leaves, entry: Entry, _: Mapping) -> Iterator[Step]:
    assignments = read_assignments(leaves, entry.value, only_new=True)
    if assignments.read or assignments.unread:
        yield LetStep(assignments.read, entry.value.span, assignments.unread)


def _if(leaves: Leaves, entry: Entry, node: Mapping) -> Iterator[Step]:
    branches = [Branch(leaves.expression(entry.value), read_steps(leaves, node.get("then")), entry.value.span)]
    otherwise = node.entry("else")
    if otherwise is not None:
        branches.append(_else(leaves, otherwise))
    yield IfStep(tuple(branches), node.span)


def _else(leaves: Leaves, entry: Entry) -> Branch:
    return Branch(None, read_steps(leaves, entry.value), entry.key.span, is_else=True)


def _choose(leaves: Leaves, entry: Entry, node: Mapping) -> Iterator[Step]:
    found = (_branch(leaves, item) for item in as_items(entry.value) if isinstance(item, Mapping))
    branches = tuple(branch for branch in found if branch is not None)
    if branches:
        yield IfStep(branches, node.span)


def _branch(leaves: Leaves, node: Mapping) -> Branch | None:
    condition, otherwise = node.entry("if"), node.entry("else")
    if condition is not None:
        return Branch(leaves.expression(condition.value), read_effects(leaves, node), condition.value.span)
    return None if otherwise is None else _else(leaves, otherwise)


def _each(leaves: Leaves, entry: Entry, node: Mapping) -> Iterator[Step]:
    loop = read_loop(leaves, entry.value)
    if loop is not None:
        yield EachStep(*loop, read_steps(leaves, node.get("do")), entry.value.span)


def _ask(leaves: Leaves, _: Entry, node: Mapping) -> Iterator[Step]:
    yield AskStep(read_ask(leaves, node, read_steps_if_written), node.span)


def _form(leaves: Leaves, entry: Entry, node: Mapping) -> Iterator[Step]:
    if fields := read_fields(leaves, entry.value, read_steps_if_written):
        yield FormStep(fields, node.span)


def _fetch(leaves: Leaves, entry: Entry, node: Mapping) -> Iterator[Step]:
    call = read_call(leaves, entry.value)
    if call is not None:
        yield FetchStep(
            service=call.service,
            operation=call.operation,
            arguments=call.arguments,
            into=read_name(into_of(node)),
            failed=read_steps_if_written(leaves, node.get("failed")),
            span=entry.value.span,
            is_incomplete=call.is_incomplete,
        )
    elif into := read_name(into_of(node)):
        yield LetStep((), entry.value.span, (into,))


def _api(leaves: Leaves, entry: Entry, node: Mapping) -> Iterator[Step]:
    method = read_name(entry.value)
    if method is not None:
        arguments, is_incomplete = read_api_arguments(leaves, node.get("with"))
        failed = read_steps_if_written(leaves, node.get("failed"))
        yield ApiStep(method, arguments, read_name(into_of(node)), failed, entry.value.span, is_incomplete)


def _send(leaves: Leaves, entry: Entry, node: Mapping) -> Iterator[Step]:
    yield read_send(leaves, entry, node)


def _log(leaves: Leaves, entry: Entry, node: Mapping) -> Iterator[Step]:
    text = leaves.text(entry.value)
    if text is not None:
        yield LogStep(text, node.span)


def _return(leaves: Leaves, entry: Entry, node: Mapping) -> Iterator[Step]:
    yield ReturnStep(leaves.expression(entry.value), node.span)


_VERBS: dict[str, Callable[[Leaves, Entry, Mapping], Iterator[Step]]] = {
    "let": _let,
    "if": _if,
    "choose": _choose,
    "each": _each,
    "ask": _ask,
    "form": _form,
    "fetch": _fetch,
    "api": _api,
    "send": _send,
    "log": _log,
    "return": _return,
}
"""Verbs that stand alone in their mapping; `set`, `reply` and the targets may share one."""


# ---------------------------------------------------------------------------------------------------- targets


def _target(leaves: Leaves, entry: Entry, node: Mapping, *, of_rule: bool) -> Iterator[Step]:
    span = entry.value.span
    match entry.key.text:
        case "wait":
            if name := read_name(entry.value):
                yield WaitStep(name, span)
        case "call":
            if name := read_name(entry.value):
                arguments, is_incomplete = read_with(leaves, node.get("with"))
                yield CallStep(name, arguments, read_name(into_of(node)), span, of_rule, is_incomplete)
        case "goto":
            yield from _goto(leaves, entry, node)
        case flag:
            if read_flag(entry.value):
                yield _FLAGS[flag](entry.key.span)


_FLAGS: dict[str, type[AgainStep | PassStep | EndStep | CancelStep]] = {
    "again": AgainStep,
    "pass": PassStep,
    "end": EndStep,
    "cancel": CancelStep,
}


def _no_kind(text: str) -> Problem:
    """A target of `goto` that does not begin with its kind; perhaps with one that is misspelt."""
    whole = trimmed(text)
    written, dot, rest = text[whole.start : whole.end].partition(".")
    near = nearest(written, ("rules", "states", "flows")) if dot else None
    if near is None:
        said = Wording(
            f"`goto` needs the kind of its target: `rules.{text}`, `states.…` or `flows.…`",
            f"`goto` 的目标要写明种类：`rules.{text}`、`states.…` 或 `flows.…`",
        )
        return Problem("DL101", whole.start, whole.end, said)
    return Problem(
        "DL101",
        whole.start,
        whole.end,
        Wording(f"`{written}` is no kind of target", f"`{written}` 不是目标的种类"),
        label=Wording(f"did you mean `{near}.{rest}`?", f"是不是想写 `{near}.{rest}`？"),
        replacement=f"{near}.{rest}",
    )


def _goto(leaves: Leaves, entry: Entry, node: Mapping) -> Iterator[Step]:
    arguments, is_incomplete = read_with(leaves, node.get("with"))
    scalar = written(entry.value)
    if scalar is None:
        return
    target = split_target(scalar.text)
    if target is None:
        leaves.report(_no_kind(scalar.text), scalar)
        return
    kind = cast("Literal['rules', 'states', 'flows']", target[0])
    yield GotoStep(kind, name_in(scalar, target[1]), arguments, scalar.span, is_incomplete)
