"""DL507: more articles than WeChat shows: one in answer to a message, eight in answer to an event."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.account_powers import all_are_wecom
from interpreter.check.lints.speech import forms
from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import nested
from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.replies import Article, News
from interpreter.dialog.model.rules import Rule
from interpreter.dialog.model.steps import ReplyStep, Steps
from interpreter.source.spans import Span

CODE = "DL507"
MOST_ARTICLES = 8


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Articles that are written one by one: how many a list gives is not known."""
    too_many: set[int] = set()
    for said in subject.said:
        if isinstance(said.reply, News) and len(_written(said.reply)) > MOST_ARTICLES:
            too_many.add(id(said.reply))
            yield _too_many(said.reply)
    if all_are_wecom(subject.bot) or not any(isinstance(said.reply, News) for said in subject.said):
        return
    for said in subject.said:
        if said.is_sent and isinstance(said.reply, News) and len(_written(said.reply)) > 1:
            too_many.add(id(said.reply))
            yield _sent(said.reply)
    for rule in subject.rules:
        trigger = _message_trigger(rule)
        if trigger is not None:
            for news in _news(rule.steps):
                if id(news) not in too_many and len(_written(news)) > 1:
                    yield _surplus(news, trigger)


def _written(news: News) -> list[Article]:
    return [article for article in news.articles if article.each is None]


def _message_trigger(rule: Rule) -> Span | None:
    """Where a rule says that it answers messages."""
    for leaf in rule.trigger.patterns:
        return leaf.scalar.span
    for name in rule.trigger.messages:
        if name.text not in ("event", "any"):
            return name.span
    return rule.name.span if rule.label is not None else None


def _news(steps: Steps) -> Iterator[News]:
    for step in nested(steps):
        if isinstance(step, ReplyStep):
            for form in forms(step.reply):
                if isinstance(form, News):
                    yield form


def _too_many(news: News) -> Diagnostic:
    return Diagnostic(
        CODE,
        _written(news)[MOST_ARTICLES].span,
        Wording(
            f"{len(_written(news))} articles in one reply, WeChat takes {MOST_ARTICLES}",
            f"一次回复了 {len(_written(news))} 条图文，微信最多允许 {MOST_ARTICLES} 条",
        ),
        help=Wording(
            "keep the most important ones, or link to a page that lists all",
            "请只留最重要的，或链接到列出全部内容的网页",
        ),
        own_severity=Severity.ERROR,
    )


def _sent(news: News) -> Diagnostic:
    return Diagnostic(
        CODE,
        _written(news)[1].span,
        Wording("a message that is sent holds one article", "主动发送的消息只能有一条图文"),
        help=Wording("send one article that leads to the others", "请发送一条引向其余内容的图文"),
        notes=(Wording("the platform would answer 45008", "微信会返回 45008"),),
    )


def _surplus(news: News, trigger: Span) -> Diagnostic:
    return Diagnostic(
        CODE,
        _written(news)[1].span,
        Wording(
            "WeChat shows one article in answer to a message and drops the others",
            "回复用户消息时微信只显示一条图文，其余会被丢弃",
        ),
        related=(Label(trigger, Wording("this answers messages", "这条规则回答用户的消息")),),
        help=Wording(
            "let one article lead to the others, or pick one with a list of replies",
            "请用一条图文引向其余内容，或用回复列表每次选一条",
        ),
        notes=(Wording("an event may be answered with up to eight", "回复事件时最多可以有八条"),),
    )
