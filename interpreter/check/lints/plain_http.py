"""Services that are called without encryption, over a network that is not one's own."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.wording import Wording

CODE = "DL704"

_PLAIN = "http://"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Each service whose address begins with `http://`, unless it is private."""
    for service in subject.bot.services.values():
        if service.private or service.url is None or not service.url.scalar.text.startswith(_PLAIN):
            continue
        scalar = service.url.scalar
        span = scalar.place(0, len(_PLAIN))
        mended = "https://" + scalar.text[len(_PLAIN) :]
        yield Diagnostic(
            CODE,
            span,
            Wording(
                "plain `http:` can be read and changed by everyone on the way",
                "`http:` 是明文传输，途中任何人都能读取和篡改",
            ),
            label=Wording("not encrypted", "没有加密"),
            fix=Fix(mended, (Edit(span, "https://"),), Applicability.UNSAFE),
            help=Wording("in a network of your own, write `private: true`", "如果是自己的内网，请写 `private: true`"),
        )
