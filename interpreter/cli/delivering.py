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


async def deliver(
    sender: Sender,
    message: Message,
    url: str,
    *,
    attempts: int = 1,
    failed: Callable[[NotAnswered], None] = lambda _: None,
    rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Reply | None:
    """Deliver a message as WeChat does; the reply, None for silence.

    `failed` is told of a delivery after which there is another one, `rest` waits some seconds.

    Raises:
        NotAnswered: after the last attempt there is no answer WeChat would accept.
    """
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session:
        while True:
            attempts -= 1
            try:
                return await _deliver_once(session, sender, message, url)
            except NotAnswered as failure:
                if attempts < 1:
                    raise
                failed(failure)
                if isinstance(failure, _NoConnection):
                    await rest(PATIENCE)


async def _deliver_once(session: aiohttp.ClientSession, sender: Sender, message: Message, url: str) -> Reply | None:
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
            raise NotAnswered(_bad_status(response.status))
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


def _bad_status(status: int) -> Wording:
    if status == 403:
        return Wording(
            "403: the bot refuses the message; its log says why. Compare --token, --aes-key and --app-id with those "
            "of the bot",
            "403：机器人拒绝了消息：请核对 --token、--aes-key 和 --app-id，机器人的日志里写有原因",
        )
    if status == 404:
        return Wording(
            "404: no bot has this path; with the bot's file it is found: dialog-send bot.yaml hi",
            "404：没有机器人使用这个路径；给出机器人文件即可自动找到路径：dialog-send bot.yaml 你好",
        )
    if status == 503:
        return Wording(
            "503: not ready: the bot keeps its answer for the next delivery; --retry-like-wechat delivers again",
            "503：尚未就绪，机器人会在下一次投递时回答；加上 --retry-like-wechat 会再次投递",
        )
    return Wording(f"the answer has status {status}, WeChat wants 200", f"回答的状态码是 {status}，微信要求 200")
