"""`dialog-send`: sends a bot what WeChat would send it, signed, resent and encrypted as WeChat does."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import shlex
import sys
import time
from collections.abc import Mapping, Sequence

from interpreter.cli.common import CLEAN, FINDINGS, USAGE, Parser, UsageError, run_command
from interpreter.cli.delivering import NotAnswered, deliver
from interpreter.cli.send_target import Target, find_target, split_words
from interpreter.diagnostics.suggest import near_names
from interpreter.diagnostics.wording import Wording
from interpreter.machine.events import Message
from interpreter.machine.shown import shown_lines
from interpreter.machine.simulation import COMMANDS, UnknownWords, lacking, simulate, text_message
from interpreter.server.errors import ServerError
from interpreter.wechat.deliveries import ATTEMPTS, PATIENCE

_QUOTED = ("event", "message")
"""Commands whose words are a shell's: one that holds a space goes on in quotation marks."""


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
            "first the bot's file or folder, if path, token, key and buttons are to be taken from there; then a text, "
            f"or one of {', '.join(COMMANDS)} and what belongs to it (text WORDS is always a text)",
            "可先写机器人文件或文件夹，路径、token、密钥和菜单按钮即取自那里；然后是一段文本，"
            f"或 {'、'.join(COMMANDS)} 之一及其内容（text 后面一律是文本）",
        ),
    )
    _add_target(parser)
    parser.option("--user", metavar="OPENID", default="dialog-send", help=Wording("who sends it", "发送者"))
    parser.option("--to", metavar="ID", default="gh_bot", help=Wording("who receives it", "接收的公众号"))
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


def _add_target(parser: Parser) -> None:
    parser.option(
        "--url",
        help=Wording(
            "address of the bot (DIALOG_URL; default: the path of the bot's file, else WX_PATH or /wechat, on this "
            "computer)",
            "机器人的地址（DIALOG_URL；默认为本机上机器人文件所写的路径，未给文件时为 WX_PATH 或 /wechat）",
        ),
    )
    parser.option(
        "--port",
        help=Wording("the port the bot listens on (PORT; default: 8080)", "机器人监听的端口（PORT；默认 8080）"),
    )
    parser.option("--token", help=Wording("the account's token (WX_TOKEN)", "账号的 Token（WX_TOKEN）"))
    parser.option("--aes-key", help=Wording("send in safe mode (WX_AES_KEY)", "用安全模式发送（WX_AES_KEY）"))
    parser.option("--app-id", help=Wording("the account's AppID (WX_APP_ID)", "账号的 AppID（WX_APP_ID）"))
    parser.option(
        "--account",
        metavar="NAME",
        help=Wording("which account of the bot's file, if it has several", "机器人文件中有多个账号时，指定其中一个"),
    )
    parser.option(
        "--env-file", metavar="FILE", help=Wording("NAME=value lines to add to the environment", "补充环境变量的文件")
    )


def send(argv: Sequence[str], language: str, environ: Mapping[str, str]) -> int:
    """Do what the arguments say; the exit code."""
    arguments = _parser(language).parse_intermixed_args(argv)
    try:
        file, words = split_words(arguments.words)
        target = find_target(file, arguments, environ)
        messages = _messages(words, arguments, target)
    except (UsageError, ServerError) as error:
        return _stop(error.wording, language)
    except UnknownWords as unknown:
        return _stop(Wording(*lacking("", unknown.word)), language)

    def waiting(failed: NotAnswered) -> None:
        told = Wording("it is delivered again", "将再次投递")
        sys.stderr.write(f"dialog-send: {failed.wording.say(language)}; {told.say(language)}\n")

    attempts = ATTEMPTS if arguments.retry_like_wechat else 1
    for message in messages:
        try:
            delivery = deliver(
                target.sender, message, target.url, attempts=attempts, failed=waiting, not_found=target.not_found
            )
            reply = asyncio.run(delivery)
        except NotAnswered as failed:
            sys.stderr.write(f"dialog-send: {failed.wording.say(language)}\n")
            return FINDINGS
        print("\n".join(shown_lines([reply] if reply else [])))
    return CLEAN


def _messages(words: Sequence[str], arguments: argparse.Namespace, target: Target) -> list[Message]:
    if arguments.repeat < 1:
        raise UsageError(Wording("--repeat: at least one", "--repeat：至少为 1"))
    return [_message(words, arguments, target, number) for number in range(arguments.repeat)]


def _message(words: Sequence[str], arguments: argparse.Namespace, target: Target, number: int) -> Message:
    """One message; a repetition of an event differs from the last one by its time, as it has no id."""
    now = int(time.time()) + number
    id = str(now * 1_000_000 + secrets.randbelow(1_000_000))
    first, text = words[0], " ".join(words)
    if first == "text" and len(words) > 1:
        first, text = "", " ".join(words[1:])
    if first not in COMMANDS:
        return text_message(text, user=arguments.user, account=arguments.to, time=now, id=id)
    if first in _QUOTED:
        text = shlex.join(words)
    if first == "click":
        _demand_button(" ".join(words[1:]), target.buttons)
    return simulate(text, user=arguments.user, account=arguments.to, time=now, id=id, buttons=target.buttons)


def _demand_button(name: str, buttons: Mapping[str, str]) -> None:
    """Make sure that the menu has a button, where there is a menu."""
    if not name or not buttons or name in buttons or name in buttons.values():
        return
    known = near_names(name, buttons) or tuple(dict.fromkeys(key.rpartition("/")[2] for key in buttons))
    raise UsageError(
        Wording(
            f"no button of the menu has the name or key `{name}`; there is {', '.join(known)}. "
            f"Any other key is sent by `event CLICK key={name}`",
            f"菜单中没有名称或键为 `{name}` 的按钮，可选：{'、'.join(known)}。"
            f"如要发送其他键，请写 `event CLICK key={name}`",
        )
    )


def _stop(wording: Wording, language: str) -> int:
    sys.stderr.write(f"dialog-send: {wording.say(language)}\n")
    return USAGE


if __name__ == "__main__":
    sys.exit(main())
