"""DL512: an image, a voice or a video given by an address or a file's name, where WeChat wants a media id.

Also a name from `media` that is misspelt, or whose file is something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.lints.speech import constant, start_of, texts_of
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.media_files import KINDS, suffix_of
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.replies import Media, Music
from interpreter.dialog.model.steps import SendStep

CODE = "DL512"

_ADDRESS = r"(?i)https?://"
_FILE = r"(?is).+\.(?:jpe?g|png|gif|bmp|webp|amr|mp3|wma|wav|mp4|mov)"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Media ids have neither `:` nor `.`; names from `media` may have any character."""
    files = subject.bot.media
    for text, kind in media_uses(subject):
        whole = constant(text)
        if whole is None or whole not in files:
            yield from _wrong(text, kind, list(files))
        elif (found := KINDS.get(suffix_of(files[whole].text), kind)) != ("image" if kind == "thumb" else kind):
            yield _another_kind(text, kind, found)


def media_uses(subject: Subject) -> Iterator[tuple[Text, str]]:
    """Every text that is a media id or a name from `media`, and as what it is sent."""
    for said in subject.said:
        if isinstance(said.reply, Media):
            yield from ((text, said.reply.kind) for text in texts_of(said.reply.id))
        elif isinstance(said.reply, Music):
            yield from ((text, "thumb") for text in texts_of(said.reply.thumb))
    for step in subject.steps:
        if isinstance(step, SendStep) and step.message is not None:
            yield from ((text, "image") for text in texts_of(step.message.part("thumb")))


_CHINESE = {"image": "图片", "voice": "语音", "video": "视频", "thumb": "封面"}


def _another_kind(text: Text, kind: str, found: str) -> Diagnostic:
    wanted = "cover" if kind == "thumb" else kind
    return Diagnostic(
        CODE,
        text.scalar.span,
        Wording(
            f"the file of `{text.scalar.text}` cannot be sent as {_article(wanted)}",
            f"`{text.scalar.text}` 的文件不能作为{_CHINESE[kind]}发送",
        ),
        label=Wording(f"it is {_article(found)}", f"它是{_CHINESE[found]}"),
    )


def _article(noun: str) -> str:
    return f"an {noun}" if noun == "image" else f"a {noun}"


def _wrong(text: Text, kind: str, names: list[str]) -> Iterator[Diagnostic]:
    chinese = _CHINESE[kind]
    if re.match(_ADDRESS, start_of(text) or ""):
        yield Diagnostic(
            CODE,
            text.scalar.span,
            Wording(f"an address is no media id: the {kind} is not sent", f"地址不是媒体 id，{chinese}发不出去"),
            help=Wording(
                "name a file beside the bot in `media:` and write that name, or use a picture in `news` with `pic:`"
                if kind == "image"
                else "name a file beside the bot in `media:` and write that name, or send a link",
                "请在 `media:` 中给机器人旁的文件起名并写这个名字，或用带 `pic:` 的 `news`"
                if kind == "image"
                else "请在 `media:` 中给机器人旁的文件起名并写这个名字，或发送链接",
            ),
        )
        return
    whole = constant(text)
    if whole is not None and (meant := nearest(whole, names)) is not None:
        yield Diagnostic(
            CODE,
            text.scalar.span,
            Wording(f"`media` has no file named `{whole}`", f"`media` 里没有名为 `{whole}` 的文件"),
            label=Wording(f"did you mean `{meant}`?", f"是不是想写 `{meant}`？"),
        )
    elif whole is not None and re.fullmatch(_FILE, whole):
        near = nearest(whole.rpartition("/")[2].partition(".")[0], names)
        yield Diagnostic(
            CODE,
            text.scalar.span,
            Wording(f"a file's name is no media id: the {kind} is not sent", f"文件名不是媒体 id，{chinese}发不出去"),
            label=Wording(f"did you mean `{near}`?", f"是不是想写 `{near}`？") if near else None,
            help=Wording(
                f"give the file a name, `media: {{picture: {whole}}}`, and write that name",
                f"请给文件起名 `media: {{picture: {whole}}}`，再写这个名字",
            ),
        )
