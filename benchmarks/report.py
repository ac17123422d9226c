"""Everything in one run, as docs/performance.md and docs/performance.svg.

    python benchmarks/report.py [--quick [--write]]

With --quick every side is measured once, for two seconds; the page is only printed then, unless --write says otherwise.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import disk
import machine
from chart import chart
from contenders import IS_COMPILED, OURS, WECHATPY, WEROBOT_SQLITE, left_out
from figures import Figures, measured
from serving import ROUNDS, ROUNDS_OF_HALF_LOAD, ROUNDS_OF_PEERS, Served
from targets import targets
from workers import CONNECTIONS_EACH, Workers

DOCS = Path(__file__).parents[1] / "docs"


def main() -> None:
    """Measure, then write."""
    quick = "--quick" in sys.argv
    found = measured(quick=quick)
    page = "\n".join(
        [
            *_head(quick=quick),
            *_targets(found),
            *_servers(found.served),
            *_workers(found.workers),
            *_starts(found.started),
            *_turns(found.turns),
            *_disk(found.disk),
            "",
        ]
    )
    if quick and "--write" not in sys.argv:
        print(page)
        return
    (DOCS / "performance.md").write_text(page, encoding="utf-8")
    (DOCS / "performance.svg").write_text(chart(found.served), encoding="utf-8")
    subprocess.run(["git", "diff", "--stat", "--", str(DOCS)], check=False)


def _head(*, quick: bool) -> Iterator[str]:
    yield "# Speed"
    yield ""
    yield (
        "Written by `make benchmarks`. The sides of each comparison take turns in one run on one machine, and every "
        "reply is checked while it is measured. A figure is the median of its rounds, a ratio the median of the ratios "
        "of each round. Only the ratios mean anything on another machine."
    )
    yield ""
    rounds = f"{ROUNDS} rounds of 4 s, {ROUNDS_OF_PEERS} of peers, {ROUNDS_OF_HALF_LOAD} at half load"
    if quick:
        rounds = "one round of 2 s"
    yield (
        f"This run: {rounds}, Python {platform.python_version()}, {os.cpu_count()} cores, one for the server and "
        "one for the client, 48 connections, 2,400 users. Of the messages 30 % hit a phrase exactly, 20 % contain one, "
        "20 % match a regular expression with a capture, 10 % play a game that remembers, 10 % are menu clicks, 10 % "
        "find nothing."
    )
    yield ""
    if IS_COMPILED:
        yield (
            "What is ours is measured in its compiled form, which `make compiled` makes; servers with `not compiled` "
            "in their name, and the last column of the first table, are the same program as plain Python, as `make "
            "run` runs it."
        )
    else:
        yield "There was no C compiler, so what is ours is measured as plain Python, not in its compiled form."
    yield ""
    yield "![requests per second as bots grow](performance.svg)"
    yield ""


def _targets(found: Figures) -> Iterator[str]:
    yield "## What we aim at"
    yield ""
    yield "| measured | wanted | found | met | not compiled |"
    yield "|---|---|---|---|---|"
    for target in targets(found):
        yield target.row
    yield ""


def _least_and_most(shares: list[float]) -> str:
    """The least and the most of some shares, in percent."""
    return f"{min(shares, default=0):.1%} to {max(shares, default=0):.1%}"


def _servers(served: Served) -> Iterator[str]:
    stood = [sizes["half load"]["stood_still"] for sizes in served.values() if "half load" in sizes]
    yield "## Servers"
    yield ""
    yield "| server | rules | requests/s | p50 ms | p99 ms | processor µs | memory MB |"
    yield "|---|---|---|---|---|---|---|"
    for name, sizes in served.items():
        for size, row in sizes.items():
            rate = row["requests_per_second"]
            yield (
                f"| {name} | {size} | {rate:,.{0 if rate >= 10 else 1}f} | {row['p50_ms']:,.2f} | {row['p99_ms']:,.2f} "
                f"| {row['processor_us']:,.0f} | {row['resident_mb']:.0f} |"
            )
    yield ""
    yield (
        "The bare handler checks the signature, parses the XML and answers a constant. `half load` is 1,000 rules at "
        "half of what the server can do, sent at even intervals; while the machine does something else on the client's "
        f"core the intervals stand still, here for {_least_and_most(stood)} of the time. What it takes from a server "
        "counts, and shows in the bare handler, too. Servers without a word on it keep their sessions in memory, those "
        "with SQLite and Redis where they survive a restart; Redis has its log flushed each second and runs on the "
        "client's core, so its own time and memory come on top of those of the server. With SQLite each turn is on the "
        "disk before it is answered. With Redis `dialog-run` and WeRoBot write each turn before they answer it, "
        "weixin-robot a session that has changed, wechat each session after it has answered."
    )
    yield ""
    if WEROBOT_SQLITE.name in served:
        yield (
            "WeRoBot saves its session after each rule it has tried, so with SQLite it flushes the disk hundreds of "
            "times a message. It is asked there by one user at a time."
        )
    else:
        yield f"{WEROBOT_SQLITE.name} was left out: it saves its session after each rule it tries, and took too long."
    yield ""
    for name, lacking in left_out().items():
        yield f"{name} was left out: it needs `{lacking}`."
        yield ""


def _workers(seen: Workers | None) -> Iterator[str]:
    yield "## Two workers with Redis"
    yield ""
    if seen is None:
        yield "Left out: it needs `redis-server`."
        yield ""
        return
    yield "| workers | requests/s | processor µs of the workers | of Redis | cores idle |"
    yield "|---|---|---|---|---|"
    for side, name in (
        ("alone", "1"),
        ("beside", "1, beside another with its own Redis and clients"),
        ("together", "2, with one Redis"),
    ):
        row = seen[side]
        yield (
            f"| {name} | {row['requests_per_second']:,.0f} | {row['processor_us']:.0f} | {row['redis_us']:.0f} "
            f"| {row['idle']:.0%} |"
        )
    yield ""
    alone, beside, two, ratio = seen["alone"], seen["beside"], seen["together"], seen["ratio"]
    yield (
        f"`dialog-run --workers`, 1,000 rules, {CONNECTIONS_EACH} connections for each worker. The workers, Redis and "
        f"the clients share two cores, so what is seen here, {ratio['requests_per_second']:.2f} × the requests of one "
        "worker, says how much was left for a second one and not what it could do. What can be seen is what a request "
        "costs the workers, by their processor time, and why."
    )
    yield ""
    yield (
        "One worker alone has a core whenever it wants one, so its connections go in step and share their round trips "
        "to Redis; where it has to wait for a core fewer of them do, and a request costs more. That is no matter of "
        "the second worker's. So one worker is measured on a full machine, too: beside another one that has a port, a "
        "Redis and a client of its own, and shares nothing with the first but the machine. There a request costs "
        f"{beside['processor_us']:.0f} µs in place of {alone['processor_us']:.0f}. Two workers with one port and one "
        f"Redis make the machine as full, and need {two['processor_us']:.0f}: so two do "
        f"{ratio['by_processor_time']:.2f} × as much as one in the same processor time, as far as it is up to them. "
        "That is the figure above. Held against one worker that has the machine to itself, which counts what the "
        f"machine costs against them, it is {ratio['with_the_machine']:.2f} ×."
    )
    yield ""
    yield (
        "If each worker had a core to itself, and the clients and Redis others, two could answer "
        f"{2e6 / two['processor_us']:,.0f} requests a second by their processor time here, and Redis, which works on "
        f"one core, could serve {1e6 / two['redis_us']:,.0f}. Whether they also wait, for Redis or for one another, "
        f"shows in the cores: with two workers they were idle for {two['idle']:.0%} of the time."
    )
    yield ""


def _starts(started: dict[str, float]) -> Iterator[str]:
    yield "## Starting"
    yield ""
    yield "| from the start of the process to its first right reply, 10 rules | s | ÷ by hand |"
    yield "|---|---|---|"
    for which, name in (
        ("by hand", WECHATPY.name),
        ("again", f"{OURS.name}, start again"),
        ("first", f"{OURS.name}, first start after an edit"),
    ):
        yield f"| {name} | {started[which]:.2f} | {started[which] / started['by hand']:.2f} |"
    yield ""
    yield (
        "The byte code of every side is there from an earlier start. `dialog-run` also keeps what it has compiled of a "
        "bot: its first start has to read, check and compile it, each further one need not. The target is about those."
    )
    yield ""


def _turns(turns: dict[str, dict[str, float]]) -> Iterator[str]:
    yield "## The machine alone"
    yield ""
    yield "| turns per second | 10 rules | 1,000 | 10,000 |"
    yield "|---|---|---|---|"
    for name, row in turns.items():
        yield f"| {name} | " + " | ".join(f"{row[str(size)]:,.0f}" for size in machine.SIZES) + " |"
    yield ""


def _disk(taken: dict[str, float]) -> Iterator[str]:
    yield "## On the disk"
    yield ""
    yield f"| SQLite file, after the talks of {disk.USERS:,} users | bytes for each |"
    yield "|---|---|"
    yield f"| the bot of this work | {taken['work']:,.0f} |"
    yield f"| a bot that keeps ten facts of the user and ten of the conversation, in Chinese | {taken['form']:,.0f} |"
    yield ""
    yield (
        f"Each user sends {disk.MESSAGES} messages within four minutes, {disk.AT_ONCE} of them at a time, and every "
        "hour others. When the file is measured the last ones have been silent for a day: by then all remembered "
        "replies are forgotten, and the sessions are still there. Pages of the file that nothing uses any more are "
        "counted too."
    )


if __name__ == "__main__":
    main()
