"""Result types that follow from the types of the arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from interpreter.types.kinds import (
    AnyType,
    ErrorType,
    ListType,
    MapType,
    NullType,
    TextType,
    Type,
    is_textual,
    optional,
    required,
)

Rule = Callable[[Sequence[Type]], Type]


def item_of(kind: Type) -> Type:
    """What a list of this type holds, as far as is known."""
    inner = required(kind)
    return inner.item if isinstance(inner, (ListType, MapType)) else AnyType()


def same(arguments: Sequence[Type]) -> Type:
    """The type of the first argument."""
    return required(arguments[0])


def first_item(arguments: Sequence[Type]) -> Type:
    """What the first argument holds."""
    return item_of(arguments[0])


def first_item_or_null(arguments: Sequence[Type]) -> Type:
    """What the first argument holds, or null."""
    return optional(item_of(arguments[0]))


def unless_text(result: Type) -> Rule:
    """A result that is null only where the first argument is a text that cannot be read as such."""

    def rule(arguments: Sequence[Type]) -> Type:
        kind = arguments[0]
        sure = not (isinstance(kind, (AnyType, ErrorType)) or is_textual(kind))
        return result if sure else optional(result)

    return rule


def text_or_list(arguments: Sequence[Type]) -> Type:
    """A text for a text, a list of the same items for a list."""
    kind = required(arguments[0])
    if is_textual(kind):
        return TextType()
    return kind if isinstance(kind, ListType) else AnyType()


def listed(arguments: Sequence[Type]) -> Type:
    """A list as it is, and a list of anything else."""
    kind = required(arguments[0])
    if isinstance(kind, ListType):
        return kind
    return ListType(AnyType() if isinstance(kind, NullType) else kind)
