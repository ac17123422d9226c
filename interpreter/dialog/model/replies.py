"""What a bot can say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from interpreter.dialog.model.leaves import Expression, Name, Text
from interpreter.source.spans import Span


class Say(Struct, frozen=True, eq=False):
    """A text."""

    text: Text


class OneOf(Struct, frozen=True, eq=False):
    """A list of replies, of which one is said."""

    mode: Literal["random", "sequence", "cycle", "shuffle", "once"]
    items: tuple[Reply, ...]
    span: Span


class ByLocale(Struct, frozen=True, eq=False):
    """One reply per locale."""

    replies: Mapping[str, Reply]
    span: Span


class Article(Struct, frozen=True, eq=False):
    """One news article; with `each`, one per item of a list."""

    title: Localized | None
    text: Localized | None
    pic: Localized | None
    url: Localized | None
    span: Span
    each: tuple[Name, Expression] | None = None


class News(Struct, frozen=True, eq=False):
    """News articles."""

    articles: tuple[Article, ...]
    span: Span


class Music(Struct, frozen=True, eq=False):
    """A piece of music."""

    title: Localized | None
    text: Localized | None
    url: Localized | None
    hq: Localized | None
    thumb: Localized | None
    span: Span


class Media(Struct, frozen=True, eq=False):
    """An image, a voice or a video, by media id or by a name from `media`."""

    kind: Literal["image", "voice", "video"]
    id: Localized | None
    title: Localized | None
    text: Localized | None
    span: Span


class Transfer(Struct, frozen=True, eq=False):
    """Handing over to human customer service, to anyone or to one account."""

    account: Localized | None
    span: Span


class Silence(Struct, frozen=True, eq=False):
    """`none`: the turn ends and nothing is said."""

    span: Span


Reply = Say | OneOf | ByLocale | News | Music | Media | Transfer | Silence


Localized = Say | ByLocale
"""A text leaf, which may be a locale map of texts."""
