"""The port the bot listens on, on this computer."""

from __future__ import annotations

import errno
import socket
from enum import StrEnum

from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.answers import Answer, Unanswered
from interpreter.server.diagnosis.findings import Finding, fine, problem


class PortState(StrEnum):
    """Who has a port."""

    FREE = "free"
    TAKEN = "taken"
    FORBIDDEN = "forbidden"
    NOT_HERE = "not-here"


def look_at_port(host: str, port: int) -> PortState:
    """Try to have a port for a moment."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            match error.errno:
                case errno.EADDRINUSE:
                    return PortState.TAKEN
                case errno.EACCES:
                    return PortState.FORBIDDEN
                case _:
                    return PortState.NOT_HERE
    return PortState.FREE


def port_findings(host: str, port: int, state: PortState, health: Answer | Unanswered | None) -> list[Finding]:
    """What a port says about the bot; `health` is what `/healthz` answers there when it is taken."""
    match state:
        case PortState.FREE:
            said = Wording(
                f"port {port} is free: no bot is running here, and one could",
                f"端口 {port} 空闲：本机没有运行机器人，可以启动",
            )
            return [fine("port-free", said)]
        case PortState.TAKEN if isinstance(health, Answer) and health.status == 200 and health.body == b"ok\n":
            return [fine("port-bot", Wording(f"a bot is running on port {port}", f"端口 {port} 上有机器人在运行"))]
        case PortState.TAKEN:
            return [
                problem(
                    "port-taken",
                    Wording(f"port {port} is taken by another program", f"端口 {port} 被其他程序占用"),
                    Wording(
                        f"find it with `ss -ltnp 'sport = :{port}'`, or take another port (`--port`, PORT)",
                        f"可用 `ss -ltnp 'sport = :{port}'` 查看，或换一个端口（`--port`、PORT）",
                    ),
                )
            ]
        case PortState.FORBIDDEN:
            return [
                problem(
                    "port-forbidden",
                    Wording(f"this user may not open port {port}", f"当前用户无权使用端口 {port}"),
                    Wording(
                        "take a port above 1023, and let a web server forward to it",
                        "请使用 1023 以上的端口，并由网页服务器转发",
                    ),
                )
            ]
        case PortState.NOT_HERE:
            return [
                problem(
                    "port-host",
                    Wording(f"{host} is not an address of this computer", f"{host} 不是本机的地址"),
                    Wording(
                        "listen on 127.0.0.1 or 0.0.0.0 (`--host`, HOST)",
                        "请监听 127.0.0.1 或 0.0.0.0（`--host`、HOST）",
                    ),
                )
            ]
