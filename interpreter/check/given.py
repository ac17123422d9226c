"""What tests give: read as the type of what it is given for, as an answer of a user is, and held against that type."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from interpreter.check.findings import Findings
from interpreter.check.fitting import form_help, names_of
from interpreter.check.symbols import Symbols
from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.diagnostics.placing import place
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Data, DataLeaf, DataList, DataMap, Expression, Name, Text
from interpreter.expr.assignable import assignable
from interpreter.expr.constant_values import constant_value
from interpreter.source.spans import Span
from interpreter.types.answers import fits, read_part
from interpreter.types.kinds import (
    AnyType,
    DateTimeType,
    ErrorType,
    IntType,
    ListType,
    MapType,
    TextType,
    Type,
    is_textual,
    required,
    show,
)
from interpreter.types.lexicon import Lexicon
from interpreter.values import Value

_BUILT_IN: dict[str, Type] = {"now": DateTimeType(), "random": IntType(), "user.id": TextType()}
_CHECKED_BEFORE = ("now", "random")
"""These have been held against their form with the structure of the file."""

_ALWAYS_THERE = ("user.id", "user.locale")
_OF_ITS_TYPE = Wording("give it a value of its type", "请给定类型相符的值")
_OF_THAT_TYPE = Wording(
    "give it a value of its type, or change its type under `vars`", "请给定类型相符的值，或在 `vars` 里改它的类型"
)


class Reading(Struct, frozen=True):
    """What is known of a given leaf before a test runs."""

    is_known: bool
    fits: bool = True
    value: Value = None


_LATER = Reading(is_known=False)


def given_type(name: str, symbols: Symbols) -> Type | None:
    """The type of what can be given by a name; None of a name whose values have no declared type."""
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    if name.startswith("user."):
        return symbols.user_type(name.removeprefix("user."))
    variable = symbols.session.get(name)
    return variable.type if variable else None


def read_leaf(leaf: DataLeaf, kind: Type, lexicon: Lexicon) -> Reading:
    """A given leaf as a value of a type: what is written plainly is read as its text where a text is wanted."""
    match leaf.value:
        case Expression(node=node):
            constant = constant_value(node)
            return _LATER if constant is None else _read(constant.value, kind, lexicon)
        case Text(template=template):
            parts = template.parts
            if not all(isinstance(part, str) for part in parts):
                return _LATER
            return _read("".join(part for part in parts if isinstance(part, str)), kind, lexicon)
        case None:
            return _read(None, kind, lexicon)
        case value:
            read = _LATER if is_textual(required(kind)) else _read(value, kind, lexicon)
            return read if read.is_known and read.fits else _read(leaf.scalar.text, kind, lexicon)


def _read(value: Value, kind: Type, lexicon: Lexicon) -> Reading:
    if fits(kind, value, lexicon):
        return Reading(is_known=True, value=value)
    read = read_given(value, kind, lexicon)
    return Reading(is_known=True, fits=read is not None, value=read)


def read_given(value: Value, kind: Type, lexicon: Lexicon) -> Value:
    """A given text as a value of a type; None when it is none, or no text."""
    if not isinstance(value, str):
        return None
    if isinstance(required(kind), DateTimeType):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return moment if moment.tzinfo else moment.replace(tzinfo=lexicon.zone)
    return read_part(kind, value, lexicon)


class _Unfit(Struct, frozen=True):
    """A part of what is given that never fits; `leaf` if it is a leaf."""

    wanted: Type
    found: Type | None
    span: Span
    leaf: DataLeaf | None = None


def check_given_value(name: Name, data: Data, findings: Findings) -> None:
    """Hold what a test gives against the declared type of what it is given for."""
    symbols = findings.symbols
    kind = given_type(name.text, symbols)
    if kind is None or name.text in _CHECKED_BEFORE:
        return
    for unfit in _unfit(data, kind, findings):
        findings.report(_diagnostic(name.text, kind, unfit, symbols.lexicon))


def _unfit(data: Data, kind: Type, findings: Findings) -> Iterator[_Unfit]:
    inner = required(kind)
    match data:
        case DataLeaf(scalar=scalar, value=value):
            read = read_leaf(data, kind, findings.symbols.lexicon)
            if read.is_known:
                if not read.fits:
                    yield _Unfit(kind, None, scalar.span, data)
            elif isinstance(value, Expression):
                found = findings.typed[id(value)].type
                # a text is read, perhaps as a value of another type
                if assignable(kind, found) is False and not is_textual(required(found)):
                    yield _Unfit(kind, found, scalar.span, data)
        case DataList(items=items) if isinstance(inner, ListType):
            for item in items:
                yield from _unfit(item, inner.item, findings)
        case DataList() | DataMap():
            wanted = DataList if isinstance(data, DataList) else DataMap
            if not isinstance(inner, (AnyType, ErrorType)) and not (wanted is DataMap and isinstance(inner, MapType)):
                yield _Unfit(kind, ListType() if wanted is DataList else MapType(), data.span)


def _diagnostic(name: str, kind: Type, unfit: _Unfit, lexicon: Lexicon) -> Diagnostic:
    declared, leaf = show(kind), unfit.leaf
    shown = show(unfit.found) if unfit.found is not None else leaf.scalar.text if leaf is not None else ""
    message = Wording(
        f"`{name}` is {declared} and cannot be given {shown or 'an empty text'}",
        f"`{name}` 的类型是 {declared}，不能给定 {shown or '空文本'}",
    )
    if unfit.wanted != kind:
        wanted = show(unfit.wanted)
        message = Wording(
            f"`{name}` is {declared}, and {shown or 'an empty text'} in it is not {wanted}",
            f"`{name}` 的类型是 {declared}，而其中的{' ' + shown if shown else '空文本'} 不是 {wanted}",
        )
    help = form_help(unfit.wanted, lexicon) or (_OF_ITS_TYPE if name in _ALWAYS_THERE else _OF_THAT_TYPE)
    if leaf is None:
        return Diagnostic("DL210", unfit.span, message, help=help)
    near = None if isinstance(leaf.value, Expression) else nearest(shown, names_of(unfit.wanted, lexicon))
    problem = Problem(
        "DL210",
        0,
        len(leaf.scalar.text),
        message,
        label=Wording(f"did you mean `{near}`?", f"是否想写 `{near}`？") if near else None,
        help=None if near else help,
        replacement=near,
        is_sure=False,
    )
    return place(problem, leaf.scalar)
