from __future__ import annotations

from datetime import UTC, datetime

import aiohttp
import pytest
from fakes.house import House
from msgspec.structs import replace

from interpreter.machine.session import TraceLine
from interpreter.runtime.observing import TurnRecord
from interpreter.server.errors import CannotListen, SettingsError
from interpreter.server.listening import share_port
from interpreter.server.metrics import Metrics, metrics_page, require_prometheus

pytest.importorskip("prometheus_client")

TURN = TurnRecord("0a1b", "demo", "1", "alias", "text", "rules.hi", 1, "answered", datetime(2026, 1, 1, tzinfo=UTC), 12)


def page(metrics: Metrics) -> list[str]:
    return metrics.page()[0].decode().splitlines()


def test_turns_are_counted_by_their_end() -> None:
    metrics = Metrics()
    for turn in (TURN, TURN, replace(TURN, outcome="failed", calls=2), replace(TURN, outcome="shed")):
        metrics.turn(turn)
    metrics.turn(replace(TURN, faults=(TraceLine("fault", "null", None, ""),)))
    lines = page(metrics)
    assert 'dialog_turns_total{bot="demo",outcome="answered"} 3.0' in lines
    assert 'dialog_turns_total{bot="demo",outcome="failed"} 1.0' in lines
    assert 'dialog_turns_total{bot="demo",outcome="shed"} 1.0' in lines
    assert 'dialog_turn_seconds_count{bot="demo"} 4.0' in lines
    assert 'dialog_turn_seconds_bucket{bot="demo",le="0.025"} 4.0' in lines
    assert 'dialog_calls_total{bot="demo"} 2.0' in lines
    assert 'dialog_faults_total{bot="demo",kind="null"} 1.0' in lines
    assert not any("alias" in line for line in lines)


def test_failures_of_the_store_and_calls_of_the_api_are_counted() -> None:
    metrics = Metrics()
    metrics.store_failed("commit", "conflict")
    metrics.called("demo", "customer_message", "45015", 0.3)
    lines = page(metrics)
    assert 'dialog_store_errors_total{kind="conflict",operation="commit"} 1.0' in lines
    assert 'dialog_api_seconds_count{bot="demo",family="customer_message",outcome="45015"} 1.0' in lines


def test_numbers_of_others_can_be_shown() -> None:
    metrics = Metrics()
    metrics.watch("dialog_log_dropped", "Lines.", lambda: 7)
    assert "dialog_log_dropped 7.0" in page(metrics)


async def test_refusals_and_what_was_shed_are_counted_at_the_door() -> None:
    metrics, house = Metrics(), House(max_turns=0)
    await house.start(tally=metrics)
    query = house.signed()
    house.clock.move(1000)
    await house.post(house.text("hi"), query)
    await house.get(house.signed("other"))
    assert await house.say("hi") == (503, "busy\n")
    await house.client.close()
    lines = page(metrics)
    assert 'dialog_refused_total{bot="demo",reason="time"} 1.0' in lines
    assert 'dialog_refused_total{bot="demo",reason="signature"} 1.0' in lines
    assert 'dialog_shed_total{bot="demo"} 1.0' in lines


async def test_the_page_has_an_address_of_its_own() -> None:
    async with (
        metrics_page(Metrics(), "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{port}/metrics") as response,
    ):
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        assert "dialog_turns" in await response.text()


async def test_of_a_port_that_is_taken_its_own_option_is_named() -> None:
    async with metrics_page(Metrics(), "127.0.0.1", 0) as port:
        with pytest.raises(CannotListen, match=f"port {port} is taken .* take another port with --metrics"):
            async with metrics_page(Metrics(), "127.0.0.1", port):
                pass
        with pytest.raises(CannotListen, match="take another port with --metrics"):
            share_port("127.0.0.1", port, option="--metrics")


def test_without_the_library_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interpreter.server.metrics.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"pip install 'dialog-interpreter\[metrics\]'"):
        require_prometheus()
