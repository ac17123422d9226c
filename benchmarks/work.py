"""The work that is measured: a bot of any size, and the messages of its users with the replies they must get.

Of the messages 30 % hit a phrase exactly, 20 % contain one, 20 % match a regular expression whose capture comes back
in the reply, 10 % are turns of a guessing game that remembers, 10 % are menu clicks, and 10 % find nothing.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

TOKEN = "benchmark"
PATH = "/wechat"
BUTTONS = 10
ANSWER = 50
FALLBACK = "没听懂"
HELLO = "猜一个数"


@dataclass(frozen=True, slots=True)
class Call:
    """One message of a user and the text of the reply it must get."""

    user: str
    text: str
    reply: str
    button: str = ""


def kind_of(number: int) -> str:
    """What rule `number` matches by: `exact`, `phrase` or `regex`."""
    return ("exact", "exact", "exact", "exact", "phrase", "phrase", "phrase", "regex", "regex", "regex")[number % 10]


def pattern_of(number: int) -> str:
    """The phrase of rule `number`, or the source of its regular expression."""
    match kind_of(number):
        case "exact":
            return f"命令{number}"
        case "phrase":
            return f"关键词{number}号"
        case _:
            return rf"^查询{number}\s+(.+)$"


def reply_of(number: int, captured: str = "") -> str:
    """What rule `number` says."""
    return f"第 {number} 条：{captured}" if kind_of(number) == "regex" else f"这是第 {number} 条回复"


def write_bot(path: Path, rules: int) -> None:
    """The bot as a file of ours."""
    lines = ["dialog: 1", "name: work", f"account: {{path: {PATH}, token: $(env.WX_TOKEN)}}", "rules:"]
    for number in range(rules):
        match kind_of(number):
            case "exact":
                lines += [f"  rule {number}: {{pattern: =命令{number}, reply: {reply_of(number)}}}"]
            case "phrase":
                lines += [f"  rule {number}: {{pattern: 关键词{number}号, reply: {reply_of(number)}}}"]
            case _:
                lines += [
                    f"  rule {number}:",
                    rf"    pattern: /^查询{number}\s+(?<q>.+)$/",
                    f"    reply: 第 {number} 条：$(q)",
                ]
    lines += [f"  button {number}: {{event: click, key: K{number}, reply: 按钮 {number}}}" for number in range(BUTTONS)]
    lines += [
        f"  play: {{pattern: =玩, reply: {HELLO}, wait: guess}}",
        "states:",
        "  guess:",
        "    timeout: 10m",
        "    rules:",
        f"      high: {{pattern: =<n:int>, if: n > {ANSWER}, reply: $(n) 大了}}",
        "      low: {pattern: =<n:int>, reply: $(n) 小了}",
        f"fallback: {FALLBACK}",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@lru_cache
def _rules_of(kind: str, rules: int) -> tuple[int, ...]:
    """The numbers of the rules of a kind; those who talk share them, or a client would fill the caches with them."""
    return tuple(number for number in range(rules) if kind_of(number) == kind)


def conversation(seed: int, users: tuple[str, ...], rules: int) -> Iterator[Call]:
    """An endless stream of messages of some users; whoever begins a game goes on with it at the next message."""
    chance = random.Random(seed)
    playing: set[str] = set()
    exact, phrase, regex = (_rules_of(kind, rules) for kind in ("exact", "phrase", "regex"))
    while True:
        user = chance.choice(users)
        if user in playing:
            playing.discard(user)
            guess = chance.randrange(1, 100)
            yield Call(user, str(guess), f"{guess} {'大了' if guess > ANSWER else '小了'}")
            continue
        drawn = chance.random() * 0.95  # a game is two messages of the ten percent
        if drawn < 0.30:
            number = chance.choice(exact)
            yield Call(user, pattern_of(number), reply_of(number))
        elif drawn < 0.50:
            number = chance.choice(phrase)
            yield Call(user, f"请问{pattern_of(number)}在哪里", reply_of(number))
        elif drawn < 0.70:
            number, word = chance.choice(regex), f"内容{chance.randrange(1000)}"
            yield Call(user, f"查询{number} {word}", reply_of(number, word))
        elif drawn < 0.75:
            playing.add(user)
            yield Call(user, "玩", HELLO)
        elif drawn < 0.85:
            button = chance.randrange(BUTTONS)
            yield Call(user, "", f"按钮 {button}", f"K{button}")
        else:
            yield Call(user, f"随便说说{chance.randrange(10_000)}", FALLBACK)


def body_of(call: Call, id: int, time: int) -> bytes:
    """The message as WeChat writes it."""
    head = (
        f"<xml><ToUserName><![CDATA[gh_bot]]></ToUserName><FromUserName><![CDATA[{call.user}]]></FromUserName>"
        f"<CreateTime>{time}</CreateTime>"
    )
    if call.button:
        # No event has an id: what tells two clicks apart is their time, and here the number in the ticket.
        rest = (
            "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[CLICK]]></Event>"
            f"<EventKey><![CDATA[{call.button}]]></EventKey><Serial>{id}</Serial></xml>"
        )
    else:
        rest = f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{call.text}]]></Content><MsgId>{id}</MsgId></xml>"
    return (head + rest).encode()


def query_of(nonce: str, timestamp: str) -> str:
    """The signed query of a delivery."""
    signature = hashlib.sha1("".join(sorted((TOKEN, timestamp, nonce))).encode()).hexdigest()
    return f"signature={signature}&timestamp={timestamp}&nonce={nonce}"
