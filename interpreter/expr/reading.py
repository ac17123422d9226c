"""Closures that read: names, and fields of what they hold."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import lru_cache

from interpreter.expr import dynamic
from interpreter.expr.env import Closure, Env
from interpreter.expr.fields import TIME_FIELDS
from interpreter.expr.scope import Binding, Storage
from interpreter.expr.typed import may_be_null
from interpreter.types.kinds import RecordType, Type, required
from interpreter.values import Fault, Value


def unset(name: str) -> Fault:
    """The fault of reading a variable before it was set."""
    return Fault("unset", f"`{name}` has not been set yet")


def has_keys(kind: Type) -> bool:
    """Whether the fields of a type's values that are not null are the keys of a map."""
    inner = required(kind)
    return type(inner) not in TIME_FIELDS and not (isinstance(inner, RecordType) and inner.name == "env")


def read_name(name: str, binding: Binding) -> Closure:
    """A closure that reads a variable or a name that is always there."""
    match binding.storage:
        case Storage.LOCAL:
            return _read_any_local(name) if binding.may_be_unset else _read_local(name)
        case Storage.SESSION:
            return _read_session(name)
        case Storage.USER:
            return lambda env: env.user
        case _:
            return _read_root(name)


def read_or_null(name: str, binding: Binding) -> Closure:
    """Like `read_name` where a variable that was never set counts as null: before `??` and compared with null."""
    match binding.storage:
        case Storage.LOCAL:
            return lambda env: env.locals.get(name)
        case Storage.SESSION:
            return lambda env: env.vars.get(name)
        case _:
            return read_name(name, binding)


@lru_cache
def _read_any_local(name: str) -> Closure:
    """A local that not every path sets: its type is optional, so it is null where none did."""
    return lambda env: env.locals.get(name)


@lru_cache
def _read_local(name: str) -> Closure:
    def read(env: Env) -> Value:
        try:
            return env.locals[name]
        except KeyError:
            raise unset(name) from None

    return read


def _read_session(name: str) -> Closure:
    def read(env: Env) -> Value:
        try:
            return env.vars[name]
        except KeyError:
            raise unset(name) from None

    return read


def _read_root(name: str) -> Closure:
    def read(env: Env) -> Value:
        try:
            return env.roots[name]
        except KeyError:
            raise Fault("unset", f"there is no `{name}` here") from None

    return read


def read_user(name: str, kind: Type) -> Closure:
    """`user.name`; one that must have a value and was never set is a fault."""
    if may_be_null(kind):
        return lambda env: env.user.get(name)

    def read(env: Env) -> Value:
        try:
            return env.user[name]
        except KeyError:
            raise unset(f"user.{name}") from None

    return read


def read_root_field(root: str, name: str) -> Closure:
    """A field of a record that is always there, such as `state.tries`."""

    def read(env: Env) -> Value:
        try:
            return env.roots[root].get(name)  # type: ignore[union-attr]  # what is no map has no `get`
        except (KeyError, AttributeError):
            if root not in env.roots:
                raise Fault("unset", f"there is no `{root}` here") from None
            return dynamic.field(env.roots[root], name)

    return read


def read_local_field(local: str, name: str) -> Closure:
    """A field of a local variable."""

    def read(env: Env) -> Value:
        try:
            return env.locals[local].get(name)  # type: ignore[union-attr]  # what is no map has no `get`
        except (KeyError, AttributeError):
            if local not in env.locals:
                raise unset(local) from None
            return dynamic.field(env.locals[local], name)

    return read


def read_field(target: Closure, kind: Type, name: str) -> Closure:
    """A field of anything else."""
    if isinstance(kind, RecordType) and kind.name == "env":
        return _read_environment(target, name)

    def read(env: Env) -> Value:
        value = target(env)
        try:
            return value.get(name)  # type: ignore[union-attr]  # what is no map has no `get`
        except AttributeError:
            return dynamic.field(value, name)

    return read


def _read_environment(target: Closure, name: str) -> Closure:
    def read(env: Env) -> Value:
        value = dynamic.field(target(env), name)
        if value is None:
            raise Fault("unset", f"`env.{name}` is not set")
        return value

    return read


def read_time_field(target: Closure, name: str) -> Closure:
    """A field of a date, time, datetime or duration."""
    if name in ("weekday", "seconds"):
        return lambda env: dynamic.field(target(env), name)
    get: Callable[[object], Value] = operator.attrgetter(name)

    def read(env: Env) -> Value:
        value = target(env)
        try:
            return get(value)
        except AttributeError:
            return dynamic.field(value, name)

    return read
