"""What one run has found, all of it."""

from __future__ import annotations

from dataclasses import dataclass

import disk
import expressions
import lint
import loading
import machine
import serving
import workers


@dataclass(frozen=True)
class Figures:
    """By the module that has measured it."""

    served: serving.Served
    started: dict[str, float]
    workers: workers.Workers | None
    """None where there is no Redis."""
    turns: dict[str, dict[str, float]]
    expression: float
    """Ours as a multiple of a lambda."""
    loaded: dict[str, float]
    lint: float
    """Ours as a part of yamllint's time, 10,000 rules."""
    small_lint: float
    """Ours as a multiple of a start of Python, 300 lines."""
    disk: dict[str, float]

    def rounds(self, name: str, size: str = "1000") -> serving.Rounds | None:
        """What was found of a server."""
        return self.served.get(name, {}).get(size)


def measured(*, quick: bool) -> Figures:
    """Measure everything."""
    return Figures(
        served=serving.run(quick=quick),
        started=serving.starts(quick=quick),
        workers=workers.run(quick=quick),
        turns=machine.run(quick=quick),
        expression=expressions.ratio(quick=quick),
        loaded=loading.run(quick=quick),
        lint=lint.ratio(10_000, rounds=1 if quick else 5),
        small_lint=lint.small_ratio(rounds=5 if quick else 25),
        disk=disk.run(),
    )
