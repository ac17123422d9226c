"""Servers side by side: ours, a bare handler, and peers, under the same work and the same client.

    python benchmarks/serving.py [--quick]

Every configuration is measured in rounds that take turns, each in the opposite order of the one before, so that a
machine that slows down slows all of them. A figure is the median of its rounds, and a quotient of two figures the
median of the quotients of each round. Peers, which are far from what is held against them, sit out the last rounds; but
not at half load, where what a machine does now and then is most of what is seen. The server has one core, the client
the other. Every reply is checked.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from contenders import HALF_LOAD, OURS, SATURATED, WECHATPY, WEROBOT_SQLITE
from servers import CLIENT_CORE, HERE, Contender, NotServed, cache_beside, running
from work import write_bot

CONNECTIONS = 48
ROUNDS, ROUNDS_OF_PEERS, ROUNDS_OF_HALF_LOAD = 7, 3, 5
ONE_BY_ONE_SECONDS = 20.0
"""For a server that takes seconds for a reply."""


@dataclass(frozen=True)
class Rounds:
    """What the rounds of one configuration have found, in their order."""

    found: list[dict[str, float]]

    def __getitem__(self, key: str) -> float:
        """The median."""
        return statistics.median(each[key] for each in self.found)

    def ratio(self, key: str, other: Rounds, by: str = "") -> float:
        """The median of the quotients, of the rounds that both were in; `by` is what of the other, if not the same."""
        together = zip(self.found, other.found, strict=False)  # some sit out the last rounds
        return statistics.median(mine[key] / its[by or key] for mine, its in together)


Served = dict[str, dict[str, Rounds]]
"""By contender and number of rules (and `half load`)."""


def load(
    port: int, rules: int, seconds: float, *, rate: float = 0.0, connections: int = CONNECTIONS
) -> dict[str, float]:
    """What the client saw.

    Raises:
        NotServed: the client failed.
    """
    command = [sys.executable, "load.py", str(port), str(rules), "--seconds", str(seconds), "--core", str(CLIENT_CORE)]
    command += ["--rate", str(rate), "--connections", str(connections)]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotServed(f"the client failed:\n{done.stderr}")
    seen: dict[str, float] = json.loads(done.stdout)
    return seen


def measure(
    contender: Contender,
    rules: int,
    folder: Path,
    seconds: float,
    *,
    rate: float = 0.0,
    connections: int = CONNECTIONS,
) -> dict[str, float]:
    """One configuration, once.

    Raises:
        NotServed: it did not start, or gave a wrong reply.
    """
    bot = folder / f"work{rules}.yaml"
    if not bot.exists():
        write_bot(bot, rules)
    for old in folder.glob("sessions.db*"):
        old.unlink()
    with running(contender, rules, bot, folder / "sessions.db") as server:
        at_rest, before = server.resident, server.processor_seconds
        seen = load(server.port, rules, seconds, rate=rate, connections=connections)
        used = server.processor_seconds - before
    if seen["wrong"] and contender.group != "bare":
        raise NotServed(f"{contender.name}, {rules} rules: {seen['wrong']:.0f} wrong replies; {seen['example']}")
    served = seen["requests_per_second"] * seconds
    return {
        "requests_per_second": seen["requests_per_second"],
        "p50_ms": seen["p50_ms"],
        "p99_ms": seen["p99_ms"],
        "stood_still": seen["stood_still"],
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


def run(*, quick: bool) -> Served:
    """Everything. Who cannot be measured here is not in it."""
    rounds, rounds_of_half_load, seconds = (1, 1, 2.0) if quick else (ROUNDS, ROUNDS_OF_HALF_LOAD, 4.0)
    seen: Served = defaultdict(lambda: defaultdict(lambda: Rounds([])))

    def note(contender: Contender, size: str, figures: dict[str, float]) -> None:
        seen[contender.name][size].found.append(figures)
        print(f"{contender.name:<34} {size:>9} {figures['requests_per_second']:>9,.1f} /s", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(rounds):
            for contender, rules in SATURATED[:: -1 if number % 2 else 1]:
                if not contender.missing and (number < ROUNDS_OF_PEERS or contender.group != "peer"):
                    note(contender, str(rules), measure(contender, rules, folder, seconds))
        halves = {
            contender: seen[contender.name]["1000"]["requests_per_second"] / 2
            for contender in HALF_LOAD
            if not contender.missing
        }
        for _ in range(rounds_of_half_load):
            for contender, rate in halves.items():
                note(contender, "half load", measure(contender, 1000, folder, seconds, rate=rate))
        try:
            figures = measure(WEROBOT_SQLITE, 1000, folder, ONE_BY_ONE_SECONDS, connections=1)
            note(WEROBOT_SQLITE, "1000", figures)
        except NotServed as failure:  # a reply may take minutes
            print(f"{WEROBOT_SQLITE.name}: {failure}", file=sys.stderr, flush=True)
    return {name: dict(sizes) for name, sizes in seen.items()}


if __name__ == "__main__":
    found = run(quick="--quick" in sys.argv)
    medians = {
        name: {size: {key: rounds[key] for key in rounds.found[0]} for size, rounds in sizes.items()}
        for name, sizes in found.items()
    }
    json.dump(medians, sys.stdout, indent=1)
    print()
