"""DL519: messages that WeChat would refuse or cut although their form is right: what they lack, or what is too long."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interpreter.check.lints.account_powers import all_are_wecom
from interpreter.check.lints.speech import constant, forms, texts_of
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Name, Text
from interpreter.dialog.model.messages import Message
from interpreter.dialog.model.replies import Music
from interpreter.dialog.model.steps import SendStep

CODE = "DL519"

LIMITS = {"thing": 20, "character_string": 32, "phone_number": 17, "car_number": 8}
"""How many characters a value of a template takes, by the beginning of its name: `thing1`."""
UNSEEN = ("first", "remark")
_NUMBERED = r"(?P<kind>[a-z_]+?)[0-9]{1,3}"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Every message that is sent."""
    is_official = not all_are_wecom(subject.bot)
    for step in subject.steps:
        if not isinstance(step, SendStep):
            continue
        for form in forms(step.reply):
            if isinstance(form, Music) and form.thumb is None and is_official:
                yield _no_cover(form)
        if step.template is not None:
            for name, text in step.data:
                yield from _value(name, text, is_template=True)
        if step.message is not None:
            yield from _message(step.message)


def _message(message: Message) -> Iterator[Diagnostic]:
    if message.kind == "subscribe":
        for name, leaf in message.entries:
            for text in texts_of(leaf):
                yield from _value(name, text, is_template=False)
    for text in texts_of(message.part("ext")):
        whole = constant(text)
        if whole is not None and not _is_json(whole):
            yield Diagnostic(
                CODE,
                text.scalar.span,
                Wording("`ext` is a text of JSON", "`ext` 应是 JSON 文本"),
                help=Wording("""such as `'{"openid": "…"}'`""", """例如 `'{"openid": "…"}'`"""),
            )


def _is_json(text: str) -> bool:
    import json

    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _no_cover(music: Music) -> Diagnostic:
    return Diagnostic(
        CODE,
        music.span,
        Wording("music that is sent needs a cover, `thumb`", "主动发送的音乐需要封面 `thumb`"),
        help=Wording(
            "name a jpg of at most 64 KB in `media:` and write that name",
            "请在 `media:` 里给一张不超过 64 KB 的 jpg 起名并写这个名字",
        ),
    )


def _value(name: Name, text: Text, *, is_template: bool) -> Iterator[Diagnostic]:
    if is_template and name.text in UNSEEN:
        yield Diagnostic(
            CODE,
            name.span,
            Wording(f"`{name.text}` is not shown any more", f"`{name.text}` 已不再显示"),
            help=Wording("leave it out", "请去掉"),
            own_severity=Severity.INFO,
        )
        return
    whole = constant(text)
    kind = re.fullmatch(_NUMBERED, name.text)
    limit = LIMITS.get(kind["kind"]) if kind else None
    if whole is not None and not whole.strip():
        yield _refused(text, Wording("a value of a template cannot be empty", "模板的值不能为空"))
    elif whole is not None and limit is not None and len(whole) > limit:
        count = len(whole)
        yield _refused(
            text,
            Wording(
                f"this value has {count} characters, `{name.text}` takes {limit}",
                f"这个值有 {count} 个字符，`{name.text}` 最多 {limit} 个",
            ),
        )


def _refused(text: Text, message: Wording) -> Diagnostic:
    return Diagnostic(
        CODE, text.scalar.span, message, notes=(Wording("the platform would answer 47003", "微信会返回 47003"),)
    )
