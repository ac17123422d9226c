"""Replies as the XML that answers a request.

WeChat takes one passive reply for a message. The first reply goes out this way, cut to what WeChat accepts; the rest is
handed back for whoever can deliver it later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from msgspec import Struct

from interpreter.machine.events import Message
from interpreter.machine.replies import (
    Article,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)
from interpreter.wechat.splitting import MAX_BYTES, split_text
from interpreter.wechat.xml import cdata, contained, legal, needs_no_care

SUCCESS = b"success"
"""Received, and nothing to say."""
ARTICLES_FOR_MESSAGE = 1
ARTICLES_FOR_EVENT = 8
_SHORT = MAX_BYTES // 4
"""Characters that always fit."""


class PassiveReply(Struct, frozen=True, gc=False):
    """The body of the answer, what it says, and what did not fit into it."""

    body: bytes
    rest: tuple[Reply, ...] = ()
    first: Reply | None = None


def write_passive(message: Message, replies: Sequence[Reply], now: int) -> PassiveReply:
    """The answer to a message: its first reply that says anything, or `success`; `now` is in seconds."""
    if len(replies) == 1 and isinstance(replies[0], TextReply):  # as nearly always
        user, account, text = message.user, message.account, replies[0].text.rstrip()
        if text and len(text) <= _SHORT and needs_no_care(f"{user}{account}{text}"):
            return PassiveReply(_envelope(user, account, now, _text(text)), (), replies[0])
    for index, reply in enumerate(replies):
        first, left = _fit(reply, message)
        if first is not None:
            return PassiveReply(_answer(message, now, first), (*left, *replies[index + 1 :]), first)
    return PassiveReply(SUCCESS)


def _fit(reply: Reply, message: Message) -> tuple[Reply | None, tuple[Reply, ...]]:
    """What of a reply can be passive, and what is left of it; None when it says nothing."""
    match reply:
        case TextReply(text=text):
            parts = split_text(legal(text))
            return (TextReply(parts[0]), tuple(map(TextReply, parts[1:]))) if parts else (None, ())
        case NewsReply(articles=articles):
            limit = ARTICLES_FOR_EVENT if message.type == "event" else ARTICLES_FOR_MESSAGE
            left = (NewsReply(articles[limit:]),) if len(articles) > limit else ()
            return (NewsReply(articles[:limit]), left) if articles else (None, ())
        case _:
            return reply, ()


def _answer(message: Message, now: int, reply: Reply) -> bytes:
    return _envelope(contained(message.user), contained(message.account), now, _content(reply))


def _envelope(user: str, account: str, now: int, content: str) -> bytes:
    """An answer; the names of both ends are `contained`."""
    return (
        f"<xml><ToUserName><![CDATA[{user}]]></ToUserName><FromUserName><![CDATA[{account}]]></FromUserName>"
        f"<CreateTime>{now}</CreateTime>{content}</xml>"
    ).encode()


def _text(text: str) -> str:
    """The content of a text that is `contained`."""
    return f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>"


def _content(reply: Reply) -> str:
    match reply:
        case TextReply(text=text):
            return _text(contained(text))
        case NewsReply(articles=articles):
            items = "".join(map(_article, articles))
            return _typed("news", f"<ArticleCount>{len(articles)}</ArticleCount><Articles>{items}</Articles>")
        case MusicReply():
            return _typed("music", f"<Music>{_music(reply)}</Music>")
        case ImageReply(media_id=media_id):
            return _typed("image", f"<Image>{_element('MediaId', media_id)}</Image>")
        case VoiceReply(media_id=media_id):
            return _typed("voice", f"<Voice>{_element('MediaId', media_id)}</Voice>")
        case VideoReply(media_id=media_id, title=title, text=text):
            about = _optional("Title", title) + _optional("Description", text)
            return _typed("video", f"<Video>{_element('MediaId', media_id)}{about}</Video>")
        case TransferReply(account=account):
            agent = f"<TransInfo>{_element('KfAccount', account)}</TransInfo>" if account else ""
            return _typed("transfer_customer_service", agent)
        case _:
            assert_never(reply)


def _article(article: Article) -> str:
    fields = {"Title": article.title, "Description": article.text, "PicUrl": article.pic, "Url": article.url}
    return f"<item>{''.join(_element(name, text) for name, text in fields.items())}</item>"


def _music(reply: MusicReply) -> str:
    """The better address defaults to the plain one; without a thumb its element must be left out."""
    return (
        _element("Title", reply.title)
        + _element("Description", reply.text)
        + _element("MusicUrl", reply.url)
        + _element("HQMusicUrl", reply.hq or reply.url)
        + _optional("ThumbMediaId", reply.thumb)
    )


def _typed(kind: str, content: str) -> str:
    return f"<MsgType><![CDATA[{kind}]]></MsgType>{content}"


def _element(name: str, text: str) -> str:
    return f"<{name}>{cdata(text)}</{name}>"


def _optional(name: str, text: str) -> str:
    return _element(name, text) if text else ""
