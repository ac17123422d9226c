"""Two worker processes with one Redis, and what of that costs a request more than one worker does.

    python benchmarks/workers.py [--quick]

Workers, Redis and clients share two cores here, so a second worker cannot add what it would where the clients are
elsewhere. What can be seen is the workers' processor time for a request, and how much of it a second worker is to
blame for. That takes three sides. One worker `alone` has a core whenever it wants one, so all of its connections go
in step and share each round trip to Redis; where it has to wait for a core they do not, and a request costs more. So
one worker is measured `beside` another one, too: that has its Redis and its client to itself, and nothing to do with
the first one but the machine. Two workers `together` have one port and one Redis, and make the machine as full. What
together takes more than beside is what they cost each other; what beside takes more than alone is the full machine.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from contenders import OURS_REDIS
from servers import CLIENT_CORE, HERE, SERVER_CORE, Contender, processor_seconds, running
from work import write_bot

CORES = frozenset({SERVER_CORE, CLIENT_CORE})
CONNECTIONS_EACH = 24
RULES = 1_000
_BEGUN_AFTER = 1.5
"""Seconds until the clients are surely at work."""
Workers = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Side:
    """So many servers, each with a Redis of its own, and so many workers of each. Each worker has a client."""

    servers: int
    workers: int


SIDES = {"alone": Side(1, 1), "beside": Side(2, 1), "together": Side(1, 2)}


def measure(side: Side, folder: Path, seconds: float) -> dict[str, float]:
    """One side, once; all that is counted is the sum of what its servers do."""
    bot = folder / "work.yaml"
    write_bot(bot, RULES)
    contender = Contender(f"{side.workers} workers", (*OURS_REDIS.command, "--workers", str(side.workers)))
    with ExitStack() as stack:
        servers = [
            stack.enter_context(running(contender, RULES, bot, folder / "sessions.db", cores=CORES))
            for _ in range(side.servers)
        ]
        ports = [server.port for server in servers for _ in range(side.workers)]
        clients = [_client(port, number * CONNECTIONS_EACH, seconds) for number, port in enumerate(ports)]

        def used() -> tuple[float, float, float, float]:
            mine = sum(server.processor_seconds for server in servers)
            redis = sum(processor_seconds(server.redis.pid) for server in servers if server.redis is not None)
            return time.perf_counter(), mine, redis, _idle()

        time.sleep(_BEGUN_AFTER)
        before = used()
        time.sleep(seconds - 1)
        took, mine, redis, idle = (later - earlier for earlier, later in zip(before, used(), strict=True))
        seen = [json.loads(client.communicate()[0]) for client in clients]
    for each in seen:
        if each["wrong"]:
            sys.exit(f"{contender.name}: {each['wrong']} wrong replies; {each['example']}")
    rate = sum(each["requests_per_second"] for each in seen)
    return {
        "requests_per_second": rate,
        "processor_us": mine / (rate * took) * 1e6,
        "redis_us": redis / (rate * took) * 1e6,
        "idle": idle / took / len(CORES),
    }


def run(*, quick: bool) -> Workers | None:
    """The medians of each side, and under `ratio` the quotients; None where there is no Redis."""
    if OURS_REDIS.missing:
        return None
    rounds = []
    with tempfile.TemporaryDirectory() as name:
        for _ in range(1 if quick else 3):
            rounds.append({of: measure(side, Path(name), 3.0 if quick else 5.0) for of, side in SIDES.items()})
            print("workers with Redis", *rounds[-1].items(), sep="\n    ", file=sys.stderr, flush=True)
    medians = {of: {key: statistics.median(each[of][key] for each in rounds) for key in rounds[0][of]} for of in SIDES}

    def quotient(key: str, of: str, by: str) -> float:
        return statistics.median(each[of][key] / each[by][key] for each in rounds)

    return medians | {
        "ratio": {
            "by_processor_time": 2 * quotient("processor_us", "beside", "together"),
            "with_the_machine": 2 * quotient("processor_us", "alone", "together"),
            "requests_per_second": quotient("requests_per_second", "together", "alone"),
        }
    }


def _client(port: int, first: int, seconds: float) -> subprocess.Popen[bytes]:
    options = ("--seconds", seconds, "--connections", CONNECTIONS_EACH, "--first", first)
    return subprocess.Popen(
        [sys.executable, "load.py", *map(str, (port, RULES, *options))],
        cwd=HERE,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, CORES),  # noqa: PLW1509
    )


def _idle() -> float:
    """Seconds for which the cores have had nothing to do."""
    lines = dict(line.split(maxsplit=1) for line in Path("/proc/stat").read_text().splitlines())
    ticks = os.sysconf("SC_CLK_TCK")
    return sum(sum(map(int, lines[f"cpu{core}"].split()[3:5])) for core in CORES) / ticks


if __name__ == "__main__":
    json.dump(run(quick="--quick" in sys.argv), sys.stdout, indent=1)
    print()
