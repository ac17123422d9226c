"""What we aim at, held against what one run has found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contenders import (
    BARE,
    CONNECT,
    DURABLE_PEERS,
    OURS,
    OURS_PLAIN,
    OURS_PLAIN_SQLITE,
    OURS_SQLITE,
    PEERS,
    ROBOT,
    WECHATPY,
    WEROBOT,
)
from figures import Figures
from serving import Rounds


@dataclass(frozen=True)
class Target:
    """A figure that is aimed at: what was measured, and whether that is enough."""

    what: str
    wanted: float
    measured: float | None
    more_is_better: bool = True
    plain: float | None = None
    """The same of plain Python, where both forms were measured."""

    @property
    def row(self) -> str:
        """Its line in the table."""
        sign = "≥" if self.more_is_better else "≤"
        plain = "" if self.plain is None else f"{self.plain:.2f}"
        if self.measured is None:
            return f"| {self.what} | {sign} {self.wanted:g} | not measured | – | {plain} |"
        met = self.measured >= self.wanted if self.more_is_better else self.measured <= self.wanted
        return f"| {self.what} | {sign} {self.wanted:g} | {self.measured:.2f} | {'yes' if met else 'no'} | {plain} |"


def targets(found: Figures) -> Iterator[Target]:
    """Every target."""
    yield from _rates(found)
    yield from _half_load(found)
    yield from _two_workers(found)
    yield from _alone(found)
    yield from _tools(found)
    yield from _sizes(found)


def _ratio(mine: float | None, other: float | None) -> float | None:
    return mine / other if mine and other else None


def _rate(mine: Rounds | None, other: Rounds | None) -> float | None:
    return mine.ratio("requests_per_second", other) if mine and other else None


def _rates(found: Figures) -> Iterator[Target]:
    bare = found.rounds(BARE.name)
    in_memory = [found.rounds(contender.name) for contender in (OURS, OURS_PLAIN)]
    durable = [found.rounds(contender.name) for contender in (OURS_SQLITE, OURS_PLAIN_SQLITE)]
    peers = [rounds for peer in DURABLE_PEERS if (rounds := found.rounds(peer.name))]
    best = max(peers, key=lambda peer: peer["requests_per_second"]) if len(peers) == len(DURABLE_PEERS) else None

    def target(what: str, wanted: float, mine: list[Rounds | None], other: Rounds | None) -> Target:
        measured, plain = (_rate(rounds, other) for rounds in mine)
        return Target(what, wanted, measured, plain=plain)

    yield target("requests/s at 1,000 rules ÷ bare handler", 0.65, in_memory, bare)
    yield target("the same with SQLite, a write every turn", 0.45, durable, bare)
    yield target("÷ the fastest durable peer (ours with SQLite)", 1.0, durable, best)
    yield target("÷ wechatpy + aiohttp by hand", 1.6, in_memory, found.rounds(WECHATPY.name))
    yield target("÷ WeRoBot", 7.0, in_memory, found.rounds(WEROBOT.name))
    yield target("÷ weixin-robot on Node.js", 3.5, in_memory, found.rounds(ROBOT.name))
    yield target("÷ wechat + connect on Node.js", 1.2, in_memory, found.rounds(CONNECT.name))
    flat = _rate(found.rounds(OURS.name, "10000"), found.rounds(OURS.name, "10"))
    yield Target("requests/s at 10,000 rules ÷ at 10 rules", 0.9, flat)


def _half_load(found: Figures) -> Iterator[Target]:
    mine, plain = (found.rounds(contender.name, "half load") for contender in (OURS, OURS_PLAIN))
    peers = [rounds for peer in PEERS if (rounds := found.rounds(peer.name, "half load"))]
    best = min(peers, key=lambda peer: peer["p99_ms"]) if len(peers) == len(PEERS) else None

    def p99(rounds: Rounds | None, other: Rounds | None, by: str) -> float | None:
        return rounds.ratio("p99_ms", other, by) if rounds and other else None

    yield Target("p99 ÷ p50 at half load", 10.0, p99(mine, mine, "p50_ms"), False, p99(plain, plain, "p50_ms"))
    what = "p99 at half load ÷ the best peer's at half of its own"
    yield Target(what, 1.0, p99(mine, best, "p99_ms"), False, p99(plain, best, "p99_ms"))


def _two_workers(found: Figures) -> Iterator[Target]:
    capacity = found.workers["ratio"]["by_processor_time"] if found.workers else None
    yield Target("two workers with Redis ÷ one on as full a machine, by processor time a request", 1.7, capacity)


def _alone(found: Figures) -> Iterator[Target]:
    mine, loop, rivescript = (
        found.turns.get(name, {}).get("10000") for name in ("dialog machine", "loop over re", "rivescript")
    )
    yield Target("turns/s of the machine alone, 10,000 rules", 50_000, mine)
    yield Target("÷ a loop over re, 10,000 rules", 25, _ratio(mine, loop))
    yield Target("÷ rivescript, 10,000 rules", 100, _ratio(mine, rivescript))


def _tools(found: Figures) -> Iterator[Target]:
    compiling, cached = found.loaded["ratio"], found.loaded["cached_ratio"]
    starting = "linting 300 lines ÷ starting Python with lark and lxml"
    yield Target("an expression ÷ a Python lambda", 2.0, found.expression, more_is_better=False)
    yield Target("compiling 10,000 rules ÷ ruamel.yaml's loading", 0.25, compiling, more_is_better=False)
    yield Target("the same from the compiled cache", 0.05, cached, more_is_better=False)
    yield Target("linting 10,000 rules ÷ yamllint", 0.35, found.lint, more_is_better=False)
    yield Target(starting, 2.0, found.small_lint, more_is_better=False)


def _sizes(found: Figures) -> Iterator[Target]:
    by_hand, mine = found.served[WECHATPY.name]["10"], found.served[OURS.name]["10"]
    again = found.started["again"] / found.started["by hand"]
    yield Target("start again to first reply ÷ wechatpy by hand", 1.5, again, more_is_better=False)
    memory = mine["resident_mb"] / by_hand["resident_mb"]
    yield Target("memory at 10 rules ÷ wechatpy by hand", 1.3, memory, more_is_better=False)
    per_rule = (found.served[OURS.name]["10000"]["resident_mb"] - mine["resident_mb"]) * 1e3 / 9_990
    yield Target("KB of memory for each rule", 10.0, per_rule, more_is_better=False)
    work, form = (found.disk[kind] / 1e3 for kind in ("work", "form"))
    yield Target("KB on disk for each idle session", 2.0, work, more_is_better=False)
    yield Target("KB on disk for one that knows twenty things", 2.0, form, more_is_better=False)
