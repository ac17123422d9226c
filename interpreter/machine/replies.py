"""What a bot says: replies as data, before any of WeChat's formats."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextReply:
    """A text; not yet cut to WeChat's 2,048 bytes."""

    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One news article."""

    title: str
    text: str = ""
    pic: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class NewsReply:
    """News articles, at least one."""

    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class MusicReply:
    """A piece of music; `hq` is the address for Wi-Fi, `thumb` a media id."""

    title: str = ""
    text: str = ""
    url: str = ""
    hq: str = ""
    thumb: str = ""


@dataclass(frozen=True, slots=True)
class ImageReply:
    """An image by media id."""

    media_id: str


@dataclass(frozen=True, slots=True)
class VoiceReply:
    """A voice by media id."""

    media_id: str


@dataclass(frozen=True, slots=True)
class VideoReply:
    """A video by media id."""

    media_id: str
    title: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class TransferReply:
    """The conversation goes to human customer service: to anyone, or to one account."""

    account: str | None = None


Reply = TextReply | NewsReply | MusicReply | ImageReply | VoiceReply | VideoReply | TransferReply
