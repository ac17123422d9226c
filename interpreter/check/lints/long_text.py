"""DL501: a text that is longer than one WeChat message: a passive reply has room for 2,048 bytes.

The parts beyond the first can only follow as customer-service messages, for which an account must be verified; where
none is, it is an error, as the end of the text would never be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from interpreter.check.lints.account_powers import none_can_send
from interpreter.check.lints.speech import constant, named_text, texts_of
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.replies import Say

CODE = "DL501"
MAX_BYTES = 2048


def check(subject: Subject) -> Iterator[Diagnostic]:
    """What a text has at least: its letters, and the shortest form of every named text in it."""
    named = {name: _least(texts_of(reply)) for name, reply in subject.bot.texts.items()}
    for said in subject.said:
        if isinstance(said.reply, Say):
            text = said.reply.text
            if 4 * len(text.scalar.text) <= MAX_BYTES and not (named and text.template.holes):
                continue
            size = _bytes(text) + sum(named.get(named_text(hole.node) or "", 0) for hole in text.template.holes)
            is_only_a_hole = len(text.template.parts) == len(text.template.holes) == 1
            if size > MAX_BYTES and not is_only_a_hole:  # one that is nothing but a named text is reported there
                yield _too_long(subject, text, size)


def _least(texts: Iterable[Text]) -> int:
    return min(map(_bytes, texts), default=0)


def _bytes(text: Text) -> int:
    """The bytes of what is constant in it; line breaks at the end go."""
    whole = constant(text)
    if whole is not None:
        return len(whole.rstrip().encode())
    return sum(len(part.encode()) for part in text.template.parts if isinstance(part, str))


def _too_long(subject: Subject, text: Text, size: int) -> Diagnostic:
    count = -(-size // MAX_BYTES)
    is_cut = none_can_send(subject.bot)
    span = text.scalar.place(0, len(text.scalar.text.partition("\n")[0]))
    if is_cut:
        message = Wording(
            f"a text of {size:,} bytes needs at least {count} messages, and this account can send only the first",
            f"文本有 {size:,} 字节，至少要 {count} 条消息，而这个账号只能发出第一条",
        )
    else:
        message = Wording(
            f"a text of {size:,} bytes is sent as at least {count} messages",
            f"文本有 {size:,} 字节，至少会拆成 {count} 条消息发送",
        )
    return Diagnostic(
        CODE,
        span,
        message,
        label=Wording(f"WeChat takes {MAX_BYTES:,} bytes", f"微信一条消息最多 {MAX_BYTES:,} 字节"),
        help=Wording(
            "shorten it, link to a page, or say the rest when the user asks for more",
            "请缩短文本、改为链接到网页，或在用户回复“更多”时再发其余部分",
        ),
        notes=(
            Wording(
                "a Chinese character takes 3 bytes; only verified accounts may send more than one reply",
                "一个汉字占 3 字节；只有认证账号才能发送一条以上的回复",
            ),
        ),
        own_severity=Severity.ERROR if is_cut else None,
    )
