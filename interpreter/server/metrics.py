"""What is counted, for Prometheus to fetch (https://prometheus.io/docs/concepts/data_model/).

`prometheus-client` does the counting; it comes with the extra `metrics`. Of several workers any shows the numbers of
all. Names of users are in none of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from aiohttp import web

from interpreter.diagnostics.wording import Wording
from interpreter.runtime.observing import TurnRecord
from interpreter.server.errors import SettingsError
from interpreter.server.listening import PROTOCOL, listen
from interpreter.server.shared_numbers import SharedNumbers
from interpreter.server.tally import Refusal

if TYPE_CHECKING:  # an extra
    from prometheus_client import Gauge

PATH = "/metrics"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 4.5, 15.0)
"""A delivery is answered within 4.5 s, and a message within 15 s or not at all."""
_API_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_REFRESH_SECONDS = 1.0
"""How old a number may be that somebody else counts, when another worker shows it."""


class Metrics:
    """The numbers of this process: an observer of turns, and a tally of what happens around them."""

    def __init__(self, shared: SharedNumbers | None = None) -> None:
        """One of several workers counts in a folder they share, for as long as `shared.counting()` lasts."""
        require_prometheus()
        from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

        self.shared = shared
        self._watched: list[tuple[Gauge, Callable[[], float]]] = []
        self._registry = registry = CollectorRegistry()
        self._turns = Counter("dialog_turns", "Turns by how they ended.", ["bot", "outcome"], registry=registry)
        self._seconds = Histogram(
            "dialog_turn_seconds",
            "How long turns took, with the wait for the user's turns before.",
            ["bot"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._calls = Counter("dialog_calls", "Calls of services and interfaces.", ["bot"], registry=registry)
        self._faults = Counter("dialog_faults", "Faults of bots.", ["bot", "kind"], registry=registry)
        self._refused = Counter("dialog_refused", "Requests refused, by reason.", ["bot", "reason"], registry=registry)
        self._shed = Counter("dialog_shed", "Messages there was no room for.", ["bot"], registry=registry)
        self._store_errors = Counter(
            "dialog_store_errors", "Failures of the store.", ["operation", "kind"], registry=registry
        )
        self._api_seconds = Histogram(
            "dialog_api_seconds",
            "How long calls of WeChat's API took, by how they ended.",
            ["bot", "family", "outcome"],
            buckets=_API_SECONDS,
            registry=registry,
        )
        if shared is None:
            ProcessCollector(registry=registry)

    def turn(self, record: TurnRecord) -> None:
        """Count a turn."""
        self._turns.labels(record.bot, record.outcome).inc()
        if record.outcome != "shed":
            self._seconds.labels(record.bot).observe(record.ms / 1000)
        if record.calls:
            self._calls.labels(record.bot).inc(record.calls)
        for fault in record.faults:
            self._faults.labels(record.bot, fault.name).inc()

    def refused(self, bot: str, why: Refusal) -> None:
        """Count a refused request."""
        self._refused.labels(bot, why).inc()

    def shed(self, bot: str) -> None:
        """Count a message that was not taken."""
        self._shed.labels(bot).inc()

    def store_failed(self, operation: str, kind: str) -> None:
        """Count a failure of the store."""
        self._store_errors.labels(operation, kind).inc()

    def called(self, bot: str, family: str, outcome: str, seconds: float) -> None:
        """Count a call of WeChat's API."""
        self._api_seconds.labels(bot, family, outcome).observe(seconds)

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Show a number that somebody else counts."""
        from prometheus_client import Gauge

        gauge = Gauge(name, meaning, registry=self._registry, multiprocess_mode="livesum")
        self._watched.append((gauge, value))

    def refresh(self) -> None:
        """Look at the numbers that others count."""
        for gauge, value in self._watched:
            gauge.set(value())

    def page(self) -> tuple[bytes, str]:
        """All numbers, of all workers, in Prometheus's text format, and the content type of it."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        self.refresh()
        return self.shared.page() if self.shared else generate_latest(self._registry), CONTENT_TYPE_LATEST


def require_prometheus() -> None:
    """Make sure that the library is there.

    Raises:
        SettingsError: it is not.
    """
    if find_spec("prometheus_client") is None:
        raise SettingsError(
            Wording(
                "metrics need prometheus-client: pip install 'dialog-interpreter[metrics]'",
                "指标功能需要 prometheus-client：pip install 'dialog-interpreter[metrics]'",
            )
        )


@asynccontextmanager
async def metrics_page(metrics: Metrics, host: str, port: int) -> AsyncIterator[int]:
    """Show the numbers at an address of their own, at `/metrics`; the port, which matters when any was asked for.

    Workers listen there together.

    Raises:
        CannotListen: the port is taken, forbidden or not of this computer.
    """

    async def show(_: web.Request) -> web.Response:
        content, kind = metrics.page()
        return web.Response(body=content, headers={"Content-Type": kind, "Cache-Control": "no-store"})

    app = web.Application()
    app.router.add_get(PATH, show)
    runner = web.AppRunner(app, shutdown_timeout=1.0, **PROTOCOL)
    await runner.setup()
    assert runner.server is not None
    try:
        door = await listen(runner.server, host, port, shared=metrics.shared is not None, option="--metrics")
        fresh = asyncio.create_task(_keep_fresh(metrics)) if metrics.shared else None
        try:
            yield door.sockets[0].getsockname()[1]
        finally:
            door.close()
            if fresh is not None:
                fresh.cancel()
                with suppress(asyncio.CancelledError):
                    await fresh
    finally:
        await runner.cleanup()


async def _keep_fresh(metrics: Metrics) -> None:
    while True:
        metrics.refresh()
        await asyncio.sleep(_REFRESH_SECONDS)
