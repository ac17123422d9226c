"""DL512: an image, a voice or a video given by an address or a file's name, where WeChat wants a media id."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.lints.speech import constant, start_of, texts_of
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.replies import Media

CODE = "DL512"

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_FILE = re.compile(r".+\.(?:jpe?g|png|gif|bmp|webp|amr|mp3|wma|wav|mp4|mov)", re.IGNORECASE | re.DOTALL)


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Media ids have neither `:` nor `.`; names from `media` may have any character."""
    names = subject.bot.media
    for said in subject.said:
        if isinstance(said.reply, Media):
            for text in texts_of(said.reply.id):
                whole = constant(text)
                if whole is None or whole not in names:
                    yield from _wrong(text, said.reply.kind, list(names))


def _wrong(text: Text, kind: str, names: list[str]) -> Iterator[Diagnostic]:
    chinese = {"image": "图片", "voice": "语音", "video": "视频"}[kind]
    if _ADDRESS.match(start_of(text) or ""):
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
    if whole is not None and _FILE.fullmatch(whole):
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
