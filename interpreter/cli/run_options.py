"""The options of `dialog-run`."""

from __future__ import annotations

from interpreter.cli.common import Parser
from interpreter.diagnostics.wording import Wording

SETTINGS = ("host", "port", "store", "window", "workers", "trust-proxy", "allow-from", "log-format", "metrics")
"""Options that are settings of the server: each may stand in the environment, too."""


def run_parser(language: str) -> Parser:
    """The parser of `dialog-run`'s arguments."""
    parser = Parser(
        "dialog-run",
        Wording(
            "Serve bots to WeChat. Exit code 0: stopped, 1: errors in a bot, or a worker that keeps dying, "
            "2: wrong usage or settings, 3: internal error, 130: stopped by Ctrl-C (SIGINT).",
            "让机器人接入微信。退出码 0：正常停止，1：机器人有错误，或工作进程反复退出，2：用法或设置错误，"
            "3：内部错误，130：按 Ctrl-C（SIGINT）停止。",
        ),
        language,
    )
    parser.option("paths", nargs="+", metavar="PATH", help=Wording("bot files or folders", "机器人文件或文件夹"))
    parser.option(
        "--console",
        action="store_true",
        help=Wording("chat with the bot here; nothing is served", "在终端里与机器人对话，不启动服务"),
    )
    _add_settings(parser)
    parser.option(
        "--env-file", metavar="FILE", help=Wording("NAME=value lines to add to the environment", "补充环境变量的文件")
    )
    parser.option(
        "--fresh-store",
        action="store_true",
        help=Wording(
            "if the SQLite file is damaged, move it aside and start with an empty one",
            "SQLite 文件损坏时将其移到一旁，从空文件开始",
        ),
    )
    parser.option(
        "--watch",
        action="store_true",
        help=Wording(
            "take a bot's file anew when it changes (SIGHUP does so once); a broken one is not taken",
            "文件修改后自动重新加载（SIGHUP 加载一次）；有错误的文件不会生效",
        ),
    )
    parser.option(
        "--show-settings",
        action="store_true",
        help=Wording("show every setting and who set it, then stop", "显示所有设置及其来源，然后退出"),
    )
    return parser


def _add_settings(parser: Parser) -> None:
    parser.option(
        "--host",
        help=Wording(
            "address to listen on (HOST; default: all, without a token of yours only 127.0.0.1)",
            "监听地址（HOST；默认全部，未提供 token 时仅 127.0.0.1）",
        ),
    )
    parser.option("--port", help=Wording("port to listen on (PORT; default: 8080)", "监听端口（PORT；默认 8080）"))
    parser.option(
        "--store",
        help=Wording(
            "where sessions are kept: memory, sqlite:FILE or redis://HOST (DIALOG_STORE; default: sqlite:dialog.db)",
            "会话存放处：memory、sqlite:文件 或 redis://主机（DIALOG_STORE；默认 sqlite:dialog.db）",
        ),
    )
    parser.option(
        "--window",
        metavar="SECONDS",
        help=Wording(
            "how far the time of a message may be off; 0: any time (DIALOG_WINDOW; default: 300)",
            "消息时间与本机时间最多相差的秒数，0 表示不限（DIALOG_WINDOW；默认 300）",
        ),
    )
    parser.option(
        "--workers",
        metavar="N",
        help=Wording(
            "processes that share the work; more than one need a Redis store (DIALOG_WORKERS; default: 1)",
            "工作进程数，多于一个时须使用 Redis（DIALOG_WORKERS；默认 1）",
        ),
    )
    parser.option(
        "--trust-proxy",
        metavar="NETWORKS",
        help=Wording(
            "proxies whose word on a client's address is taken, such as 10.0.0.0/8 (DIALOG_TRUST_PROXY; default: none)",
            "可信代理的网段，如 10.0.0.0/8，采信其提供的客户端地址（DIALOG_TRUST_PROXY；默认无）",
        ),
    )
    parser.option(
        "--allow-from",
        metavar="NETWORKS",
        help=Wording(
            "take messages from these addresses only (DIALOG_ALLOW_FROM; default: any)",
            "只接受来自这些网段的消息（DIALOG_ALLOW_FROM；默认不限）",
        ),
    )
    parser.option(
        "--log-format",
        metavar="FORMAT",
        help=Wording(
            "log lines as text or json (DIALOG_LOG_FORMAT; default: text)",
            "日志格式：text 或 json（DIALOG_LOG_FORMAT；默认 text）",
        ),
    )
    parser.option(
        "--metrics",
        metavar="[HOST:]PORT",
        help=Wording(
            "show numbers for Prometheus at this port's /metrics, those of all workers together "
            "(DIALOG_METRICS; host: 127.0.0.1; default: nowhere)",
            "在此端口的 /metrics 提供 Prometheus 指标，包括所有工作进程"
            "（DIALOG_METRICS；主机默认 127.0.0.1；默认不提供）",
        ),
    )
