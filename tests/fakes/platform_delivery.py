"""The other side of the played platform: it delivers a user's messages to a bot, three times if it must."""

from __future__ import annotations

import secrets
import time

import aiohttp
from fakes.platform import Platform

from interpreter.machine.events import Message
from interpreter.wechat.deliveries import ATTEMPTS, PATIENCE, Sender
from interpreter.wechat.errors import WeChatError

BROKEN = "该公众号提供的服务出现故障，请稍后再试"
"""What WeChat shows when nobody answered."""
_ACTIONS = {"subscribe": "subscribe", "scan": "scan", "click": "click"}


async def deliver(
    platform: Platform, sender: Sender, url: str, message: Message, *, patience: float = PATIENCE
) -> str | object | None:
    """Deliver a message; what the user saw of the passive reply, None for silence.

    WeChat waits for `patience` seconds (5), then delivers the same message again, three times in all.
    """
    action = "message" if message.type != "event" else _ACTIONS.get(message.event or "")
    if action is not None:
        platform.act(message.user, action)
    user = platform.users[message.user]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=patience)) as session:
        for _ in range(ATTEMPTS):
            request = sender.delivery(
                message, timestamp=int(time.time()), nonce=secrets.token_hex(5), random=secrets.token_bytes(16)
            )
            try:
                async with session.post(url, params=request.query, data=request.body) as response:
                    body = await response.read()
                if response.status == 200:
                    reply = sender.answer(body)
                    if reply is not None:
                        user.seen.append(reply)
                    return reply
            except (TimeoutError, aiohttp.ClientError):
                continue
            except WeChatError:
                break
    user.seen.append(BROKEN)
    return BROKEN
