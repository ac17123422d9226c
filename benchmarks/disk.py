"""What idle sessions take on the disk: many users talk to a bot, at a time that passes quickly, and come no more.

    python benchmarks/disk.py

Messages go through the engine and the SQLite store as they do in `dialog-run`, which forgets each remembered reply a
day later. What is counted in the end is the file, with the pages in it that nothing uses, over the users in it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path

from work import Call, body_of, conversation, write_bot

import interpreter
from interpreter.runtime.arrival import Arrival
from interpreter.runtime.engine import Engine
from interpreter.runtime.http_service import HttpService
from interpreter.runtime.performer import EffectPerformer
from interpreter.runtime.pseudonyms import Pseudonyms
from interpreter.runtime.seeds import fresh_seed
from interpreter.runtime.version import BotVersion
from interpreter.stores.protocol import SessionKey
from interpreter.stores.sqlite import SqliteStore
from interpreter.stores.sqlite_file import open_connection
from interpreter.wechat.messages import message_key, read_message
from interpreter.wechat.replies import write_passive
from interpreter.wechat.xml import read_xml

BOT = "work"
USERS = 2_000
MESSAGES = 63
"""Of each user: so many that as much is noted of their replies as ever is (see `stores.sqlite_replies`)."""
AT_ONCE = 50
"""Users who talk at the same time."""
START = datetime(2026, 1, 1, 8, tzinfo=UTC)
Talk = Callable[[str], Iterator[Call]]


class Calendar:
    """A clock that is set."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> datetime:
        """The time of day, in UTC."""
        return self._now

    def now_in(self, zone: tzinfo) -> datetime:
        """The time of day, in a zone."""
        return self._now.astimezone(zone)

    def timestamp(self) -> float:
        """The same in seconds since 1970."""
        return self._now.timestamp()

    def monotonic(self) -> float:
        """Seconds since it was made."""
        return (self._now - START).total_seconds()

    def move(self, **much: float) -> None:
        """Let time pass."""
        self._now += timedelta(**much)


def write_work(path: Path) -> None:
    """The bot of the other benchmarks; it does not forget whom it has not heard of for an hour."""
    write_bot(path, 1_000)
    path.write_text(path.read_text(encoding="utf-8").replace("\nrules:", "\nsession: 60d\nrules:", 1), encoding="utf-8")


def work(user: str) -> Iterator[Call]:
    """Its messages."""
    return conversation(int(user[6:]), (user,), 1_000)


def write_form(path: Path) -> None:
    """A bot that has learnt twenty things about each of its users and waits for the next answer."""
    lines = ["dialog: 1", f"name: {BOT}", "account: {path: /wechat, token: $(env.WX_TOKEN)}", "session: 60d", "vars:"]
    lines += [f"  user.fact{number}: text = ''" for number in range(10)]
    lines += [f"  detail{number}: text = ''" for number in range(10)]
    lines += ["rules:", "  learn:", "    pattern: =记住<word>", "    set:"]
    lines += [f"      - user.fact{number} = word" for number in range(10)]
    lines += [f"      - detail{number} = word" for number in range(10)]
    lines += [
        "    reply: 记住了",
        "    wait: more",
        "states:",
        "  more:",
        "    rules:",
        "      any: {message: text, reply: 好}",
    ]
    path.write_text("\n".join([*lines, "fallback: 没听懂"]) + "\n", encoding="utf-8")


def form(user: str) -> Iterator[Call]:
    """Its messages: what is learnt is six letters long."""
    for number in itertools.count():
        yield Call(user, f"记住上海市第{number % 10}区", "记住了")
        yield Call(user, "不了", "好")


async def talks(bot: Path, talk: Talk, file: Path) -> None:
    """All users talk to a bot, and are forgotten as far as one is in a day."""
    calendar = Calendar()
    store = SqliteStore(file, _opened)
    program = interpreter.compile_file(bot)
    performer = EffectPerformer(BOT, HttpService(calendar))
    engine = Engine(
        BOT,
        BotVersion.of(program),
        store,
        performer,
        clock=calendar,
        seeds=fresh_seed,
        alias=Pseudonyms("benchmark").of,
    )
    ids = itertools.count(24_000_000_000_000_000)

    async def say(call: Call) -> None:
        body = body_of(call, next(ids), int(calendar.timestamp()))
        message = read_message(read_xml(body))
        encode = partial(write_passive, message, now=int(calendar.timestamp()))
        arrival = Arrival(SessionKey(BOT, message.user), message_key(message, body), message, encode)
        answer = await engine.handle(arrival)
        if answer is None or call.reply.encode() not in answer:
            sys.exit(f"{call.text!r}: expected {call.reply!r}, got {answer!r}")

    for first in range(0, USERS, AT_ONCE):
        said = [talk(f"oDisk_{user:022d}") for user in range(first, first + AT_ONCE)]
        for _ in range(MESSAGES):
            await asyncio.gather(*(say(next(calls)) for calls in said))
            calendar.move(seconds=20)
        calendar.move(hours=1)
        await engine.sweep()
    calendar.move(hours=25)
    await engine.sweep()
    await engine.close()
    await store.close()


def _opened(path: Path) -> sqlite3.Connection:
    """As usual, but without waiting for the disk: that changes nothing in the file."""
    connection = open_connection(path)
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def bytes_each(write: Callable[[Path], None], talk: Talk) -> float:
    """Bytes of the file, and of what lies beside it, for each session in it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bot, file = folder / "bot.yaml", folder / "sessions.db"
        write(bot)
        asyncio.run(talks(bot, talk, file))
        taken = sum(part.stat().st_size for part in folder.glob("sessions.db*"))
        with sqlite3.connect(file) as connection:
            (kept,) = connection.execute("SELECT count(*) FROM sessions WHERE conversation IS NOT NULL").fetchone()
            (replies,) = connection.execute("SELECT count(*) FROM replies").fetchone()
        connection.close()
    if kept != USERS or replies:
        sys.exit(f"of {USERS} sessions {kept} are there, and {replies} replies")
    return float(taken / kept)


def run() -> dict[str, float]:
    """Bytes for each session, by kind."""
    return {"work": bytes_each(write_work, work), "form": bytes_each(write_form, form)}


if __name__ == "__main__":
    json.dump(run(), sys.stdout, indent=1)
    print()
