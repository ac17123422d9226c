"""One span for each turn, for OpenTelemetry (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).

Spans are made when the extra `otel` is installed and a variable of the environment says where they go, such as
`OTEL_EXPORTER_OTLP_ENDPOINT`. They carry what the log says of a turn, and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from interpreter.runtime.observing import Observer, TurnRecord
from interpreter.server.log_lines import fields_of

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import TracerProvider

_log = logging.getLogger("interpreter.server")

_FAILED = frozenset({"failed", "shed"})
_EXPORTERS = {"otlp": ("otlp", "otlp_proto_http", "otlp_proto_grpc")}
"""The entry points a name of `OTEL_TRACES_EXPORTER` stands for."""


class Spans:
    """An observer that makes spans."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("interpreter")

    def turn(self, record: TurnRecord) -> None:
        """Make the span of a turn that has ended."""
        from opentelemetry.trace import SpanKind, StatusCode

        began = int(record.at.timestamp() * 1_000_000_000)
        kind = SpanKind.INTERNAL if record.kind == "timer" else SpanKind.SERVER
        attributes = {f"dialog.{name}": value for name, value in fields_of(record).items()}
        span = self._tracer.start_span("turn", kind=kind, start_time=began, attributes=attributes)  # type: ignore[arg-type]
        if record.outcome in _FAILED:
            span.set_status(StatusCode.ERROR, record.outcome)
        span.end(end_time=began + int(record.ms * 1_000_000))


@contextmanager
def spans_if_wished(environ: Mapping[str, str]) -> Iterator[tuple[Observer, ...]]:
    """The observer that makes spans, if the environment wishes for them and they can be made."""
    name, _ = traces_wished(environ)
    exporter = _exporter(name) if name else None
    if exporter is None:
        yield ()
        return
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        yield (Spans(provider),)
    finally:
        provider.shutdown()


def traces_wished(environ: Mapping[str, str]) -> tuple[str, str]:
    """The exporter that is asked for, and by which variable; empty for none."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return "", "OTEL_SDK_DISABLED"
    name = environ.get("OTEL_TRACES_EXPORTER", "")
    if name:
        return ("" if name == "none" else name), "OTEL_TRACES_EXPORTER"
    variable = next((each for each in sorted(environ) if each.startswith("OTEL_EXPORTER_OTLP_")), "")
    return ("otlp" if variable else ""), variable


def _exporter(name: str) -> SpanExporter | None:
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.sdk") is None:
        _log.warning("OTEL_… is set, but OpenTelemetry is not installed: pip install 'dialog-interpreter[otel]'")
        return None
    from importlib.metadata import entry_points

    for entry in _EXPORTERS.get(name, (name,)):
        for found in entry_points(group="opentelemetry_traces_exporter", name=entry):
            exporter: SpanExporter = found.load()()
            return exporter
    _log.warning("OTEL_TRACES_EXPORTER: no exporter called %s is installed", name)
    return None
