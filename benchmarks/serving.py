"""Servers side by side: ours, a bare handler, and peers, under the same work and the same client.

    python benchmarks/serving.py [--quick]

Every configuration is measured in rounds that take turns, so that a machine that slows down slows all of them; figures
are medians of the rounds. The server has one core, the client the other. Every reply is checked.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from servers import CLIENT_CORE, HERE, Contender, cache_beside, running
from work import write_bot

PYTHON = sys.executable
BARE = Contender("bare aiohttp handler", (PYTHON, "peers/bare.py", "{port}", "{rules}", "--uvloop"), "bare")
OURS = Contender(
    "dialog-run",
    (PYTHON, "-m", "interpreter.cli.run", "{bot}", "--host", "127.0.0.1", "--port", "{port}", "--store", "memory"),
    "ours",
)
OURS_SQLITE = Contender("dialog-run, SQLite", (*OURS.command[:-1], "sqlite:{file}"), "ours")
WECHATPY = Contender("wechatpy + aiohttp", (PYTHON, "peers/wechatpy_handler.py", "{port}", "{rules}", "--uvloop"))
WECHATPY_SQLITE = Contender("wechatpy + aiohttp, SQLite", (*WECHATPY.command, "--sqlite", "{file}"))
WEROBOT = Contender("WeRoBot", (PYTHON, "peers/werobot_server.py", "{port}", "{rules}"))
ROBOT = Contender("weixin-robot (Node.js)", ("node", "peers/weixin_robot.js", "{port}", "{rules}"), needs_node=True)
CONNECT = Contender(
    "wechat + connect (Node.js)", ("node", "peers/wechat_connect.js", "{port}", "{rules}"), needs_node=True
)

SATURATED = (
    *((contender, 1000) for contender in (BARE, OURS, OURS_SQLITE, WECHATPY, WECHATPY_SQLITE, WEROBOT, ROBOT, CONNECT)),
    *((contender, rules) for rules in (10, 100, 10_000) for contender in (OURS,)),
    *((contender, rules) for rules in (10, 10_000) for contender in (WECHATPY, WEROBOT, ROBOT, CONNECT)),
)
TOO_LARGE = {(ROBOT.name, 10_000)}
"""It aborts with a stack overflow."""


def load(port: int, rules: int, seconds: float, rate: float = 0.0) -> dict[str, float]:
    """What the client saw."""
    command = [PYTHON, "load.py", str(port), str(rules), "--seconds", str(seconds), "--core", str(CLIENT_CORE)]
    done = subprocess.run([*command, "--rate", str(rate)], cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the client failed:\n{done.stderr}")
    seen: dict[str, float] = json.loads(done.stdout)
    return seen


def measure(contender: Contender, rules: int, folder: Path, seconds: float, rate: float = 0.0) -> dict[str, float]:
    """One configuration, once."""
    bot = folder / f"work{rules}.yaml"
    if not bot.exists():
        write_bot(bot, rules)
    for old in folder.glob("sessions.db*"):
        old.unlink()
    with running(contender, rules, bot, folder / "sessions.db") as server:
        at_rest, before = server.resident, server.processor_seconds
        seen = load(server.port, rules, seconds, rate)
        used = server.processor_seconds - before
        if seen["wrong"] and contender.group != "bare":
            sys.exit(f"{contender.name}, {rules} rules: {seen['wrong']:.0f} wrong replies; {seen['example']}")
        served = seen["requests_per_second"] * seconds
        return {
            "requests_per_second": seen["requests_per_second"],
            "p50_ms": seen["p50_ms"],
            "p99_ms": seen["p99_ms"],
            "resident_mb": at_rest / 1e6,
            "processor_us": used / max(served * (seconds + 1) / seconds, 1) * 1e6,
        }


def starts(*, quick: bool) -> dict[str, float]:
    """Seconds from the start of a process to its first right reply, with 10 rules; the sides take turns.

    All have their byte code from an earlier start. Ours also keeps the compiled bot: `first` is a start without it,
    such as the first after an edit, `again` any other.
    """
    seen: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        bot, sessions = Path(name) / "work.yaml", Path(name) / "sessions.db"
        write_bot(bot, 10)

        def start(contender: Contender) -> float:
            with running(contender, 10, bot, sessions) as server:
                return server.started_in

        start(OURS)
        start(WECHATPY)
        for _ in range(3 if quick else 9):
            shutil.rmtree(cache_beside(sessions))
            seen["first"].append(start(OURS))
            seen["again"].append(start(OURS))
            seen["by hand"].append(start(WECHATPY))
    return {which: statistics.median(runs) for which, runs in seen.items()}


def run(*, quick: bool) -> dict[str, dict[str, dict[str, float]]]:
    """Everything: by contender and number of rules (and `half load`), the medians."""
    rounds, seconds = (1, 2.0) if quick else (3, 4.0)
    seen: dict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(rounds):
            for contender, rules in SATURATED:
                if contender.is_here and (contender.name, rules) not in TOO_LARGE:
                    figures = measure(contender, rules, folder, seconds)
                    seen[contender.name, str(rules)].append(figures)
                    print(
                        f"{contender.name:<28} {rules:>6} rules {figures['requests_per_second']:>9,.0f} /s", flush=True
                    )
        for contender in (OURS, OURS_SQLITE, WECHATPY, ROBOT, CONNECT):
            if contender.is_here:
                full = statistics.median(each["requests_per_second"] for each in seen[contender.name, "1000"])
                for _ in range(rounds):
                    figures = measure(contender, 1000, folder, seconds, full / 2)
                    seen[contender.name, "half load"].append(figures)
    medians: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    for (contender_name, size), runs in seen.items():
        medians[contender_name][size] = {key: statistics.median(each[key] for each in runs) for key in runs[0]}
    return dict(medians)


if __name__ == "__main__":
    json.dump(run(quick="--quick" in sys.argv), sys.stdout, indent=1)
    print()
