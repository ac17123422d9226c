"""Who is measured: our server, a bare handler as the yardstick, and peers, each with sessions in memory and durable.

Our server is what the Python that runs this has: the compiled form or plain Python. Beside the compiled form that of
the checkout's own environment is measured, which is plain Python.
"""

from __future__ import annotations

import sys
from pathlib import Path

from servers import Contender

from interpreter import is_compiled

_PYTHON = sys.executable
_NODE, _REDIS = "node", "redis-server"
_ROBOT_NEEDS = (_NODE, "peers/node_modules/weixin-robot")
_CONNECT_NEEDS = (_NODE, "peers/node_modules/wechat")
_REDIS_NEEDS = (_REDIS, "peers/node_modules/connect-redis")

BARE = Contender("bare aiohttp handler", (_PYTHON, "peers/bare.py", "{port}", "{rules}", "--uvloop"), "bare")

OURS = Contender(
    "dialog-run",
    (_PYTHON, "-m", "interpreter.cli.run", "{bot}", "--host", "127.0.0.1", "--port", "{port}", "--store", "memory"),
    "ours",
)
OURS_SQLITE = Contender("dialog-run, SQLite", (*OURS.command[:-1], "sqlite:{file}"), "ours")
OURS_REDIS = Contender("dialog-run, Redis", (*OURS.command[:-1], "redis://127.0.0.1:{redis}"), "ours", (_REDIS,))

IS_COMPILED = is_compiled()
_PLAIN = str(Path(__file__).parents[1] / ".venv/bin/python")
OURS_PLAIN, OURS_PLAIN_SQLITE = (
    Contender(f"{contender.name}, not compiled", (_PLAIN, *contender.command[1:]), "ours", (_PLAIN,))
    for contender in (OURS, OURS_SQLITE)
)
PLAIN = (OURS_PLAIN, OURS_PLAIN_SQLITE) if IS_COMPILED else ()

WECHATPY = Contender("wechatpy + aiohttp", (_PYTHON, "peers/wechatpy_handler.py", "{port}", "{rules}", "--uvloop"))
WEROBOT = Contender("WeRoBot", (_PYTHON, "peers/werobot_server.py", "{port}", "{rules}"))
ROBOT = Contender("weixin-robot (Node.js)", ("node", "peers/weixin_robot.js", "{port}", "{rules}"), needs=_ROBOT_NEEDS)
CONNECT = Contender(
    "wechat + connect (Node.js)", ("node", "peers/wechat_connect.js", "{port}", "{rules}"), needs=_CONNECT_NEEDS
)
PEERS = (WECHATPY, WEROBOT, ROBOT, CONNECT)
"""With sessions in memory."""


def _with(contender: Contender, store: str, *options: str, needs: tuple[str, ...] = ()) -> Contender:
    return Contender(f"{contender.name}, {store}", (*contender.command, *options), needs=(*contender.needs, *needs))


WEROBOT_SQLITE = _with(WEROBOT, "SQLite", "--sqlite", "{file}")
"""It writes its session to the disk for each rule that it tries, and is measured by one user at a time."""
DURABLE_PEERS = (
    _with(WECHATPY, "SQLite", "--sqlite", "{file}"),
    _with(WEROBOT, "Redis", "--redis", "{redis}", needs=(_REDIS,)),
    _with(ROBOT, "Redis", "--redis", "{redis}", needs=_REDIS_NEEDS),
    _with(CONNECT, "Redis", "--redis", "{redis}", needs=_REDIS_NEEDS),
)

LARGE = 10_000
SATURATED = (
    *((contender, 1_000) for contender in (BARE, OURS, OURS_SQLITE, OURS_REDIS, *PLAIN, *PEERS, *DURABLE_PEERS)),
    *((OURS, rules) for rules in (100, 10, LARGE)),
    *((contender, rules) for rules in (10, LARGE) for contender in PEERS if (contender, rules) != (ROBOT, LARGE)),
)
"""Contenders and numbers of rules. With so many weixin-robot aborts with a stack overflow."""
HALF_LOAD = (BARE, OURS, OURS_SQLITE, *PLAIN, *PEERS)


def left_out() -> dict[str, str]:
    """Who cannot be measured here, by name, and what it takes."""
    everyone = dict.fromkeys((*(contender for contender, _ in SATURATED), WEROBOT_SQLITE))
    return {contender.name: contender.missing for contender in everyone if contender.missing}
