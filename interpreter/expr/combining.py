"""Closures made of closures: what operators and collections do with values, whatever nodes these came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from interpreter.expr import dynamic
from interpreter.expr.bounds import FREE_SIZE, charge_items, charge_text, charge_walk
from interpreter.expr.env import Closure, Env, TextClosure
from interpreter.expr.operands import Operand, unset
from interpreter.values import MAX_TEXT, Fault, Value, equal, kind_of, print_value


def both(left: Operand, right: Closure) -> Closure:
    """`left and right` of two conditions; a local on the left is one that is always true or false."""
    local, first = left.local, left.closure
    if local is None:
        return lambda env: first(env) and right(env)

    def run(env: Env) -> Value:
        try:
            value = env.locals[local]
        except KeyError:
            raise unset(local) from None
        return value and right(env)

    return run


def either(left: Operand, right: Closure) -> Closure:
    """`left or right` likewise."""
    local, first = left.local, left.closure
    if local is None:
        return lambda env: first(env) or right(env)

    def run(env: Env) -> Value:
        try:
            value = env.locals[local]
        except KeyError:
            raise unset(local) from None
        return value or right(env)

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


def concatenation(left: Closure, right: Closure) -> Closure:
    """`left + right` of two texts."""

    def run(env: Env) -> Value:
        first, second = left(env), right(env)
        try:
            text: str = first + second  # type: ignore[operator, assignment]  # their static types vouch for them
            if len(text) <= FREE_SIZE:
                return text
        except TypeError:
            return dynamic.add(first, second)
        return paid(env, text)

    return run


def concatenation_with(left: Closure, ending: Value) -> Closure:
    """Likewise where the second is a constant."""

    def run(env: Env) -> Value:
        first = left(env)
        try:
            text: str = first + ending  # type: ignore[operator, assignment]  # their static types vouch for them
            if len(text) <= FREE_SIZE:
                return text
        except TypeError:
            return dynamic.add(first, ending)
        return paid(env, text)

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


def contains(item: Closure, group: Closure) -> Closure:
    """`item in group`, which costs by the size of the group."""

    def run(env: Env) -> Value:
        value, values = item(env), group(env)
        if isinstance(values, str):
            env.spend(len(values) // FREE_SIZE)
        elif isinstance(value, (list, tuple, Mapping)):
            charge_walk(env, values)
        elif isinstance(values, (list, tuple)):
            env.spend(len(values))
        return dynamic.contains(value, values)

    return run


def contains_text(item: Operand, group: Operand) -> Closure:
    """Likewise of a text in a list of texts, which Python compares as the language does."""
    if item.is_constant and group.local is not None:
        return _contains_constant(item.constant, group.local)
    left, right = item.closure, group.closure

    def run(env: Env) -> Value:
        return _is_among(env, left(env), right(env))

    return run


def _contains_constant(text: Value, local: str) -> Closure:
    def run(env: Env) -> Value:
        try:
            texts = env.locals[local]
        except KeyError:
            raise unset(local) from None
        kind = type(texts)
        if (kind is list or kind is tuple) and len(texts) < 16:  # type: ignore[arg-type]
            return text in texts  # type: ignore[operator]
        return _is_among(env, text, texts)

    return run


def _is_among(env: Env, text: Value, texts: Value) -> bool:
    if not isinstance(texts, (list, tuple)):
        return dynamic.contains(text, texts)
    if len(texts) >= 16:
        env.spend(len(texts) // 16)
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
