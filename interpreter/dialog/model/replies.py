"""What a bot can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from interpreter.dialog.model.leaves import Expression, Name, Text
from interpreter.source.spans import Span


@dataclass(frozen=True, slots=True, eq=False)
class Say:
    """A text."""

    text: Text


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """A list of replies, of which one is said."""

    mode: Literal["random", "sequence", "cycle", "shuffle", "once"]
    items: tuple[Reply, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ByLocale:
    """One reply per locale."""

    replies: Mapping[str, Reply]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Article:
    """One news article; with `each`, one per item of a list."""

    title: Localized | None
    text: Localized | None
    pic: Localized | None
    url: Localized | None
    span: Span
    each: tuple[Name, Expression] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """News articles."""

    articles: tuple[Article, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Music:
    """A piece of music."""

    title: Localized | None
    text: Localized | None
    url: Localized | None
    hq: Localized | None
    thumb: Localized | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Media:
    """An image, a voice or a video, by media id or by a name from `media`."""

    kind: Literal["image", "voice", "video"]
    id: Localized | None
    title: Localized | None
    text: Localized | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Transfer:
    """Handing over to human customer service, to anyone or to one account."""

    account: Localized | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Silence:
    """`none`: the turn ends and nothing is said."""

    span: Span


Reply = Say | OneOf | ByLocale | News | Music | Media | Transfer | Silence


Localized = Say | ByLocale
"""A text leaf, which may be a locale map of texts."""
