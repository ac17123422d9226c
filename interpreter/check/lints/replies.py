"""Everything a bot can say, wherever it stands, and what stands inside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.replies import Article, ByLocale, Media, Music, News, OneOf, Reply, Say, Transfer
from interpreter.dialog.model.rules import Rule, State
from interpreter.dialog.model.steps import AskStep, FormStep, ReplyStep, SendStep, Step


def replies_of(
    texts: Iterable[Reply], rules: Iterable[Rule], states: Iterable[State], steps: Iterable[Step]
) -> Iterator[Reply]:
    """Every reply that stands somewhere in these, and after it those inside it."""
    for reply in _outermost(texts, rules, states, steps):
        if isinstance(reply, Say):
            yield reply
        elif reply is not None:
            yield from within(reply)


def within(reply: Reply) -> Iterator[Reply]:
    """A reply and all inside it."""
    yield reply
    for inner in parts_of(reply):
        yield from within(inner)


def parts_of(reply: Reply) -> Iterator[Reply]:
    """The replies directly inside a reply: items, translations, the texts of media."""
    match reply:
        case OneOf(items=items):
            yield from items
        case ByLocale(replies=replies):
            yield from replies.values()
        case News(articles=articles):
            for article in articles:
                yield from _written(article.title, article.text, article.pic, article.url)
        case Music():
            yield from _written(reply.title, reply.text, reply.url, reply.hq, reply.thumb)
        case Media():
            yield from _written(reply.id, reply.title, reply.text)
        case Transfer(account=account):
            yield from _written(account)
        case _:
            return


def addresses_of(reply: Reply) -> Iterator[Text]:
    """The texts directly inside a reply that are addresses: those of articles and of music."""
    places: tuple[Reply | None, ...] = ()
    match reply:
        case News(articles=articles):
            places = tuple(place for article in articles for place in _links(article))
        case Music():
            places = (reply.url, reply.hq)
        case _:
            pass
    for place in _written(*places):
        for inner in within(place):
            if isinstance(inner, Say):
                yield inner.text


def _links(article: Article) -> tuple[Reply | None, ...]:
    return (article.pic, article.url)


def _written(*replies: Reply | None) -> Iterator[Reply]:
    return (reply for reply in replies if reply is not None)


def _outermost(
    texts: Iterable[Reply], rules: Iterable[Rule], states: Iterable[State], steps: Iterable[Step]
) -> Iterator[Reply | None]:
    yield from texts
    for rule in rules:
        yield rule.description
        yield rule.label
    for state in states:
        yield state.prompt
    for step in steps:
        match step:
            case ReplyStep(reply=reply):
                yield reply
            case SendStep(reply=reply, message=message):
                yield reply
                if message is not None:
                    yield from (part for _, part in (*message.parts, *message.entries))
            case AskStep(question=question):
                yield question.prompt
            case FormStep(fields=fields):
                for question in fields:
                    yield question.prompt
            case _:
                pass
