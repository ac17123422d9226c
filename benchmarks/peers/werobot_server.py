"""The same bot with WeRoBot, behind waitress, the fastest of the servers it runs on.

python werobot_server.py PORT RULES [--sqlite FILE | --redis PORT]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from werobot import WeRoBot
from werobot.session import SessionStorage
from werobot.session.redisstorage import RedisStorage
from werobot.session.sqlitestorage import SQLiteStorage

sys.path.insert(0, str(Path(__file__).parents[1]))
from work import ANSWER, BUTTONS, FALLBACK, HELLO, PATH, TOKEN, kind_of, pattern_of, reply_of


class MemoryStorage(SessionStorage):
    """Sessions in a dictionary; WeRoBot brings none of this kind."""

    def __init__(self) -> None:
        self._sessions: dict[str, dict[str, object]] = {}

    def get(self, id):
        return self._sessions.get(id, {})

    def set(self, id, value):
        self._sessions[id] = value

    def delete(self, id):
        self._sessions.pop(id, None)


PORT, RULES = int(sys.argv[1]), int(sys.argv[2])


def storage() -> SessionStorage:
    """Where the sessions are kept: one of WeRoBot's own ways, or in memory."""
    if "--sqlite" in sys.argv:
        return SQLiteStorage(sys.argv[sys.argv.index("--sqlite") + 1])
    if "--redis" in sys.argv:
        import redis

        return RedisStorage(redis.Redis(port=int(sys.argv[sys.argv.index("--redis") + 1])))
    return MemoryStorage()


robot = WeRoBot(token=TOKEN, enable_session=True, session_storage=storage())


@robot.filter(re.compile(r"^\d+$"))
def guess(message, session):
    """An answer in the game."""
    if not session.pop("guessing", None):
        return FALLBACK
    return f"{message.content} {'大了' if int(message.content) > ANSWER else '小了'}"


def constant(text: str):
    """A handler that always says the same. WeRoBot counts the parameters of a handler, so it may have no default."""
    return lambda: text


def captured(number: int):
    """A handler that says what its regular expression captured."""
    return lambda message, session, match: reply_of(number, match.group(1))


for number in range(RULES):
    match kind_of(number):
        case "exact":
            robot.add_filter(constant(reply_of(number)), [pattern_of(number)])
        case "phrase":
            robot.add_filter(constant(reply_of(number)), [re.compile(f".*{pattern_of(number)}")])
        case _:
            robot.add_filter(captured(number), [re.compile(pattern_of(number))])
for number in range(BUTTONS):
    robot.key_click(f"K{number}")(constant(f"按钮 {number}"))


@robot.filter("玩")
def play(message, session):  # noqa: ARG001
    """The game begins."""
    session["guessing"] = True
    return HELLO


@robot.handler
def otherwise():
    """Nothing matched."""
    return FALLBACK


if __name__ == "__main__":
    from bottle import Bottle
    from waitress import serve
    from werobot.contrib.bottle import make_view

    app = Bottle()
    app.route(PATH, ["GET", "POST"], make_view(robot))
    # Its SQLite storage has one connection; threads that share it disturb one another's transactions and lose replies.
    serve(app, host="127.0.0.1", port=PORT, threads=1 if "--sqlite" in sys.argv else 8, _quiet=True)
