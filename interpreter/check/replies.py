"""Replies: every text in them."""

from __future__ import annotations

from collections.abc import Iterable

from interpreter.check import naming
from interpreter.check.routine import Routine
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Expression, Name
from interpreter.dialog.model.replies import Article, ByLocale, Media, Music, News, OneOf, Reply, Say, Silence, Transfer
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.types.kinds import (
    AnyType,
    ErrorType,
    ListType,
    Type,
    required,
)


def check_reply(reply: Reply | None, scope: Scope, routine: Routine) -> None:
    """Infer every text of a reply."""
    match reply:
        case Say(text=text):
            routine.findings.text(text, scope)
        case OneOf(items=items):
            for item in items:
                check_reply(item, scope, routine)
        case ByLocale(replies=replies):
            for item in replies.values():
                check_reply(item, scope, routine)
        case News(articles=articles):
            for article in articles:
                _check_article(article, scope, routine)
        case Music():
            _check_each((reply.title, reply.text, reply.url, reply.hq, reply.thumb), scope, routine)
        case Media():
            _check_each((reply.id, reply.title, reply.text), scope, routine)
        case Transfer(account=account):
            check_reply(account, scope, routine)
        case Silence() | None:
            pass


def loop_scope(variable: Name, items: Expression | None, scope: Scope, routine: Routine) -> Scope:
    """The scope inside `x in e`, after a report when `e` is no list."""
    routine.findings.report(naming.bad_name(variable.text, variable.span))
    item = item_type(items, scope, routine)
    return scope.with_bindings({variable.text: Binding(item, Storage.LOCAL)})


def item_type(items: Expression | None, scope: Scope, routine: Routine) -> Type:
    """The type of the items of what must be a list."""
    if items is None:
        return ErrorType()
    findings = routine.findings
    kind = findings.infer(items, scope)
    match required(kind):
        case ListType(item=item):
            findings.needed(items, kind)
            return item
        case AnyType() | ErrorType():
            return kind
        case _:
            findings.wrong_type(items, Wording("a list", "列表"), kind)
            return ErrorType()


def _check_each(replies: Iterable[Reply | None], scope: Scope, routine: Routine) -> None:
    for reply in replies:
        check_reply(reply, scope, routine)


def _check_article(article: Article, scope: Scope, routine: Routine) -> None:
    if article.each:
        scope = loop_scope(*article.each, scope, routine)
    _check_each((article.title, article.text, article.pic, article.url), scope, routine)
