"""Plans of what to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from interpreter.expr.env import Closure, TextClosure


class SayWords(Struct, frozen=True, gc=False):
    """A text without holes; in every locale the same."""

    text: str


class SayText(Struct, frozen=True, gc=False):
    """A text with holes; in every locale the same."""

    text: TextClosure


class SayOneOf(Struct, frozen=True, gc=False):
    """One of several; `id` is the name its counter is kept under."""

    id: str
    mode: Literal["random", "sequence", "cycle", "shuffle", "once"]
    items: tuple[ReplyPlan, ...]
    by_try: bool = False
    """Counted by the tries of the running wait instead (in `invalid` and `refused`)."""


class SayByLocale(Struct, frozen=True, gc=False):
    """One per locale; `default` is the bot's first locale that has one."""

    plans: Mapping[str, ReplyPlan]
    default: str


class ArticlePlan(Struct, frozen=True, gc=False):
    """One article, or one per item of a list: `each` is (local name, list)."""

    title: TextClosure | None
    text: TextClosure | None
    pic: TextClosure | None
    url: TextClosure | None
    each: tuple[str, Closure] | None = None


class SayNews(Struct, frozen=True, gc=False):
    """News articles."""

    articles: tuple[ArticlePlan, ...]


class SayMusic(Struct, frozen=True, gc=False):
    """Music."""

    title: TextClosure | None
    text: TextClosure | None
    url: TextClosure | None
    hq: TextClosure | None
    thumb: TextClosure | None


class SayMedia(Struct, frozen=True, gc=False):
    """An image, a voice or a video."""

    kind: Literal["image", "voice", "video"]
    id: TextClosure
    title: TextClosure | None = None
    text: TextClosure | None = None


class SayTransfer(Struct, frozen=True, gc=False):
    """Handing over to human customer service."""

    account: TextClosure | None


class SayNothing(Struct, frozen=True, gc=False):
    """Silence."""


ReplyPlan = SayWords | SayText | SayOneOf | SayByLocale | SayNews | SayMusic | SayMedia | SayTransfer | SayNothing
