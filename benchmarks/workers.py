"""One worker process with Redis, and two: what the work for a request costs each of them.

    python benchmarks/workers.py [--quick]

Workers, Redis and client share two cores here, so the second worker cannot add what it would where the client is
elsewhere. What can be seen is whether the workers' processor time for a request stays the same when there are two, and
whether anybody waits: with each connection sending as soon as it has its answer, the cores are idle only if it is so.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from contenders import OURS_REDIS
from servers import CLIENT_CORE, HERE, SERVER_CORE, Contender, processor_seconds, running
from work import write_bot

CORES = frozenset({SERVER_CORE, CLIENT_CORE})
CONNECTIONS_EACH = 24
RULES = 1_000
_BEGUN_AFTER = 1.5
"""Seconds until the client is surely at work."""
Workers = dict[str, dict[str, float]]


def measure(workers: int, folder: Path, seconds: float) -> dict[str, float]:
    """So many workers, once."""
    bot = folder / "work.yaml"
    write_bot(bot, RULES)
    contender = Contender(f"{workers} workers", (*OURS_REDIS.command, "--workers", str(workers)))
    with running(contender, RULES, bot, folder / "sessions.db", cores=CORES) as server:
        assert server.redis is not None
        options = ("--seconds", seconds, "--connections", CONNECTIONS_EACH * workers)
        client = subprocess.Popen(
            [sys.executable, "load.py", *map(str, (server.port, RULES, *options))],
            cwd=HERE,
            stdout=subprocess.PIPE,
            preexec_fn=lambda: os.sched_setaffinity(0, CORES),  # noqa: PLW1509
        )

        def used() -> tuple[float, float, float, float]:
            return time.perf_counter(), server.processor_seconds, processor_seconds(server.redis.pid), _idle()

        time.sleep(_BEGUN_AFTER)
        before = used()
        time.sleep(seconds - 1)
        took, mine, redis, idle = (later - earlier for earlier, later in zip(before, used(), strict=True))
        printed, _ = client.communicate()
    seen = json.loads(printed)
    if seen["wrong"]:
        sys.exit(f"{contender.name}: {seen['wrong']} wrong replies; {seen['example']}")
    requests = seen["requests_per_second"] * took
    return {
        "requests_per_second": seen["requests_per_second"],
        "processor_us": mine / requests * 1e6,
        "redis_us": redis / requests * 1e6,
        "idle": idle / took / len(CORES),
    }


def run(*, quick: bool) -> Workers | None:
    """The medians with one worker and with two, and under `ratio` the quotient; None where there is no Redis."""
    if OURS_REDIS.missing:
        return None
    rounds = []
    with tempfile.TemporaryDirectory() as name:
        for _ in range(1 if quick else 3):
            rounds.append([measure(workers, Path(name), 3.0 if quick else 5.0) for workers in (1, 2)])
            print("1 and 2 workers with Redis", *rounds[-1], sep="\n    ", file=sys.stderr, flush=True)
    one, two = (
        {key: statistics.median(each[key] for each in side) for key in side[0]} for side in zip(*rounds, strict=True)
    )
    capacity = statistics.median(2 * one["processor_us"] / two["processor_us"] for one, two in rounds)
    rate = statistics.median(two["requests_per_second"] / one["requests_per_second"] for one, two in rounds)
    return {"1": one, "2": two, "ratio": {"by_processor_time": capacity, "requests_per_second": rate}}


def _idle() -> float:
    """Seconds for which the cores have had nothing to do."""
    lines = dict(line.split(maxsplit=1) for line in Path("/proc/stat").read_text().splitlines())
    ticks = os.sysconf("SC_CLK_TCK")
    return sum(sum(map(int, lines[f"cpu{core}"].split()[3:5])) for core in CORES) / ticks


if __name__ == "__main__":
    json.dump(run(quick="--quick" in sys.argv), sys.stdout, indent=1)
    print()
