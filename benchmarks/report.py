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
from dataclasses import dataclass
from pathlib import Path

import expressions
import lint
import loading
import machine
import serving

DOCS = Path(__file__).parents[1] / "docs"
Table = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True)
class Target:
    """A figure that is aimed at: what was measured, and whether that is enough."""

    what: str
    wanted: float
    measured: float | None
    more_is_better: bool = True

    @property
    def row(self) -> str:
        """Its line in the table."""
        sign = "≥" if self.more_is_better else "≤"
        if self.measured is None:
            return f"| {self.what} | {sign} {self.wanted:g} | not measured | – |"
        met = self.measured >= self.wanted if self.more_is_better else self.measured <= self.wanted
        return f"| {self.what} | {sign} {self.wanted:g} | {self.measured:.2f} | {'yes' if met else 'no'} |"


def targets(
    served: Table, turns: dict[str, dict[str, float]], started: dict[str, float], others: dict[str, float]
) -> Iterator[Target]:
    """Every target, held against the figures."""

    def rate(name: str, size: str = "1000") -> float | None:
        return served.get(name, {}).get(size, {}).get("requests_per_second")

    def ratio(mine: float | None, other: float | None) -> float | None:
        return mine / other if mine and other else None

    ours, durable = rate(serving.OURS.name), rate(serving.OURS_SQLITE.name)
    half = served[serving.OURS.name]["half load"]
    yield Target("requests/s at 1,000 rules ÷ bare handler", 0.65, ratio(ours, rate(serving.BARE.name)))
    yield Target("the same with SQLite, a write every turn", 0.45, ratio(durable, rate(serving.BARE.name)))
    yield Target("÷ wechatpy + aiohttp by hand", 1.6, ratio(ours, rate(serving.WECHATPY.name)))
    yield Target("÷ wechatpy + SQLite (ours with SQLite)", 1.0, ratio(durable, rate(serving.WECHATPY_SQLITE.name)))
    yield Target("÷ WeRoBot", 7.0, ratio(ours, rate(serving.WEROBOT.name)))
    yield Target("÷ weixin-robot on Node.js", 3.5, ratio(ours, rate(serving.ROBOT.name)))
    yield Target("÷ wechat + connect on Node.js", 1.2, ratio(ours, rate(serving.CONNECT.name)))
    flat = ratio(rate(serving.OURS.name, "10000"), rate(serving.OURS.name, "10"))
    yield Target("requests/s at 10,000 rules ÷ at 10 rules", 0.9, flat)
    yield Target("p99 ÷ p50 at half load", 10.0, half["p99_ms"] / half["p50_ms"], more_is_better=False)
    yield Target("turns/s of the machine alone, 10,000 rules", 50_000, turns["dialog machine"]["10000"])
    alone = ratio(turns["dialog machine"]["10000"], turns.get("rivescript", {}).get("10000"))
    yield Target("÷ rivescript, 10,000 rules", 100, alone)
    yield Target("an expression ÷ a Python lambda", 2.0, others["expressions"], more_is_better=False)
    yield Target("compiling 10,000 rules ÷ ruamel.yaml's loading", 0.25, others["loading"], more_is_better=False)
    yield Target("the same from the compiled cache", 0.05, others["cached"], more_is_better=False)
    yield Target("linting 10,000 rules ÷ yamllint", 0.35, others["lint"], more_is_better=False)
    small = "linting 300 lines ÷ starting Python with lark and lxml"
    yield Target(small, 2.0, others["small lint"], more_is_better=False)
    by_hand, mine = served[serving.WECHATPY.name]["10"], served[serving.OURS.name]["10"]
    again = started["again"] / started["by hand"]
    yield Target("start again to first reply ÷ wechatpy by hand", 1.5, again, more_is_better=False)
    memory = mine["resident_mb"] / by_hand["resident_mb"]
    yield Target("memory at 10 rules ÷ wechatpy by hand", 1.3, memory, more_is_better=False)
    per_rule = (served[serving.OURS.name]["10000"]["resident_mb"] - mine["resident_mb"]) * 1e3 / 9_990
    yield Target("KB of memory for each rule", 10.0, per_rule, more_is_better=False)


def main() -> None:
    """Measure, then write."""
    quick = "--quick" in sys.argv
    served = serving.run(quick=quick)
    started = serving.starts(quick=quick)
    turns = machine.run(quick=quick)
    loaded = loading.run(quick=quick)
    others = {
        "expressions": expressions.run(quick=quick)["geometric mean"]["ratio"],
        "loading": loaded["ratio"],
        "cached": loaded["cached_ratio"],
        "lint": lint.ratio(10_000, rounds=1 if quick else 5),
        "small lint": lint.small_ratio(rounds=5 if quick else 25),
    }
    page = "\n".join(
        [
            *_head(quick=quick),
            *_targets(served, turns, started, others),
            *_servers(served),
            *_starts(started),
            *_turns(turns),
            "",
        ]
    )
    if quick and "--write" not in sys.argv:
        print(page)
        return
    (DOCS / "performance.md").write_text(page, encoding="utf-8")
    (DOCS / "performance.svg").write_text(chart(served), encoding="utf-8")
    subprocess.run(["git", "diff", "--stat", "--", str(DOCS)], check=False)


def _head(*, quick: bool) -> Iterator[str]:
    yield "# Speed"
    yield ""
    yield (
        "Written by `make benchmarks`. The sides of each comparison take turns in one run on one machine, and every "
        "reply is checked while it is measured; figures are medians. Only the ratios mean anything on another machine."
    )
    yield ""
    rounds = "one round of 2 s" if quick else "three rounds of 4 s"
    yield (
        f"This run: {rounds} each, Python {platform.python_version()}, {os.cpu_count()} cores, one for the server and "
        "one for the client, 48 connections, 2,400 users. Of the messages 30 % hit a phrase exactly, 20 % contain one, "
        "20 % match a regular expression with a capture, 10 % play a game that remembers, 10 % are menu clicks, 10 % "
        "find nothing."
    )
    yield ""
    yield "![requests per second as bots grow](performance.svg)"
    yield ""


def _targets(
    served: Table, turns: dict[str, dict[str, float]], started: dict[str, float], others: dict[str, float]
) -> Iterator[str]:
    yield "## What we aim at"
    yield ""
    yield "| measured | wanted | found | met |"
    yield "|---|---|---|---|"
    for target in targets(served, turns, started, others):
        yield target.row
    yield ""


def _servers(served: Table) -> Iterator[str]:
    yield "## Servers"
    yield ""
    yield "| server | rules | requests/s | p50 ms | p99 ms | processor µs | memory MB |"
    yield "|---|---|---|---|---|---|---|"
    for name, sizes in served.items():
        for size, row in sizes.items():
            yield (
                f"| {name} | {size} | {row['requests_per_second']:,.0f} | {row['p50_ms']:.1f} | {row['p99_ms']:.1f} "
                f"| {row['processor_us']:.0f} | {row['resident_mb']:.0f} |"
            )
    yield ""
    yield (
        "The bare handler checks the signature, parses the XML and answers a constant. `half load` is 1,000 rules at "
        "half of what the server can do, sent at even intervals."
    )
    yield ""


def _starts(started: dict[str, float]) -> Iterator[str]:
    yield "## Starting"
    yield ""
    yield "| from the start of the process to its first right reply, 10 rules | s | ÷ by hand |"
    yield "|---|---|---|"
    for which, name in (
        ("by hand", serving.WECHATPY.name),
        ("again", f"{serving.OURS.name}, start again"),
        ("first", f"{serving.OURS.name}, first start after an edit"),
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


def chart(served: Table) -> str:
    """Requests per second by number of rules, one line a server."""
    sizes = ("10", "1000", "10000")
    lines = {
        name: [(sizes.index(size), row[size]["requests_per_second"]) for size in sizes if size in row]
        for name, row in served.items()
        if "10" in row
    }
    top = max(rate for points in lines.values() for _, rate in points) * 1.1
    colours = ("#0a7", "#888", "#c60", "#36c", "#a3a")
    drawn = []
    for (name, points), colour in zip(lines.items(), colours, strict=False):
        places = [(80 + 180 * x, 260 - 220 * rate / top) for x, rate in points]
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
        end_x, end_y = places[-1]
        drawn.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<text x="{end_x + 8:.0f}" y="{end_y + 4:.0f}" fill="{colour}">{name}</text>'
        )
    ticks = "".join(
        f'<text x="{80 + 180 * x}" y="280" text-anchor="middle">{int(size):,} rules</text>'
        for x, size in enumerate(sizes)
    )
    scale = "".join(
        f'<text x="70" y="{264 - 220 * part / 4:.0f}" text-anchor="end">{top * part / 4:,.0f}</text>'
        f'<line x1="80" x2="440" y1="{260 - 220 * part / 4:.0f}" y2="{260 - 220 * part / 4:.0f}" stroke="#ddd"/>'
        for part in range(5)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="680" height="300" font-family="sans-serif" font-size="12">'
        f'<rect width="680" height="300" fill="white"/><text x="80" y="20">requests per second</text>'
        f"{scale}{ticks}{''.join(drawn)}</svg>\n"
    )


if __name__ == "__main__":
    main()
