"""A message on the whole way to the bot: one event that WeChat never sends, signed like all others.

The event is called `dialog_doctor` and comes from the user `dialog-doctor`. A bot has no rule for it, unless it has
one for every event. It is some kilobytes long, as the longest messages are, and in safe mode its signature covers every
byte.
"""

from __future__ import annotations

from collections.abc import Sequence

from interpreter.diagnostics.wording import Wording
from interpreter.machine.events import Message
from interpreter.server.diagnosis.answers import Answer, Unanswered, unanswered_finding
from interpreter.server.diagnosis.findings import Finding, fine, problem
from interpreter.server.diagnosis.statuses import is_ours, status_finding
from interpreter.server.diagnosis.verification import compressed_finding, slow_finding
from interpreter.wechat.deliveries import PATIENCE, Sender
from interpreter.wechat.errors import WeChatError

EVENT, USER = "dialog_doctor", "dialog-doctor"
_LENGTH = 2048
"""Characters; the longest text a user can send."""


def harmless_event(account: str, time: int) -> Message:
    """The event."""
    raw = {
        "ToUserName": account,
        "FromUserName": USER,
        "CreateTime": str(time),
        "MsgType": "event",
        "Event": EVENT,
        "EventKey": "",
        "Padding": "好 <&> é " + "…" * _LENGTH,
    }
    return Message(
        type="event", user=USER, account=account, time=time, id="", text="", fields={"event": EVENT}, raw=raw
    )


def delivery_findings(
    host: str, url: str, sender: Sender, answer: Answer | Unanswered, clock: Sequence[Finding]
) -> list[Finding]:
    """Whether a signed event came through, and the answer came back; `clock` is what is known of the clocks."""
    if isinstance(answer, Unanswered):
        return [unanswered_finding(host, answer)]
    if answer.status == 403 and is_ours(answer):
        return [_refused(clock)]
    if answer.status == 400:
        return [_changed()]
    if answer.status != 200:
        return [status_finding(url, answer)]
    if answer.headers.get("content-encoding", "identity") != "identity":
        return [compressed_finding(answer)]
    if answer.seconds >= PATIENCE:
        return [slow_finding(answer)]
    try:
        sender.answer(answer.body)
    except WeChatError as error:
        return [_unreadable(url, answer, error)]
    covered = sender.cipher is not None
    return [
        fine(
            "delivery-fine",
            Wording(
                f"a signed POST with the event `{EVENT}` from the user `{USER}` was sent and answered"
                + (", encrypted, so that not a byte of it was changed" if covered else ""),
                f"已发送签名的 POST（事件 `{EVENT}`，用户 `{USER}`）并得到应答"
                + ("；消息已加密，说明内容逐字节未变" if covered else ""),
            ),
        )
    ]


def _refused(clock: Sequence[Finding]) -> Finding:
    said = Wording(
        "the bot takes the question with this token, and refuses a message signed with it (403)",
        "机器人接受了验证请求，却拒绝了用同一 token 签名的消息（403）",
    )
    if any(finding.code == "clock-off" for finding in clock):
        return problem(
            "delivery-clock",
            said,
            Wording("set the clock right: the message is too old or too new", "请校准时钟：消息时间相差过大"),
        )
    return problem(
        "delivery-refused",
        said,
        Wording(
            "read the bot's log, it says why: a message in clear to a bot with `encryption: safe`, another key, "
            "a query that is lost on the way, or an address that `--allow-from` leaves out",
            "原因见机器人日志：机器人要求加密（safe）而消息为明文、密钥不一致、参数中途丢失，"
            "或来源不在 `--allow-from` 范围内",
        ),
    )


def _changed() -> Finding:
    return problem(
        "delivery-body",
        Wording(
            "the message was changed on the way: the bot cannot read what arrives (400)",
            "消息在中途被改动：机器人收到的内容无法解析（400）",
        ),
        Wording(
            "let the web server hand on the body untouched: no filter, no rewriting of characters, no empty body",
            "请让网页服务器原样转发内容：不过滤、不转码、不丢弃",
        ),
    )


def _unreadable(url: str, answer: Answer, error: WeChatError) -> Finding:
    if answer.is_page:
        return problem(
            "delivery-page",
            Wording(f"{url} answers a message with a web page", f"{url} 对消息返回了网页"),
            Wording(
                "let the web server hand POST requests of this path to the bot as well",
                "请让网页服务器把该路径的 POST 请求也转给机器人",
            ),
        )
    return problem(
        "delivery-answer",
        Wording(f"WeChat would not understand the answer to a message: {error}", f"微信无法识别对消息的应答：{error}"),
        Wording(
            "compare EncodingAESKey and AppID with WeChat's console; look for something that changes answers",
            "请核对 EncodingAESKey 和 AppID，并检查是否有程序改写了应答",
        ),
    )
