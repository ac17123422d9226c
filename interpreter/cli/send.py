"""`dialog-send`: sends a bot what WeChat would send it, signed, resent and encrypted as WeChat does."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sys
import time
from collections.abc import Mapping, Sequence

from interpreter.cli.common import CLEAN, FINDINGS, USAGE, Parser, run_command
from interpreter.diagnostics.wording import Wording
from interpreter.machine.events import Message
from interpreter.machine.replies import Reply
from interpreter.machine.shown import shown_lines
from interpreter.machine.simulation import COMMANDS, UnknownWords, lacking, simulate, text_message
from interpreter.wechat.crypto import MessageCipher, is_aes_key
from interpreter.wechat.deliveries import ATTEMPTS, PATIENCE, Sender
from interpreter.wechat.errors import WeChatError

_DEFAULT_URL = "http://127.0.0.1:8080/wechat"


class NotAnswered(Exception):  # noqa: N818  named for what happened
    """WeChat would have told the user that the service is broken; the wording says why."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(wording.en)
        self.wording = wording


def main() -> int:
    """The command."""
    return run_command(lambda argv, language: send(argv, language, os.environ))


def _parser(language: str) -> Parser:
    parser = Parser(
        "dialog-send",
        Wording(
            "Send a bot a message as WeChat would. Exit code 0: answered, 1: not answered, 2: wrong usage.",
            "像微信一样给机器人发送消息。退出码 0：有回答，1：没有回答，2：用法错误。",
        ),
        language,
    )
    parser.option(
        "words",
        nargs="+",
        metavar="WORDS",
        help=Wording(
            f"a text, or one of {', '.join(COMMANDS)} and what belongs to it",
            f"一段文本，或 {'、'.join(COMMANDS)} 之一及其内容",
        ),
    )
    parser.option("--url", help=Wording("address of the bot (DIALOG_URL)", "机器人的地址（DIALOG_URL）"))
    parser.option("--token", help=Wording("the account's token (WX_TOKEN)", "账号的 Token（WX_TOKEN）"))
    parser.option("--aes-key", help=Wording("send in safe mode (WX_AES_KEY)", "用安全模式发送（WX_AES_KEY）"))
    parser.option("--app-id", help=Wording("the account's AppID (WX_APP_ID)", "账号的 AppID（WX_APP_ID）"))
    parser.option("--user", metavar="OPENID", default="dialog-send", help=Wording("who sends it", "发送者"))
    parser.option("--account", metavar="NAME", default="gh_bot", help=Wording("who receives it", "接收的公众号"))
    parser.option(
        "--repeat", type=int, default=1, metavar="N", help=Wording("N messages, each a new one", "发送 N 条不同的消息")
    )
    parser.option(
        "--retry-like-wechat",
        action="store_true",
        help=Wording(
            f"wait {PATIENCE:g} s and deliver up to {ATTEMPTS} times", f"等待 {PATIENCE:g} 秒，最多投递 {ATTEMPTS} 次"
        ),
    )
    return parser


def send(argv: Sequence[str], language: str, environ: Mapping[str, str]) -> int:
    """Do what the arguments say; the exit code."""
    arguments = _parser(language).parse_args(argv)
    try:
        sender = _sender(arguments, environ)
        messages = [_message(arguments, number) for number in range(arguments.repeat)]
    except UnknownWords as unknown:
        return _stop(Wording(*lacking("", unknown.word)), language)
    except ValueError as error:
        return _stop(error.args[0], language)
    url = arguments.url or environ.get("DIALOG_URL") or _DEFAULT_URL
    attempts = ATTEMPTS if arguments.retry_like_wechat else 1
    for message in messages:
        try:
            reply = asyncio.run(deliver(sender, message, url, attempts=attempts))
        except NotAnswered as failed:
            sys.stderr.write(f"dialog-send: {failed.wording.say(language)}\n")
            return FINDINGS
        print("\n".join(shown_lines([reply] if reply else [])))
    return CLEAN


def _sender(arguments: argparse.Namespace, environ: Mapping[str, str]) -> Sender:
    token = arguments.token or environ.get("WX_TOKEN")
    key, app_id = arguments.aes_key or environ.get("WX_AES_KEY"), arguments.app_id or environ.get("WX_APP_ID")
    if not token:
        raise ValueError(Wording("say the token with --token or WX_TOKEN", "请用 --token 或 WX_TOKEN 给出 Token"))
    if not arguments.aes_key and not (key and app_id):
        return Sender(token)
    if not key or not is_aes_key(key) or not app_id:
        raise ValueError(
            Wording(
                "safe mode needs --aes-key (43 characters) and --app-id", "安全模式需要 --aes-key（43 位）和 --app-id"
            )
        )
    return Sender(token, MessageCipher(token, (key,), app_id))


def _message(arguments: argparse.Namespace, number: int) -> Message:
    now = int(time.time())
    id = str(now * 1_000_000 + secrets.randbelow(900_000) + number)
    words = " ".join(arguments.words)
    first = arguments.words[0]
    if first == "text" and len(arguments.words) > 1:
        first, words = "", " ".join(arguments.words[1:])
    if first in COMMANDS:
        return simulate(words, user=arguments.user, account=arguments.account, time=now, id=id)
    return text_message(words, user=arguments.user, account=arguments.account, time=now, id=id)


async def deliver(sender: Sender, message: Message, url: str, *, attempts: int = 1) -> Reply | None:
    """Deliver a message as WeChat does; the reply, None for silence.

    Raises:
        NotAnswered: after the last attempt there is no answer WeChat would accept.
    """
    import aiohttp

    failed = NotAnswered(Wording("nothing was sent", "没有发送"))
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session:
        for _ in range(attempts):
            request = sender.delivery(
                message, timestamp=int(time.time()), nonce=secrets.token_hex(5), random=secrets.token_bytes(16)
            )
            try:
                async with session.post(
                    url,
                    params=request.query,
                    data=request.body,
                    headers={"Content-Type": "text/xml"},
                    allow_redirects=False,
                ) as response:
                    body = await response.read()
                if response.status == 200:
                    return sender.answer(body)
                failed = NotAnswered(_bad_status(response.status))
            except TimeoutError:
                failed = NotAnswered(Wording(f"no answer within {PATIENCE:g} s", f"{PATIENCE:g} 秒内没有回答"))
            except aiohttp.ClientError as error:
                failed = NotAnswered(
                    Wording(f"cannot reach {url}: {_cause(error)}", f"无法连接 {url}：{_cause(error)}")
                )
            except WeChatError as error:
                failed = NotAnswered(
                    Wording(f"the answer is none to WeChat: {error}", f"微信无法识别这个回答：{error}")
                )
    raise failed


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
        return Wording("404: no bot has this path", "404：没有机器人使用这个路径")
    if status == 503:
        return Wording(
            "503: not ready: the bot keeps its answer for the next delivery; --retry-like-wechat delivers again",
            "503：尚未就绪，机器人会在下一次投递时回答；加上 --retry-like-wechat 会再次投递",
        )
    return Wording(f"the answer has status {status}, WeChat wants 200", f"回答的状态码是 {status}，微信要求 200")


def _stop(wording: Wording, language: str) -> int:
    sys.stderr.write(f"dialog-send: {wording.say(language)}\n")
    return USAGE


if __name__ == "__main__":
    sys.exit(main())
