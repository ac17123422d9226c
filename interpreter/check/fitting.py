"""Values that an author wrote out, held against the type they are stored as: what a type alone cannot tell.

That `"123"` is a text is all its type says; that it is no phone number shows only when it is read as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from msgspec import Struct
from msgspec.structs import replace

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Expression
from interpreter.expr.assignable import assignable
from interpreter.expr.constant_values import constant_value
from interpreter.expr.inference import infer
from interpreter.expr.printer import print_literal
from interpreter.expr.scope import Scope
from interpreter.expr.tree import Binary, Conditional, ListNode, Literal, MapNode, Node
from interpreter.types.answers import fits, read_part
from interpreter.types.kinds import (
    EntityType,
    EnumType,
    ListType,
    MapType,
    TextType,
    Type,
    is_textual,
    optional,
    required,
    show,
)
from interpreter.types.lexicon import Lexicon
from interpreter.values import Value, print_value

_FORMS = {
    "phone": Wording(
        "a phone number has 11 digits, as in China, or `+` and the code of its country in front",
        "手机号是 11 位数字，境外号码以 `+` 和国家代码开头",
    ),
    "email": Wording("a mail address is written `name@example.com`", "邮箱写作 `name@example.com`"),
    "url": Wording("an address begins with `https://` or `http://`", "网址以 `https://` 或 `http://` 开头"),
    "idcard": Wording(
        "an identity card number has 18 characters, of which the last one must agree with the others",
        "身份证号共 18 位，且最后一位校验码必须正确",
    ),
}
_QUOTES = Wording("this is a number: the quotes of a text are missing", "这是数字：少了文本的引号")
_MOST_NAMED = 9
_NOTHING = Scope({})
"""What a constant sees."""


class Misfit(Struct, frozen=True):
    """A part of an expression that gives what its place never takes; `constant` is its value, if that is known."""

    node: Node
    wanted: Type
    found: Type
    constant: Literal | None
    is_whole: bool
    """Whether it stands for the whole value, not for an item of it."""
    digits: str | None = None
    """A number that has only digits, as it is written: with the zeros in front that are none of its value's."""

    @property
    def shown(self) -> str:
        """What it gives, for a message: the value if that can be written, else its type."""
        if self.digits is not None:
            return self.digits
        if self.constant is None or isinstance(self.constant.value, (list, tuple, dict)):
            return show(self.found)
        return print_literal(self.constant.value)


def find_misfits(value: Expression, wanted: Type, found: Type, lexicon: Lexicon) -> tuple[Misfit, ...]:
    """What of an expression of the type `found` can never be stored as `wanted`."""
    fit = assignable(wanted, found)
    if fit is True:
        return ()
    misfits = tuple(_with_digits(each, value) for each in _misfits(value.node, wanted, found, lexicon, is_whole=True))
    if misfits or fit is None:
        return misfits
    return (Misfit(value.node, wanted, found, None, is_whole=True),)


def _with_digits(misfit: Misfit, value: Expression) -> Misfit:
    node, text = misfit.node, value.scalar.text
    written = text[value.offset + node.start : value.offset + node.end]
    is_number = isinstance(node, Literal) and isinstance(node.value, int) and written.isdecimal()
    return replace(misfit, digits=written) if is_number else misfit


def _misfits(node: Node, wanted: Type, found: Type, lexicon: Lexicon, *, is_whole: bool) -> Iterator[Misfit]:
    inner = required(wanted)
    match node:
        case ListNode(items=items) if isinstance(inner, ListType):
            for item in items:
                yield from _misfits(item, inner.item, found, lexicon, is_whole=False)
        case MapNode(entries=entries) if isinstance(inner, MapType):
            for _, item in entries:
                yield from _misfits(item, inner.item, found, lexicon, is_whole=False)
        case Conditional(then=then, otherwise=otherwise):
            for branch in (then, otherwise):
                yield from _misfits(branch, wanted, found, lexicon, is_whole=is_whole)
        case Binary(operator="??", left=left, right=right):
            yield from _misfits(left, optional(wanted), found, lexicon, is_whole=is_whole)
            yield from _misfits(right, wanted, found, lexicon, is_whole=is_whole)
        case _:
            constant = constant_value(node)
            if constant is not None and not fits(wanted, constant.value, lexicon):
                kind = found if is_whole else infer(node, _NOTHING).type
                yield Misfit(node, wanted, kind, constant, is_whole)


def misfit_problem(code: str, misfit: Misfit, message: Wording, name: str, declared: Type, lexicon: Lexicon) -> Problem:
    """A misfit as a finding; `message` is for one that stands for the whole value of `name`."""
    if not misfit.is_whole:
        kind, wanted = show(declared), show(misfit.wanted)
        message = Wording(
            f"`{name}` is {kind}, and {misfit.shown} in it is not {wanted}",
            f"`{name}` 的类型是 {kind}，而其中的 {misfit.shown} 不是 {wanted}",
        )
    value = misfit.constant.value if misfit.constant is not None else None
    wants_text = is_textual(required(misfit.wanted))
    meant = meant_value(misfit.wanted, misfit.digits if misfit.digits and wants_text else value, lexicon)
    is_quoted = meant is not None and misfit.digits is not None and meant == print_literal(misfit.digits)
    near = nearest(value, names_of(misfit.wanted, lexicon)) if meant is None and isinstance(value, str) else None
    return Problem(
        code,
        misfit.node.start,
        misfit.node.end,
        message,
        label=_QUOTES if is_quoted else Wording(f"did you mean `{near}`?", f"是否想写 `{near}`？") if near else None,
        help=form_help(misfit.wanted, lexicon) if meant is None and near is None else None,
        replacement=print_literal(near) if near else meant,
        is_sure=near is None and not isinstance(value, (int, float)),
    )


def meant_value(wanted: Type, value: Value, lexicon: Lexicon) -> str | None:
    """What a constant that does not fit was meant to be, in the language's own notation: `date("2026-01-02")`."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and is_textual(required(wanted)):
        value = print_value(value)
    if not isinstance(value, str):
        return None
    read = read_part(wanted, value, lexicon)
    if read is None or isinstance(read, (list, tuple, dict)):
        return None
    if isinstance(read, (date, time)):
        kind = "datetime" if isinstance(read, datetime) else "date" if isinstance(read, date) else "time"
        return f'{kind}("{print_value(read)}")'
    return print_literal(read)


def names_of(wanted: Type, lexicon: Lexicon) -> tuple[str, ...]:
    """The values an enumeration or an entity has."""
    match required(wanted):
        case EnumType(values=values):
            return values
        case EntityType(name=name):
            return tuple(lexicon.entities.get(name, ()))
        case _:
            return ()


def form_help(wanted: Type, lexicon: Lexicon) -> Wording | None:
    """What values of a type look like, where its name does not tell."""
    match required(wanted):
        case TextType(digits=int(count)):
            return Wording(f"write {count} digits", f"请写 {count} 位数字")
        case TextType(form=str(form)):
            return _FORMS.get(form)
        case EntityType(name=name):
            names = tuple(lexicon.entities.get(name, ()))
            more = " …" if len(names) > _MOST_NAMED else ""
            english, chinese = ", ".join(names[:_MOST_NAMED]), "、".join(names[:_MOST_NAMED])
            return Wording(f"{name} are {english}{more}", f"{name} 有：{chinese}{more}")
        case _:
            return None
