from __future__ import annotations

import os
from pathlib import Path

import pytest

from interpreter.server.metrics import Metrics
from interpreter.server.shared_numbers import SharedNumbers

pytest.importorskip("prometheus_client")


KEPT: list[Metrics] = []
"""The library leaves it to the end of the process to close its files; a warning in the middle would hit any test."""


def count(folder: Path, worker: int, running: float) -> list[str]:
    shared = SharedNumbers(str(folder), worker)
    with shared.counting():
        metrics = Metrics(shared)
        KEPT.append(metrics)
        metrics.watch("dialog_turns_running", "Turns.", lambda: running)
        metrics.shed("demo")
        metrics.called("demo", "user", "done", 0.3)
        return metrics.page()[0].decode().splitlines()


def test_numbers_of_workers_are_summed(tmp_path: Path) -> None:
    count(tmp_path, 0, 2)
    lines = count(tmp_path, 1, 3)
    assert 'dialog_shed_total{bot="demo"} 2.0' in lines
    assert 'dialog_api_seconds_count{bot="demo",family="user",outcome="done"} 2.0' in lines
    assert 'dialog_api_seconds_bucket{bot="demo",family="user",le="0.25",outcome="done"} 0.0' in lines
    assert "dialog_turns_running 5.0" in lines
    assert not any(line.startswith("process_") for line in lines)


def test_who_takes_the_place_of_a_worker_counts_on(tmp_path: Path) -> None:
    count(tmp_path, 0, 2)
    lines = count(tmp_path, 0, 1)
    assert 'dialog_shed_total{bot="demo"} 2.0' in lines
    assert "dialog_turns_running 1.0" in lines


def test_who_shares_nothing_counts_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "elsewhere")
    count(tmp_path, 0, 2)
    assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == "elsewhere"
    metrics = Metrics()
    metrics.shed("demo")
    assert 'dialog_shed_total{bot="demo"} 1.0' in metrics.page()[0].decode().splitlines()
