"""Delivering one message over HTTP as WeChat does: five seconds each time, three times at most, the same message."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from interpreter.diagnostics.wording import Wording
from interpreter.machine.events import Message
from interpreter.machine.replies import Reply
from interpreter.server.diagnosis.answers import Answer
from interpreter.server.diagnosis.clock import TOLERATED, read_date
from interpreter.wechat.deliveries import PATIENCE, Sender
from interpreter.wechat.errors import WeChatError

if TYPE_CHECKING:  # `--help` need not wait for it
    import aiohttp


class NotAnswered(Exception):  # noqa: N818  named for what happened
    """WeChat would have told the user that the service is broken; the wording says why."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(wording.en)
        self.wording = wording


class _NoConnection(NotAnswered):
    """Nobody was there: the next delivery comes when the time of this one is over, and then somebody may be."""


class _NotSaved(NotAnswered):
    """The store kept the answer back: after the last delivery the bot keeps silent, as WeChat must hear no failure."""


async def deliver(
    sender: Sender,
    message: Message,
    url: str,
    *,
    attempts: int = 1,
    failed: Callable[[NotAnswered], None] = lambda _: None,
    rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    not_found: Wording | None = None,
) -> Reply | None:
    """Deliver a message as WeChat does; the reply, None for silence.

    `failed` is told of a delivery after which there is another one, `rest` waits some seconds; `not_found` is what to
    say when no bot is at the address.

    Raises:
        NotAnswered: after the last attempt there is no answer WeChat would accept.
    """
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    is_lost = False
    async with aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session:
        while True:
            attempts -= 1
            try:
                reply = await _deliver_once(session, sender, message, url, not_found or NOT_FOUND)
            except NotAnswered as failure:
                if attempts < 1:
                    raise
                failed(failure)
                is_lost = isinstance(failure, _NotSaved)
                if isinstance(failure, _NoConnection):
                    await rest(PATIENCE)
            else:
                if reply is None and is_lost and attempts < 1:
                    raise NotAnswered(_LOST)
                return reply


async def _deliver_once(
    session: aiohttp.ClientSession, sender: Sender, message: Message, url: str, not_found: Wording
) -> Reply | None:
    import aiohttp

    request = sender.delivery(
        message, timestamp=int(time.time()), nonce=secrets.token_hex(5), random=secrets.token_bytes(16)
    )
    headers = {"Content-Type": "text/xml"}
    try:
        async with session.post(
            url, params=request.query, data=request.body, headers=headers, allow_redirects=False
        ) as response:
            body = await response.read()
        if response.status != 200:
            headers = {name.lower(): value for name, value in response.headers.items()}
            raise _refusal(Answer(response.status, body, headers), not_found)
        return sender.answer(body)
    except TimeoutError as error:
        raise NotAnswered(Wording(f"no answer within {PATIENCE:g} s", f"{PATIENCE:g} 秒内没有回答")) from error
    except aiohttp.ClientConnectorError as error:
        raise _NoConnection(_unreachable(url, error)) from error
    except aiohttp.ClientError as error:
        raise NotAnswered(_unreachable(url, error)) from error
    except WeChatError as error:
        raise NotAnswered(
            Wording(f"the answer is none to WeChat: {error}", f"微信无法识别这个回答：{error}")
        ) from error


def _unreachable(url: str, error: Exception) -> Wording:
    return Wording(f"cannot reach {url}: {_cause(error)}", f"无法连接 {url}：{_cause(error)}")


def _cause(error: Exception) -> str:
    """What went wrong, without the address, in which there is a signature."""
    return str(getattr(error, "os_error", None) or type(error).__name__)


def _refusal(answered: Answer, not_found: Wording) -> NotAnswered:
    """What an answer of another status than 200 says."""
    match answered.status, answered.body:
        case 403, _:
            return NotAnswered(_clock_of(answered) or _FORBIDDEN)
        case 404, _:
            return NotAnswered(not_found)
        case 503, b"store failed\n":
            return _NotSaved(_STORE_FAILED)
        case 503, body:
            return NotAnswered(_UNREADY.get(body, _NOT_THERE))
        case status, _:
            return NotAnswered(
                Wording(f"the answer has status {status}, WeChat wants 200", f"回答的状态码是 {status}，微信要求 200")
            )


def _clock_of(answered: Answer) -> Wording | None:
    """What the time in an answer says about why a message was refused."""
    date = read_date(answered.headers.get("date", ""))
    skew = round(time.time() - date.timestamp()) if date is not None else 0
    if abs(skew) <= TOLERATED:
        return None
    late, late_zh = ("ahead of", "快") if skew > 0 else ("behind", "慢")
    return Wording(
        f"403: this computer's clock is {abs(skew)} s {late} the bot's, which refuses messages of another time "
        "(--window); set the clocks right. If that is not it, its log says why",
        f"403：本机时钟比机器人的时钟{late_zh} {abs(skew)} 秒，时间相差过大的消息会被拒绝（--window）：请校准时钟；"
        "如果不是这个原因，请看机器人的日志",
    )


NOT_FOUND = Wording(
    "404: no bot has this path; with the bot's file it is found: dialog-send bot.yaml hi",
    "404：没有机器人使用这个路径；给出机器人文件即可自动找到路径：dialog-send bot.yaml 你好",
)
_FORBIDDEN = Wording(
    "403: the bot refuses the message; its log says why. Compare --token, --aes-key and --app-id with those of the "
    "bot, and this computer's clock with the bot's",
    "403：机器人拒绝了消息：请核对 --token、--aes-key 和 --app-id，以及两边的时钟；机器人的日志里写有原因",
)
_STORE_FAILED = Wording(
    "503: the bot's store fails, so that the turn was not saved; its log and /readyz say more, and "
    "--retry-like-wechat delivers again",
    "503：机器人的会话存储出错，本轮没有保存；原因见其日志和 /readyz，加上 --retry-like-wechat 会再次投递",
)
_UNREADY = {
    b"not ready\n": Wording(
        "503: the turn is still running, and the bot keeps its answer for the next delivery; --retry-like-wechat "
        "delivers again",
        "503：这一轮还没有结束，机器人会在下一次投递时回答；加上 --retry-like-wechat 会再次投递",
    ),
    b"busy\n": Wording(
        "503: too many turns are running; --retry-like-wechat delivers again",
        "503：同时进行的对话过多；加上 --retry-like-wechat 会再次投递",
    ),
}
"""By what the server says."""
_NOT_THERE = Wording(
    "503, and not from the bot: it is being restarted, or the web server in front does not reach it",
    "503，且不是机器人的回答：机器人正在重启，或前面的网页服务器连不上它",
)
_LOST = Wording(
    "silence, after a delivery whose turn the store could not save: so a message ends that was lost; the bot's log "
    "says why",
    "没有回复；此前的投递因会话存储出错而没有保存，消息很可能已丢失，原因见机器人的日志",
)
