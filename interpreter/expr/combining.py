"""Closures made of closures: what operators and collections do with values, whatever nodes these came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from interpreter.expr import dynamic
from interpreter.expr.bounds import FREE_SIZE, ITEMS_PER_STEP, charge_items, charge_text, charge_walk
from interpreter.expr.env import Closure, Env, TextClosure
from interpreter.values import MAX_TEXT, Fault, Value, equal, kind_of, print_value


def when_needed(make: Callable[[], Closure]) -> Closure:
    """A closure that is made when it is first evaluated."""
    made: Closure | None = None

    def run(env: Env) -> Value:
        nonlocal made
        if made is None:
            made = make()
        return made(env)

    return run


def null_test(operand: Closure, holds: bool) -> Closure:
    """A closure of `== null`, or of `!= null`."""
    if holds:
        return lambda env: operand(env) is None
    return lambda env: operand(env) is not None


def or_else(first: Closure, second: Closure) -> Closure:
    """`first ?? second`."""

    def run(env: Env) -> Value:
        value = first(env)
        return second(env) if value is None else value

    return run


def paid(env: Env, value: Value) -> Value:
    """A value that has been made, paid for when it is large."""
    if isinstance(value, str):
        return charge_text(env, value) if len(value) > FREE_SIZE else value
    if isinstance(value, (list, tuple)) and len(value) > FREE_SIZE:
        charge_items(env, len(value))
    return value


def charged_equal(env: Env, left: Value, right: Value) -> bool:
    """`left == right`, which costs by the size of what is compared."""
    if isinstance(left, (list, tuple, Mapping)):
        charge_walk(env, left)
    return equal(left, right)


def comprehension(name: str, source: Closure, item: Closure, condition: Closure | None) -> Closure:
    """`[item for name in source if condition]`."""

    def run(env: Env) -> Value:
        values = source(env)
        if not isinstance(values, (list, tuple)):
            raise Fault("null" if values is None else "type", f"`for` goes over a list, this is {kind_of(values)}")
        env.spend(len(values))
        names = env.locals
        is_hiding, hidden = name in names, names.get(name)
        made: list[Value] = []
        try:
            for value in values:
                names[name] = value
                if condition is None or condition(env):
                    made.append(item(env))
        finally:
            if is_hiding:
                names[name] = hidden
            else:
                names.pop(name, None)
        return made

    return run


def is_member(env: Env, value: Value, values: Value) -> bool:
    """`value in values`, which costs by the size of the group."""
    if isinstance(values, str):
        env.spend(len(values) // FREE_SIZE)
    elif isinstance(value, (list, tuple, Mapping)):
        charge_walk(env, values)
    elif isinstance(values, (list, tuple)):
        env.spend(len(values))
    return dynamic.contains(value, values)


def is_among(env: Env, text: Value, texts: Value) -> bool:
    """Likewise of a text in a list of texts, which Python compares as the language does."""
    if not isinstance(texts, (list, tuple)):
        return dynamic.contains(text, texts)
    if len(texts) >= ITEMS_PER_STEP:
        env.spend(len(texts) // ITEMS_PER_STEP)
    return text in texts


def new_map(entries: Sequence[tuple[Closure, Closure]]) -> Closure:
    """`{key: value, …}`; of equal keys the last one counts."""

    def build(env: Env) -> Value:
        built: dict[str, Value] = {}
        for key, value in entries:
            name = key(env)
            if not isinstance(name, str):
                raise Fault("null" if name is None else "type", f"a key must be text, this is {kind_of(name)}")
            built[name] = value(env)
        return built

    return build


def joined(parts: Sequence[str | Closure]) -> TextClosure:
    """The closure of literal parts and of what expressions print, joined."""
    match parts:
        case []:
            return lambda _: ""
        case [str(whole)]:
            return lambda _: whole
        case [str(before), hole] if not isinstance(hole, str):
            return text_of_one(before, hole, "")
        case [str(before), hole, str(after)] if not isinstance(hole, str):
            return text_of_one(before, hole, after)
        case _:
            return text_of_many(parts)


def text_of_one(before: str, hole: Closure, after: str) -> TextClosure:
    """A text with one hole."""

    def say(env: Env) -> str:
        text = f"{before}{print_value(hole(env))}{after}"
        if len(text) > MAX_TEXT:
            raise _too_long()
        return text

    return say


def text_of_many(parts: Sequence[str | Closure]) -> TextClosure:
    """A text of literal parts and holes."""

    def say(env: Env) -> str:
        pieces = [part if isinstance(part, str) else print_value(part(env)) for part in parts]
        if sum(map(len, pieces)) > MAX_TEXT:
            raise _too_long()
        return "".join(pieces)

    return say


def _too_long() -> Fault:
    return Fault("budget", f"the text is longer than {MAX_TEXT} characters")
