"""Lowering replies to plans."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from interpreter.compiler.callables import ConstantText, TextByLocale
from interpreter.compiler.leaves import Lowering, lower_expression, lower_text
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.replies import (
    Article,
    ByLocale,
    Localized,
    Media,
    Music,
    News,
    OneOf,
    Reply,
    Say,
    Silence,
    Transfer,
)
from interpreter.expr.env import TextClosure
from interpreter.expr.tree import Name as ExpressionName
from interpreter.program.replies import (
    ArticlePlan,
    ReplyPlan,
    SayByLocale,
    SayMedia,
    SayMusic,
    SayNews,
    SayNothing,
    SayOneOf,
    SayText,
    SayTransfer,
    SayWords,
)


class ReplyNames:
    """Names for the counters of the lists said in one place (`rules.hi:1`)."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._numbers: Iterator[int] = count(1)

    def next(self) -> str:
        """A new name."""
        return f"{self._owner}:{next(self._numbers)}"


def lower_reply(context: Lowering, reply: Reply, names: ReplyNames, *, by_try: bool = False) -> ReplyPlan:
    """The plan of a reply. With `by_try`, its sequences are counted by the tries of the wait."""
    match reply:
        case Say(text=text):
            lowered = lower_text(context, text)
            return SayWords(lowered.text) if isinstance(lowered, ConstantText) else SayText(lowered)
        case OneOf(mode=mode, items=items):
            name = names.next()
            plans = tuple(lower_reply(context, item, names, by_try=by_try) for item in items)
            return SayOneOf(name, mode, plans, by_try=by_try and mode != "random")
        case ByLocale(replies=replies):
            plans_by = {key: lower_reply(context, item, names, by_try=by_try) for key, item in replies.items()}
            return SayByLocale(plans_by, _default_locale(context, plans_by.keys()))
        case News(articles=articles):
            return SayNews(tuple(_lower_article(context, article) for article in articles))
        case Music():
            return SayMusic(
                lower_localized(context, reply.title),
                lower_localized(context, reply.text),
                lower_localized(context, reply.url),
                lower_localized(context, reply.hq),
                lower_localized(context, reply.thumb),
            )
        case Media():
            media_id = lower_localized(context, reply.id)
            assert media_id is not None
            return SayMedia(
                reply.kind, media_id, lower_localized(context, reply.title), lower_localized(context, reply.text)
            )
        case Transfer(account=account):
            return SayTransfer(lower_localized(context, account))
        case Silence():
            return SayNothing()


def _default_locale(context: Lowering, given: object) -> str:
    keys = list(given)  # type: ignore[call-overload]  # the keys of a map
    return next((locale for locale in context.bot.locales if locale in keys), keys[0] if keys else "")


def _lower_article(context: Lowering, article: Article) -> ArticlePlan:
    each = None
    if article.each is not None:
        name, items = article.each
        each = (name.text, lower_expression(context, items))
    return ArticlePlan(
        lower_localized(context, article.title),
        lower_localized(context, article.text),
        lower_localized(context, article.pic),
        lower_localized(context, article.url),
        each,
    )


def lower_localized(context: Lowering, leaf: Localized | None) -> TextClosure | None:
    """The closure of a text leaf that may be a locale map."""
    if leaf is None:
        return None
    if isinstance(leaf, Say):
        return lower_text(context, leaf.text)
    texts = {
        key: lower_localized(context, item) for key, item in leaf.replies.items() if isinstance(item, (Say, ByLocale))
    }
    return TextByLocale(texts, texts.get(_default_locale(context, texts.keys())))


def says_choices(reply: Reply | None) -> bool:
    """Whether a prompt writes `$(choices)` itself."""
    match reply:
        case Say(text=text):
            return _names_choices(text)
        case OneOf(items=items):
            return any(map(says_choices, items))
        case ByLocale(replies=replies):
            return any(map(says_choices, replies.values()))
        case _:
            return False


def _names_choices(text: Text) -> bool:
    return any(isinstance(hole.node, ExpressionName) and hole.node.name == "choices" for hole in text.template.holes)
