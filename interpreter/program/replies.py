"""Plans of what to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from interpreter.expr.env import Closure, TextClosure


@dataclass(frozen=True, slots=True)
class SayWords:
    """A text without holes; in every locale the same."""

    text: str


@dataclass(frozen=True, slots=True)
class SayText:
    """A text with holes; in every locale the same."""

    text: TextClosure


@dataclass(frozen=True, slots=True)
class SayOneOf:
    """One of several; `id` is the name its counter is kept under."""

    id: str
    mode: Literal["random", "sequence", "cycle", "shuffle", "once"]
    items: tuple[ReplyPlan, ...]
    by_try: bool = False
    """Counted by the tries of the running wait instead (in `invalid` and `refused`)."""


@dataclass(frozen=True, slots=True)
class SayByLocale:
    """One per locale; `default` is the bot's first locale that has one."""

    plans: Mapping[str, ReplyPlan]
    default: str


@dataclass(frozen=True, slots=True)
class ArticlePlan:
    """One article, or one per item of a list: `each` is (local name, list)."""

    title: TextClosure | None
    text: TextClosure | None
    pic: TextClosure | None
    url: TextClosure | None
    each: tuple[str, Closure] | None = None


@dataclass(frozen=True, slots=True)
class SayNews:
    """News articles."""

    articles: tuple[ArticlePlan, ...]


@dataclass(frozen=True, slots=True)
class SayMusic:
    """Music."""

    title: TextClosure | None
    text: TextClosure | None
    url: TextClosure | None
    hq: TextClosure | None
    thumb: TextClosure | None


@dataclass(frozen=True, slots=True)
class SayMedia:
    """An image, a voice or a video."""

    kind: Literal["image", "voice", "video"]
    id: TextClosure
    title: TextClosure | None = None
    text: TextClosure | None = None


@dataclass(frozen=True, slots=True)
class SayTransfer:
    """Handing over to human customer service."""

    account: TextClosure | None


@dataclass(frozen=True, slots=True)
class SayNothing:
    """Silence."""


ReplyPlan = SayWords | SayText | SayOneOf | SayByLocale | SayNews | SayMusic | SayMedia | SayTransfer | SayNothing
