"""DL513: music without an address, and addresses of music and articles that are not absolute."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.lints.mending import mend
from interpreter.check.lints.speech import start_of, texts_of
from interpreter.check.lints.subject import Subject
from interpreter.check.menus import every_button
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.replies import Localized, Music, News
from interpreter.dialog.model.steps import SendStep

CODE = "DL513"

_ABSOLUTE = r"(?i)https?://"
_HOST = r"(?://)?(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?:[:/]|\Z)"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """What begins with a hole is not known."""
    for said in subject.said:
        match said.reply:
            case Music(url=None, hq=None, span=span):
                yield Diagnostic(
                    CODE,
                    span,
                    Wording("this music has no `url`, so nothing plays", "音乐没有 `url`，无法播放"),
                    help=Wording(
                        "write the address of the sound: `url: https://…`", "请写音乐的地址：`url: https://…`"
                    ),
                )
            case Music(url=url, hq=hq):
                yield from _addresses(url, hq)
            case News(articles=articles):
                for article in articles:
                    yield from _addresses(article.pic, article.url)
            case _:
                pass
    for step in subject.steps:
        if isinstance(step, SendStep) and step.url is not None:
            yield from _address(step.url)
    bot = subject.bot
    for buttons in (bot.buttons, *(menu.buttons for menu in bot.conditional_menus)):
        for button in every_button(buttons):
            for name, text in button.parts:
                if name == "url":
                    yield from _address(text)


def _addresses(*leaves: Localized | None) -> Iterator[Diagnostic]:
    for leaf in leaves:
        for text in texts_of(leaf):
            yield from _address(text)


def _address(text: Text) -> Iterator[Diagnostic]:
    start = start_of(text)
    if start and not re.match(_ABSOLUTE, start) and not (text.template.holes and _may_become_absolute(start)):
        yield _relative(text, start)


def _may_become_absolute(start: str) -> bool:
    """Whether what a hole puts behind it can make it an absolute address."""
    return any(scheme.startswith(start.lower()) for scheme in ("https://", "http://"))


def _relative(text: Text, start: str) -> Diagnostic:
    fix = None
    if re.match(_HOST, start):
        missing = "https:" if start.startswith("//") else "https://"
        fix = mend(text.scalar, 0, 0, missing, Applicability.UNSAFE)
    return Diagnostic(
        CODE,
        text.scalar.span,
        Wording("this address is not absolute, so WeChat cannot open it", "这个地址不是绝对地址，微信打不开"),
        help=Wording("it begins with `https://` and a host", "地址应以 `https://` 和域名开头"),
        fix=fix,
    )
