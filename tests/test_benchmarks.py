"""The benchmarks run where peers, Node.js or Redis are missing, and say what they have left out."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
PART = {"requests_per_second": 100.0, "p50_ms": 1.0, "p99_ms": 2.0, "processor_us": 50.0, "resident_mb": 40.0}
SIZES = {size: [PART] for size in ("10", "1000", "10000", "half load")}


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What imports a module of the benchmarks; in the end they are gone, for their names are anybody's."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "").is_relative_to(BENCHMARKS):
            del sys.modules[name]


def figures(modules: Any, served: dict[str, dict[str, list[dict[str, float]]]], workers: object = None) -> Any:
    rounds = modules("serving").Rounds
    return modules("figures").Figures(
        served={name: {size: rounds(found) for size, found in sizes.items()} for name, sizes in served.items()},
        started={"first": 0.3, "again": 0.2, "by hand": 0.2},
        workers=workers,
        turns={"dialog machine": {"10": 3.0, "1000": 2.0, "10000": 1.0}},
        expression=1.5,
        loaded={"ratio": 0.2, "cached_ratio": 0.01},
        lint=0.3,
        small_lint=1.8,
        disk={"work": 900.0, "form": 1_800.0},
    )


def rows(found: Any, modules: Any) -> dict[str, str]:
    return {target.what: target.row for target in modules("targets").targets(found)}


def test_targets_that_need_what_is_missing_are_not_measured(modules: Any) -> None:
    found = figures(modules, {"dialog-run": SIZES, "wechatpy + aiohttp": SIZES})
    assert {what for what, row in rows(found, modules).items() if "not measured" in row} == {
        "requests/s at 1,000 rules ÷ bare handler",
        "the same with SQLite, a write every turn",
        "÷ the fastest durable peer (ours with SQLite)",
        "p99 at half load ÷ the best peer's at half of its own",
        "÷ WeRoBot",
        "÷ weixin-robot on Node.js",
        "÷ wechat + connect on Node.js",
        "two workers with Redis ÷ one on as full a machine, by processor time a request",
        "÷ a loop over re, 10,000 rules",
        "÷ rivescript, 10,000 rules",
    }


def test_the_fastest_durable_peer_is_the_one_that_counts(modules: Any) -> None:
    slow, fast = {"1000": [PART]}, {"1000": [{**PART, "requests_per_second": 200.0}]}
    served = {"dialog-run": SIZES, "wechatpy + aiohttp": SIZES, "dialog-run, SQLite": slow}
    served |= {peer.name: slow for peer in modules("contenders").DURABLE_PEERS}
    served["wechat + connect (Node.js), Redis"] = fast
    what = "÷ the fastest durable peer (ours with SQLite)"
    assert rows(figures(modules, served), modules)[what] == f"| {what} | ≥ 1 | 0.50 | no |  |"


def test_the_lowest_p99_of_a_peer_is_the_one_that_counts(modules: Any) -> None:
    low = {**SIZES, "half load": [{**PART, "p99_ms": 1.6}]}
    served = {"dialog-run": SIZES, **{peer.name: SIZES for peer in modules("contenders").PEERS}, "WeRoBot": low}
    what = "p99 at half load ÷ the best peer's at half of its own"
    assert rows(figures(modules, served), modules)[what] == f"| {what} | ≤ 1 | 1.25 | no |  |"


def test_a_ratio_is_that_of_what_was_measured_in_the_same_round(modules: Any) -> None:
    bare, mine = ([{**PART, "requests_per_second": rate} for rate in rates] for rates in ((100, 50, 20), (80, 35, 16)))
    served = {"dialog-run": SIZES | {"1000": mine}, "wechatpy + aiohttp": SIZES, "bare aiohttp handler": {"1000": bare}}
    what = "requests/s at 1,000 rules ÷ bare handler"
    assert rows(figures(modules, served), modules)[what] == f"| {what} | ≥ 0.65 | 0.80 | yes |  |"


def test_who_sits_out_a_round_is_compared_in_the_others(modules: Any) -> None:
    mine = [{**PART, "requests_per_second": rate} for rate in (200, 200, 900, 900, 900)]
    served = {"dialog-run": SIZES | {"1000": mine}, "wechatpy + aiohttp": SIZES | {"1000": [PART, PART]}}
    what = "÷ wechatpy + aiohttp by hand"
    assert rows(figures(modules, served), modules)[what] == f"| {what} | ≥ 1.6 | 2.00 | yes |  |"


def test_what_is_not_installed_is_named(modules: Any) -> None:
    contender = modules("servers").Contender(
        "a", (), needs=("sh", "peers/bare.py", "peers/nothing.js", "no-such-thing")
    )
    assert contender.missing == "peers/nothing.js"
