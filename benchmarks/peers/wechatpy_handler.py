"""What a developer writes by hand with wechatpy and aiohttp: rules in a list, tried one after the other.

python wechatpy_handler.py PORT RULES [--uvloop] [--sqlite FILE]
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

from aiohttp import web
from wechatpy import create_reply, parse_message
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature

sys.path.insert(0, str(Path(__file__).parents[1]))
from work import ANSWER, FALLBACK, HELLO, PATH, TOKEN, kind_of, pattern_of, reply_of

RULES = int(sys.argv[2])


def make_rules() -> list[Callable[[str], str | None]]:
    """One function a rule, as the handlers of a bot are."""
    made: list[Callable[[str], str | None]] = []
    for number in range(RULES):
        pattern, reply = pattern_of(number), reply_of(number)
        match kind_of(number):
            case "exact":
                made.append(lambda text, pattern=pattern, reply=reply: reply if text == pattern else None)
            case "phrase":
                made.append(lambda text, pattern=pattern, reply=reply: reply if pattern in text else None)
            case _:
                regex = re.compile(pattern)
                made.append(
                    lambda text, regex=regex, number=number: (
                        reply_of(number, found[1]) if (found := regex.search(text)) else None
                    )
                )
    return made


class MemorySessions(dict[str, dict[str, object]]):
    """Sessions in a dictionary."""

    def load(self, user: str) -> dict[str, object]:
        return self.get(user, {})

    def save(self, user: str, session: dict[str, object]) -> None:
        self[user] = session


class SqliteSessions:
    """Sessions in a file; every turn is written before it is answered."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS sessions (user TEXT PRIMARY KEY, session TEXT)")

    def load(self, user: str) -> dict[str, object]:
        row = self._connection.execute("SELECT session FROM sessions WHERE user = ?", (user,)).fetchone()
        return json.loads(row[0]) if row else {}

    def save(self, user: str, session: dict[str, object]) -> None:
        self._connection.execute("INSERT OR REPLACE INTO sessions VALUES (?, ?)", (user, json.dumps(session)))


rules = make_rules()
sessions = SqliteSessions(sys.argv[sys.argv.index("--sqlite") + 1]) if "--sqlite" in sys.argv else MemorySessions()


def reply_to(message: object, session: dict[str, object]) -> str:
    """The reply to a message."""
    if message.type == "event":
        return f"按钮 {message.key[1:]}" if message.event == "click" else FALLBACK
    text = message.content
    if session.pop("guessing", None) and text.isdigit():
        return f"{text} {'大了' if int(text) > ANSWER else '小了'}"
    for rule in rules:
        reply = rule(text)
        if reply is not None:
            return reply
    if text == "玩":
        session["guessing"] = True
        return HELLO
    return FALLBACK


async def answer(request: web.Request) -> web.Response:
    """One message."""
    query = request.query
    try:
        check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
    except InvalidSignatureException:
        return web.Response(status=403)
    message = parse_message(await request.read())
    session = sessions.load(message.source)
    text = reply_to(message, session)
    session["turns"] = int(session.get("turns", 0)) + 1
    sessions.save(message.source, session)
    return web.Response(text=create_reply(text, message).render(), content_type="application/xml")


if __name__ == "__main__":
    if "--uvloop" in sys.argv:
        import uvloop

        uvloop.install()
    app = web.Application()
    app.router.add_post(PATH, answer)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
