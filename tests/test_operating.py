"""What docs/deploying.md says of operation, held to what is so: metrics, the log, limits."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from support.deployment import DOCUMENTS, ROOT, section

from interpreter.catalogue.allowances import ALLOWANCES
from interpreter.runtime.engine import Engine
from interpreter.runtime.observing import Ending, TurnRecord
from interpreter.runtime.slow import DEFAULT as SLOW
from interpreter.runtime.timing import ANSWERED_BY, Timing
from interpreter.runtime.turn_log import line_of
from interpreter.server.endpoint import BODY_SECONDS
from interpreter.server.listening import PROTOCOL
from interpreter.server.log_lines import fields_of
from interpreter.server.metrics import Metrics
from interpreter.stores.protocol import REPLY_LIFE
from interpreter.wechat.signature import WINDOW
from interpreter.wechat.xml import MAX_BODY


def first_cells(text: str) -> set[str]:
    """What stands in the first column of tables, as code."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return {name for line in lines for name in re.findall(r"`([^`]+)`", line.split("|")[1])}


def numbers_in(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_metric_is_listed_with_its_labels(document: Path) -> None:
    pytest.importorskip("prometheus_client")
    rows = [line for line in section(document, "numbers", "指标").splitlines() if line.startswith("| `dialog_")]
    listed = {
        re.findall(r"`([^`]+)`", row.split("|")[1])[0]: set(re.findall(r"`(\w+)`", row.split("|")[2])) for row in rows
    }
    metrics = Metrics()
    counted = {
        (f"{each._name}_total" if each._type == "counter" else each._name): set(each._labelnames)
        for each in vars(metrics).values()
        if hasattr(each, "_labelnames")
    }
    watched = re.findall(r'metrics\.watch\("(\w+)"', (ROOT / "interpreter" / "cli" / "serving.py").read_text())
    assert listed == {**counted, **{name: set() for name in watched}}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_field_and_every_ending_in_the_log_is_explained(document: Path) -> None:
    logs = section(document, "Logs", "日志")
    record = TurnRecord("0", "demo", "1", "a", "text", "", 1, "answered", datetime(2026, 1, 1, tzinfo=UTC), 12)
    assert first_cells(logs) == {*fields_of(record), *get_args(Ending)}
    example = re.search(r"^turn=.*$", logs, re.MULTILINE)
    assert example is not None
    assert re.findall(r"(\w+)=", example[0]) == re.findall(r"(\w+)=", line_of(record, str))
    assert set(re.findall(r"(\w+)=", example[0])) | {"calls", "faults"} == set(fields_of(record))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_limits_are_as_they_are_said(document: Path) -> None:
    text = section(document, "limits", "限制")
    assert first_cells(text) == set(SLOW)
    limits = [line.split("|")[2] for line in text.splitlines() if line.startswith("|")]
    (allowed,) = (line for line in limits if "WX_WINDOWS" in line)
    limits.remove(allowed)
    message, click = ALLOWANCES["message"], ALLOWANCES["click"]
    assert click == ALLOWANCES["scan"] == ALLOWANCES["follow"]
    said = [message.messages, message.seconds / 3600, click.messages, click.seconds / 60]
    assert sorted(numbers_in(allowed)) == sorted(filter(None, said))
    numbers = [number for line in limits[-8:] for number in numbers_in(line)]
    turns = inspect.signature(Engine).parameters["max_turns"].default
    timing = Timing()
    expected = [ANSWERED_BY, BODY_SECONDS, MAX_BODY / 1024, PROTOCOL["keepalive_timeout"], turns, 503, timing.turn]
    assert numbers == [*expected, REPLY_LIFE / 3600, WINDOW, 64]
