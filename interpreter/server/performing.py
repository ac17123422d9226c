"""Who does everything a bot asks for: services over HTTP, and WeChat's API.

What is sent to a user goes out in order, a long text in parts. A message counts as refused only when it is certain
that nothing of it was sent; then it may go another way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from interpreter.catalogue.allowances import act_of
from interpreter.catalogue.arguments import parameters
from interpreter.catalogue.codes import describe_code
from interpreter.catalogue.methods import find_method
from interpreter.diagnostics.wording import Wording
from interpreter.machine.effects import CallApi, CallService, LogLine, Send, SentMessage
from interpreter.machine.events import Message
from interpreter.machine.media import media_of_send, send_with_media
from interpreter.machine.replies import (
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)
from interpreter.program.media import media_name
from interpreter.runtime.about import about
from interpreter.runtime.performer import Call, Completed, EffectPerformer, Failed, Outcome, ServiceCaller
from interpreter.values import Value
from interpreter.wechat.api.client import ApiClient
from interpreter.wechat.api.errors import ApiError, ApiFailure, CallRefused, NoAnswer
from interpreter.wechat.api.media import MediaKind, MediaShelf
from interpreter.wechat.api.requests import Upload
from interpreter.wechat.api.transport import Download
from interpreter.wechat.api.windows import Windows
from interpreter.wechat.splitting import split_text
from interpreter.wechat.xml import legal

_log = logging.getLogger("interpreter.server")

Step = tuple[str, dict[str, object]]
"""A method of the API and its arguments."""


class ApiPerformer:
    """Performs what a bot asks for, for one of its accounts."""

    def __init__(
        self,
        bot: str,
        services: ServiceCaller,
        client: ApiClient,
        *,
        shelf: MediaShelf | None = None,
        files: Callable[[str], Path | None] = lambda _: None,
        windows: Windows | None = None,
    ) -> None:
        self._bot = bot
        self._effects = EffectPerformer(bot, services)
        self._client = client
        self._shelf = shelf
        self._files = files
        self._windows = windows

    def hear(self, message: Message) -> None:
        """A user's message has come: it may allow some to be sent."""
        if self._windows is not None:
            is_choice = bool(message.raw.get("bizmsgmenuid"))
            act = act_of(message.type, message.event, is_menu_message=is_choice)
            self._windows.hear(message.user, act, message.time)

    async def call(self, effect: Call) -> Outcome:
        """Do it and say how it went."""
        match effect:
            case CallService():
                return await self._effects.call(effect)
            case CallApi(method=method, arguments=arguments):
                try:
                    given = self._with_files(method, arguments)
                except CallRefused as refused:
                    return _failed(refused, "refused")
                return await self._call(method, given, refused="api")
            case _:
                assert_never(effect)

    def forget(self, call: CallService) -> None:
        """Do not use the answer of a call again."""
        self._effects.forget(call)

    def log(self, line: LogLine) -> None:
        """Write a line of the author's."""
        self._effects.log(line)

    async def deliver(self, send: Send, key: str) -> Outcome:
        """Send a message to a user and say how it went."""
        if isinstance(send.reply, TransferReply):
            return Failed("refused", "a transfer to an agent can only answer a message")
        try:
            send = await self._with_media(send)
        except ApiFailure as failure:
            return Failed("refused", str(failure))
        has_sent = False
        for method, arguments in sending(send, key):
            outcome = await self._call(method, arguments, refused="refused")
            if isinstance(outcome, Failed):
                return replace(outcome, kind="api") if has_sent else outcome
            has_sent = True
        return Completed(None)

    async def media_id(self, name: str, kind: MediaKind) -> str:
        """The media id of a file of the bot's.

        Raises:
            ApiFailure: it cannot be had.
        """
        path = self._file(name)
        assert self._shelf is not None, "files without a shelf"
        return await self._shelf.media_id(path, kind)

    async def find_media(self, name: str, kind: MediaKind) -> str | None:
        """The media id of a file of the bot's; None when it cannot be had, which is logged."""
        try:
            return await self.media_id(name, kind)
        except ApiFailure as failure:
            why = describe_code(failure.code).en if isinstance(failure, ApiError) else failure
            _log.warning(
                "%s: the file %s cannot be sent: %s", self._bot, name, why, extra=about(self._bot, error=str(why))
            )
            return None

    async def close(self) -> None:
        """Let go of all connections."""
        await self._client.close()

    def _with_files(self, name: str, arguments: Mapping[str, Value]) -> Mapping[str, object]:
        """Arguments with the bot's own files in place of their names; no other file can be sent.

        A path is no name: it may come from a user.
        """
        method = find_method(name)
        given: dict[str, object] = dict(arguments)
        for field in parameters(method) if method is not None else ():
            if field.kind in ("file", "bytes") and given.get(field.name) is not None:
                written = str(given[field.name])
                path = self._file(media_name(written) or written)
                given[field.name] = Upload(path, path.name, follows_links=False)
        return given

    def _file(self, name: str) -> Path:
        path = self._files(name)
        if path is None:
            raise CallRefused("", "arguments", Wording(f"there is no file called {name}", f"没有名为 {name} 的文件"))
        return path

    async def _with_media(self, send: Send) -> Send:
        """A message with the media ids of the files it sends."""
        ids = {use: await self.media_id(*use) for use in media_of_send(send)}
        return send_with_media(send, ids)

    async def _call(self, method: str, arguments: Mapping[str, object], *, refused: str) -> Outcome:
        try:
            answer = await self._client.call(method, arguments)
        except ApiFailure as failure:
            return _failed(failure, refused)
        if isinstance(answer, Download):
            return Completed({"type": answer.type, "name": answer.name, "size": answer.size})
        return Completed(answer)


def sending(send: Send, key: str) -> Iterator[Step]:
    """The calls that send a message, in order; none for a message that says nothing."""
    if send.template is not None:
        yield "template.send_template", _template(send, key)
    elif send.message is not None:
        yield _message(send.to, send.message, send.agent)
    elif send.reply is not None:
        for method, content in _reply(send.reply):
            yield f"customer_message.send_{method}", _customer(send.to, method, content, send.agent)


def _reply(reply: Reply) -> Iterator[tuple[str, dict[str, object]]]:
    """A reply as customer messages: the kind and its content."""
    match reply:
        case TextReply(text=text):
            for part in split_text(legal(text)):
                yield "text", {"content": part}
        case ImageReply(media_id=media_id):
            yield "image", {"media_id": media_id}
        case VoiceReply(media_id=media_id):
            yield "voice", {"media_id": media_id}
        case VideoReply(media_id=media_id, title=title, text=text):
            yield "video", _without_blanks({"media_id": media_id, "title": title, "description": text})
        case MusicReply(title=title, text=text, url=url, hq=hq, thumb=thumb):
            about = {"title": title, "description": text, "thumb_media_id": thumb}
            yield "music", _without_blanks({"musicurl": url, "hqmusicurl": hq or url, **about})
        case NewsReply(articles=articles):
            # since 2018 a customer message takes one article
            for it in articles:
                about = {"title": it.title, "description": it.text, "url": it.url, "picurl": it.pic}
                yield "news", {"articles": [_without_blanks(about)]}
        case TransferReply():
            return
        case _:
            assert_never(reply)


def _message(user: str, message: SentMessage, agent: str) -> Step:
    """A message that no reply can be."""
    parts = message.parts
    match message.kind:
        case "choices":
            choices = [{"id": id, "content": text} for id, text in message.entries.items()]
            around = {"head_content": parts.get("head"), "tail_content": parts.get("tail")}
            content: dict[str, object] = {**around, "list": choices}
            return "customer_message.send_msgmenu", _customer(user, "msgmenu", content, agent)
        case "mini_page":
            content = {"title": parts.get("title"), "appid": parts.get("app_id")}
            content |= {"pagepath": parts.get("page"), "thumb_media_id": parts.get("thumb")}
            return "customer_message.send_miniprogrampage", _customer(user, "miniprogrampage", content, agent)
        case "card":
            content = _without_blanks({"card_id": parts.get("id", ""), "card_ext": parts.get("ext", "")})
            return "customer_message.send_card", _customer(user, "wxcard", content, agent)
        case "article":
            content = {"article_id": parts.get("id")}
            return "customer_message.send_mpnewsarticle", _customer(user, "mpnewsarticle", content, agent)
        case "typing":
            command = "CancelTyping" if parts.get("state") == "false" else "Typing"
            return "customer_message.send_typing", {"touser": user, "command": command}
        case "subscribe":
            notice: dict[str, object] = {"touser": user, "template_id": parts.get("template")}
            notice |= _without_blanks({"page": parts.get("url", "")})
            notice |= _mini_program(parts)
            return "subscribe_notice.send_notice", {**notice, "data": dict(message.entries)}
        case _:
            assert_never(message.kind)


def _template(send: Send, key: str) -> dict[str, object]:
    """A template message; by its `client_msg_id` WeChat recognizes one that comes twice."""
    content: dict[str, object] = {"touser": send.to, "template_id": send.template}
    content |= _without_blanks({"url": send.url or ""})
    content |= _mini_program(send.mini)
    return {**content, "data": dict(send.data), "client_msg_id": key.replace(":", "-")}


def _mini_program(parts: Mapping[str, str]) -> dict[str, object]:
    if not parts.get("app_id"):
        return {}
    return {"miniprogram": _without_blanks({"appid": parts["app_id"], "pagepath": parts.get("page", "")})}


def _customer(user: str, kind: str, content: Mapping[str, object], agent: str) -> dict[str, object]:
    message: dict[str, object] = {"touser": user, kind: dict(content)}
    return {**message, "customservice": {"kf_account": agent}} if agent else message


def _without_blanks(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in ("", None)}


def _failed(failure: ApiFailure, refused: str) -> Failed:
    """A failure as an outcome; `refused` is what it is called when certainly nothing was done."""
    code = failure.code if isinstance(failure, (ApiError, CallRefused)) else None
    status = failure.status if isinstance(failure, NoAnswer) else None
    kind: str = failure.kind if isinstance(failure, NoAnswer) else "api"
    if kind == "garbled":
        kind = "network"
    if failure.is_certain and (refused == "refused" or isinstance(failure, CallRefused)):
        kind = "refused"
    return Failed(kind, str(failure), status, code, is_ours=isinstance(failure, CallRefused))
