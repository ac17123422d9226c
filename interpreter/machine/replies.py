"""What a bot says: replies as data, before any of WeChat's formats."""

from __future__ import annotations

from msgspec import Struct


class TextReply(Struct, frozen=True, gc=False):
    """A text; not yet cut to WeChat's 2,048 bytes."""

    text: str


class Article(Struct, frozen=True, gc=False):
    """One news article."""

    title: str
    text: str = ""
    pic: str = ""
    url: str = ""


class NewsReply(Struct, frozen=True, gc=False):
    """News articles, at least one."""

    articles: tuple[Article, ...]


class MusicReply(Struct, frozen=True, gc=False):
    """A piece of music; `hq` is the address for Wi-Fi, `thumb` a media id."""

    title: str = ""
    text: str = ""
    url: str = ""
    hq: str = ""
    thumb: str = ""


class ImageReply(Struct, frozen=True, gc=False):
    """An image by media id."""

    media_id: str


class VoiceReply(Struct, frozen=True, gc=False):
    """A voice by media id."""

    media_id: str


class VideoReply(Struct, frozen=True, gc=False):
    """A video by media id."""

    media_id: str
    title: str = ""
    text: str = ""


class TransferReply(Struct, frozen=True, gc=False):
    """The conversation goes to human customer service: to anyone, or to one account."""

    account: str | None = None


Reply = TextReply | NewsReply | MusicReply | ImageReply | VoiceReply | VideoReply | TransferReply
