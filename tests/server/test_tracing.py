from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from interpreter.runtime.observing import Ending, TurnRecord
from interpreter.server.tracing import Spans, spans_if_wished

pytest.importorskip("opentelemetry.sdk")

AT = datetime(2026, 1, 1, tzinfo=UTC)


def turn(outcome: Ending = "answered", kind: str = "text") -> TurnRecord:
    return TurnRecord("0a1b", "demo", "1.2", "5c0d", kind, "rules.hi", 1, outcome, AT, 12.5)


def test_a_turn_is_a_span_with_what_the_log_says_of_it() -> None:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans = Spans(provider)
    spans.turn(turn())
    spans.turn(turn("failed", "timer"))
    good, bad = exporter.get_finished_spans()
    assert good.start_time == int(AT.timestamp()) * 1_000_000_000
    assert good.end_time == good.start_time + 12_500_000
    assert good.attributes is not None
    assert (good.attributes["dialog.bot"], good.attributes["dialog.by"]) == ("demo", "rules.hi")
    assert (good.status.is_ok, bad.status.is_ok) == (True, False)
    assert (good.kind.name, bad.kind.name) == ("SERVER", "INTERNAL")


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_SERVICE_NAME": "x"},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"},
        {"OTEL_TRACES_EXPORTER": "console", "OTEL_SDK_DISABLED": "true"},
    ],
)
def test_without_a_wish_there_are_no_spans(environ: dict[str, str]) -> None:
    with spans_if_wished(environ) as observers:
        assert observers == ()


def test_the_environment_says_where_spans_go(monkeypatch: pytest.MonkeyPatch) -> None:
    from opentelemetry.sdk.trace.export import ConsoleSpanExporter

    out = io.StringIO()
    monkeypatch.setattr(ConsoleSpanExporter.__init__, "__defaults__", (None, out, lambda span: span.to_json()))
    with spans_if_wished({"OTEL_TRACES_EXPORTER": "console"}) as observers:
        for observer in observers:
            observer.turn(turn())
    assert '"dialog.by": "rules.hi"' in out.getvalue()


def test_an_exporter_that_is_not_there_is_mentioned(caplog: pytest.LogCaptureFixture) -> None:
    with spans_if_wished({"OTEL_TRACES_EXPORTER": "pigeon"}) as observers:
        assert observers == ()
    assert "no exporter called pigeon is installed" in caplog.text


def test_without_the_library_it_is_said_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("interpreter.server.tracing.find_spec", lambda _: None)
    with spans_if_wished({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}) as observers:
        assert observers == ()
    assert "pip install 'dialog-interpreter[otel]'" in caplog.text
