"""Text of the user in places where it can do more than be read: the address of a link, a header of a request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.lints.replies import addresses_of
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Expression, Name, Text
from interpreter.dialog.model.replies import Music, News
from interpreter.dialog.model.services import Operation
from interpreter.dialog.model.steps import AskStep, FetchStep, FormStep, WithArgument
from interpreter.expr.printer import print_expression
from interpreter.expr.scope import Scope, Storage
from interpreter.expr.tree import Binary, Call, Conditional, Field, Hole, Index, Node
from interpreter.expr.tree import Name as NameNode
from interpreter.types.kinds import OptionalType, TextType, Type

CODE = "DL703"

_IN_HREF = r"(?i)<a\s[^<>]*?\bhref\s*=\s*[\"']?[^\"'<>]*\Z"
_HAS_HOST = r"(?i)https?://[^/?#\s]+[/?#]"
_WRITTEN_BY_USER = ("text", "recognition", "label", "title", "url", "description")
_KEEPS_TEXT = ("trim", "upper", "lower", "capitalize", "text", "replace", "remove")


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Links and addresses in what is said, then headers of requests."""
    linking = [text for text in subject.marked_texts if _has_link(text.scalar.text)]
    addresses = [text for reply in subject.replies if isinstance(reply, (News, Music)) for text in addresses_of(reply)]
    if not linking and not addresses and not subject.bot.services:
        return
    typed_by_user = _typed_by_user(subject)
    for text in linking:
        for hole in _holes(text, subject, typed_by_user):
            before = text.scalar.text[: hole.start]
            if found := re.search(_IN_HREF, before):
                yield _in_link(text, hole, before[found.start() :])
    for text in addresses:
        for hole in _holes(text, subject, typed_by_user):
            yield _in_link(text, hole, text.scalar.text[: hole.start])
    yield from _headers(subject, typed_by_user)


def _has_link(text: str) -> bool:
    return "<" in text and "href" in text.casefold()


def _typed_by_user(subject: Subject) -> frozenset[str]:
    """Names of captures and answers that hold whatever a user wrote."""
    captures = (capture for rule in subject.rules for capture in subject.analysis.captures(rule))
    names = {capture.name for capture in captures if _is_free(capture.type)}
    for step in subject.steps:
        questions = (step.question,) if isinstance(step, AskStep) else step.fields if isinstance(step, FormStep) else ()
        names |= {each.into.text for each in questions if each.into and (each.type is None or _is_free(each.type))}
    return frozenset(names)


def _is_free(kind: Type) -> bool:
    return kind == TextType() or (isinstance(kind, OptionalType) and kind.inner == TextType())


def _holes(text: Text, subject: Subject, typed_by_user: frozenset[str]) -> Iterator[Hole]:
    """The holes of a text that print what a user wrote."""
    typed = subject.analysis.text(text)
    for hole in text.template.holes if typed is not None else ():
        if typed is not None and _is_tainted(hole.node, typed.scope, typed_by_user):
            yield hole


def _is_tainted(node: Node, scope: Scope, typed_by_user: frozenset[str]) -> bool:
    match node:
        case NameNode(name=name):
            binding = scope.bindings.get(name)
            if binding is None:
                return False
            if name == "text" and binding.storage is Storage.ROOT:
                return True
            return name in typed_by_user and binding.storage is not Storage.ROOT and _is_free(binding.type)
        case Field(target=NameNode(name="message"), name=name):
            return name in _WRITTEN_BY_USER
        case Index(target=NameNode(name="match")):
            return True
        case Binary(operator="+" | "??", left=left, right=right):
            return _is_tainted(left, scope, typed_by_user) or _is_tainted(right, scope, typed_by_user)
        case Conditional(then=then, otherwise=otherwise):
            return _is_tainted(then, scope, typed_by_user) or _is_tainted(otherwise, scope, typed_by_user)
        case Call(function=function, arguments=[first, *_]) if function in _KEEPS_TEXT:
            return _is_tainted(first.value, scope, typed_by_user)
        case _:
            return False


def _in_link(text: Text, hole: Hole, before: str) -> Diagnostic:
    shown = print_expression(hole.node)
    if re.search(_HAS_HOST, before):
        advice = Wording(f"write `$(url_encode({shown}))`", f"请写 `$(url_encode({shown}))`")
    else:
        advice = Wording(
            "write the host out, and let the user's text stand only behind it, in `url_encode(…)`",
            "请直接写明主机，用户的文本只放在后面并用 `url_encode(…)` 编码",
        )
    return Diagnostic(
        CODE,
        text.scalar.place(hole.start, hole.end),
        Wording(
            f"`{shown}` is what a user wrote; inside an address it can lead elsewhere",
            f"`{shown}` 是用户写的内容，放进网址里可能指向别处",
        ),
        label=Wording("text of the user in a link", "链接里有用户的文本"),
        help=advice,
    )


def _headers(subject: Subject, typed_by_user: frozenset[str]) -> Iterator[Diagnostic]:
    services = subject.bot.services
    for step in subject.steps:
        if not isinstance(step, FetchStep) or step.service.text not in services:
            continue
        operation = services[step.service.text].operations.get(step.operation.text)
        if operation is None or not operation.headers:
            continue
        for parameter, value in _bound(operation, step):
            typed = subject.analysis.typed(value)
            header = _header_with(operation, parameter)
            if header and typed and _is_tainted(value.node, typed.scope, typed_by_user):
                yield _in_header(value, header)


def _bound(operation: Operation, step: FetchStep) -> Iterator[tuple[str, Expression]]:
    """Each argument with the parameter that it is for."""
    names = [parameter.name.text for parameter in operation.parameters]
    position = 0
    for each in step.arguments:
        if isinstance(each, WithArgument):
            yield each.name.text, each.value
        elif position < len(names):
            yield names[position], each
            position += 1


def _header_with(operation: Operation, parameter: str) -> Name | None:
    """The header in which a parameter stands as it is."""
    for name, text in operation.headers:
        if any(isinstance(hole.node, NameNode) and hole.node.name == parameter for hole in text.template.holes):
            return name
    return None


def _in_header(value: Expression, header: Name) -> Diagnostic:
    node = value.node
    shown = print_expression(node)
    return Diagnostic(
        CODE,
        value.scalar.place(value.offset + node.start, value.offset + node.end),
        Wording(
            f"`{shown}` is what a user wrote, and goes into the header `{header.text}` as it is",
            f"`{shown}` 是用户写的内容，会原样放进请求头 `{header.text}`",
        ),
        label=Wording("text of the user in a header", "请求头里有用户的文本"),
        help=Wording(
            f"write `url_encode({shown})`, or send it in `query`", f"请写 `url_encode({shown})`，或放到 `query` 里"
        ),
    )
