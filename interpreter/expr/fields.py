"""The types of `x.name`, `x[i]` and `x[a:b]`, and what is known of a path such as `user.name` where it stands."""

from __future__ import annotations

from collections.abc import Mapping

from interpreter.diagnostics.suggest import near_names, nearest
from interpreter.diagnostics.wording import Wording
from interpreter.expr.findings import Findings
from interpreter.expr.operators import kind_word
from interpreter.expr.scope import Scope, Storage
from interpreter.expr.tree import Field, Index, Literal, Name, Node, Slice
from interpreter.types.kinds import (
    AnyType,
    DateTimeType,
    DateType,
    DurationType,
    ErrorType,
    IntType,
    ListType,
    MapType,
    MediaType,
    RecordType,
    TextType,
    TimeType,
    Type,
    is_textual,
    optional,
    required,
    show,
)

_DAY = ("year", "month", "day", "weekday")
_CLOCK = ("hour", "minute", "second")
TIME_FIELDS: Mapping[type, tuple[str, ...]] = {
    DateType: _DAY,
    TimeType: _CLOCK,
    DateTimeType: (*_DAY, *_CLOCK),
    DurationType: ("seconds",),
}
"""The fields of the kinds of time; all of them are whole numbers."""


def field_type(target: Type, name: str) -> Type | None:
    """The type of a field of a value that is not null; None when there is no such field."""
    match target:
        case AnyType() | ErrorType():
            return target
        case RecordType(name="env"):
            return TextType()
        case RecordType(fields=fields, is_open=is_open):
            known = fields.get(name)
            return AnyType() if known is None and is_open and nearest(name, fields) is None else known
        case MapType(item=item):
            return optional(item)
        case MediaType():
            return AnyType()
        case _:
            return IntType() if name in TIME_FIELDS.get(type(target), ()) else None


def field_names(target: Type) -> tuple[str, ...]:
    """The fields a type is known to have."""
    return tuple(target.fields) if isinstance(target, RecordType) else TIME_FIELDS.get(type(target), ())


def path_of(node: Node) -> str | None:
    """`a.b` for what conditions can show something of: a name, its fields, and items at a constant place."""
    match node:
        case Name(name=name):
            return name
        case Field(target=target, name=name):
            below = path_of(target)
            return None if below is None else f"{below}.{name}"
        case Index(target=target, index=Literal(value=(int() | str()) as index)):
            below = path_of(target)
            return None if below is None else f"{below}.{index}"
        case _:
            return None


def path_type(node: Node, scope: Scope) -> Type | None:
    """The type of a path where it stands, without reporting anything; None when it is unknown."""
    path = path_of(node)
    if path is not None and path in scope.narrowed:
        return scope.narrowed[path]
    match node:
        case Name(name=name):
            binding = scope.bindings.get(name)
            return None if binding is None else binding.type
        case Field(target=target, name=name):
            below = path_type(target, scope)
            return None if below is None else field_type(required(below), name)
        case Index(target=target, index=Literal(value=index)):
            below = path_type(target, scope)
            return None if below is None else _item_type(required(below), index)
        case _:
            return None


def _item_type(target: Type, index: object) -> Type | None:
    match target, index:
        case ListType(item=item), int():
            return item
        case _, str():
            return field_type(target, index)
        case _:
            return None


def field(node: Field, target: Type, scope: Scope, findings: Findings) -> Type:
    """The type of `target.name`."""
    if isinstance(node.target, Name) and _is_texts(node.target, scope):
        return _said_text(node, target, findings)
    target = findings.needed(node.target, target)
    known = field_type(target, node.name)
    return _unknown_field(node, target, findings) if known is None else known


def _is_texts(node: Name, scope: Scope) -> bool:
    binding = scope.bindings.get(node.name)
    return binding is not None and binding.storage is Storage.TEXTS


def _said_text(node: Field, target: Type, findings: Findings) -> Type:
    if field_type(target, node.name) is not None:
        return TextType()
    near = nearest(node.name, field_names(target))
    return findings.report_at(
        node.end - len(node.name),
        node.end,
        "DL101",
        Wording(f"no text is named `{node.name}`", f"没有名为 `{node.name}` 的文本"),
        label=_did_you_mean(near),
        replacement=near,
    )


def _unknown_field(node: Field, target: Type, findings: Findings) -> Type:
    start = node.end - len(node.name)
    names = field_names(target)
    if not names:
        return findings.report_at(
            start,
            node.end,
            "DL104",
            Wording(f"{show(target)} has no fields", f"{show(target)} 没有字段"),
            help=_function_for(node.name, target),
        )
    near = nearest(node.name, names)
    some = "、".join(near_names(node.name, names))
    return findings.report_at(
        start,
        node.end,
        "DL104",
        Wording(f"{show(target)} has no field `{node.name}`", f"{show(target)} 没有字段 `{node.name}`"),
        label=_did_you_mean(near),
        help=None if near else Wording(f"it has {some} …", f"它有 {some} 等字段"),
        replacement=near,
    )


def _did_you_mean(near: str | None) -> Wording | None:
    return None if near is None else Wording(f"did you mean `{near}`?", f"是否想写 `{near}`？")


def _function_for(name: str, target: Type) -> Wording | None:
    if name in ("length", "size", "count", "len") and kind_word(target) in ("text", "list"):
        return Wording("its length is `len(x)`", "长度写作 `len(x)`")
    return None


def index(node: Index, target: Type, place: Type, findings: Findings) -> Type:
    """The type of `target[place]`: an item of a list or text must exist, a key of a map may be missing."""
    target = findings.needed(node.target, target)
    place = findings.needed(node.index, place, in_operator=False)
    if isinstance(target, ErrorType) or isinstance(place, ErrorType):
        return ErrorType()
    match target:
        case AnyType():
            wanted: tuple[str, ...] = ("int", "text")
        case _ if kind_word(target) in ("list", "text"):
            wanted = ("int",)
        case MapType() | RecordType() | MediaType():
            wanted = ("text",)
        case _:
            return findings.report(
                "DL201",
                node.target,
                Wording(f"{show(target)} has no items", f"{show(target)} 没有可以取的项"),
            )
    if kind_word(place) not in ("any", *wanted):
        return _wrong_place(node, target, place, wanted, findings)
    return _indexed(node, target, findings)


def _indexed(node: Index, target: Type, findings: Findings) -> Type:
    match target:
        case ListType(item=item):
            return item
        case MapType(item=item):
            return optional(item)
        case RecordType():
            key = node.index.value if isinstance(node.index, Literal) else None
            if not isinstance(key, str):
                return AnyType()
            known = field_type(target, key)
            at_key = Field(node.target, key, node.index.start, node.index.end)
            return _unknown_field(at_key, target, findings) if known is None else known
        case _ if is_textual(target):
            return TextType()
        case _:
            return AnyType()


def _wrong_place(node: Index, target: Type, place: Type, wanted: tuple[str, ...], findings: Findings) -> Type:
    words = " | ".join(wanted)
    return findings.report(
        "DL201",
        node.index,
        Wording(
            f"{show(target)} takes {words} in `[…]`, this is {show(place)}",
            f"{show(target)} 的 `[…]` 里应为 {words}，这是 {show(place)}",
        ),
    )


def slice_type(node: Slice, target: Type, bounds: tuple[tuple[Node, Type], ...], findings: Findings) -> Type:
    """The type of `target[low:high]`."""
    target = findings.needed(node.target, target)
    for bound, kind in bounds:
        needed = findings.needed(bound, kind, in_operator=False)
        if not isinstance(needed, (IntType, AnyType, ErrorType)):
            findings.report(
                "DL201",
                bound,
                Wording(f"a place must be int, this is {show(needed)}", f"位置应为 int，这是 {show(needed)}"),
            )
    match target:
        case ListType() | AnyType() | ErrorType():
            return target
        case _ if is_textual(target):
            return TextType()
        case _:
            return findings.report(
                "DL201",
                node.target,
                Wording(
                    f"only a list or a text has parts, this is {show(target)}",
                    f"只有列表和文本能取一段，这是 {show(target)}",
                ),
            )
