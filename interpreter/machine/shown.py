"""Replies as lines of text, the way tests expect them and the console shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from interpreter.machine.effects import CallApi, Send
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
from interpreter.values import Value, print_value


def shown_lines(replies: Iterable[Reply]) -> list[str]:
    """What a user is shown: the lines of texts, one `@news title` per article, `@image ID`, …; `@none` for silence."""
    lines = [line for reply in replies for line in _lines(reply)]
    return lines or ["@none"]


def shown_send(send: Send) -> str:
    """What is sent of one's own accord, in one line: as a reply is shown, or the kind of message and what tells it."""
    message = send.message
    if message is None:
        return f"template {send.template}" if send.reply is None else " ".join(shown_lines([send.reply]))
    match message.kind:
        case "choices":
            told = [message.parts.get("head", ""), *message.entries.values(), message.parts.get("tail", "")]
            return " / ".join(["@choices", *filter(None, told)]).replace(" / ", " ", 1)
        case "subscribe":
            return f"subscribe {message.parts['template']}"
        case "mini_page":
            return f"@mini_page {message.parts.get('title') or message.parts['page']}"
        case "typing":
            return "@typing" if message.parts["state"] == "true" else "@typing off"
        case kind:
            return f"@{kind} {message.parts['id']}"


def shown_call(call: CallApi) -> str:
    """A call of WeChat's API in one line: `user.info openid=me`, with the path of each value."""
    given = (f"{path}={_quoted(shown)}" for path, shown in flat_arguments(call.arguments))
    return " ".join([call.method, *given])


def flat_arguments(value: Value, path: str = "") -> Iterator[tuple[str, str]]:
    """Every single value inside maps and lists by its path: `tag.name`, `openid_list[0]`."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from flat_arguments(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from flat_arguments(inner, f"{path}[{index}]")
    else:
        yield path, print_value(value)


def _quoted(text: str) -> str:
    return f'"{text}"' if not text or any(letter.isspace() for letter in text) else text


def _lines(reply: Reply) -> list[str]:
    match reply:
        case TextReply(text=text):
            return [f"\\{line}" if line.startswith("@") else line for line in text.split("\n")]
        case NewsReply(articles=articles):
            return [f"@news {article.title}".rstrip() for article in articles]
        case MusicReply(title=title, url=url):
            return [f"@music {title or url}".rstrip()]
        case ImageReply(media_id=media_id):
            return [f"@image {shown_file(media_id)}"]
        case VoiceReply(media_id=media_id):
            return [f"@voice {shown_file(media_id)}"]
        case VideoReply(media_id=media_id):
            return [f"@video {shown_file(media_id)}"]
        case TransferReply(account=account):
            return [f"@transfer {account}" if account else "@transfer"]


def shown_file(media_id: str) -> str:
    """A media id, or the name of the file that is sent."""
    return media_name(media_id) or media_id
