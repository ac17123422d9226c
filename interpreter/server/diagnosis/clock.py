"""The computer's clock, held against the `Date` of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.findings import Finding, fine, problem, warning

TOLERATED = 60.0
"""Seconds; a clock that is further off than this is not kept right by anything."""


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """Who was asked, what it said the time is, and what this computer said half way through the question."""

    whose: str
    theirs: datetime
    ours: datetime
    window: int | None
    """How far the time of a message may be off."""


def read_date(header: str) -> datetime | None:
    """The time in a `Date` header."""
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def clock_findings(clock: ClockFacts) -> list[Finding]:
    """Whether two clocks agree well enough for signatures to be taken."""
    skew = round((clock.ours - clock.theirs).total_seconds())
    if abs(skew) <= TOLERATED:
        return [
            fine(
                "clock-fine",
                Wording(f"the clock agrees with that of {clock.whose}", f"时钟与 {clock.whose} 一致"),
            )
        ]
    late, late_zh = ("ahead of", "快") if skew > 0 else ("behind", "慢")
    said = Wording(
        f"this computer's clock is {abs(skew)} s {late} that of {clock.whose}",
        f"本机时钟比 {clock.whose} {late_zh} {abs(skew)} 秒",
    )
    if clock.window is not None and abs(skew) > clock.window:
        more = Wording(
            f"; messages that are more than {clock.window} s off are refused",
            f"；相差超过 {clock.window} 秒的消息会被拒绝",
        )
        said = Wording(said.en + more.en, said.zh + more.zh)
        return [problem("clock-off", said, _SYNCHRONISE)]
    return [warning("clock-drifts", said, _SYNCHRONISE)]


_SYNCHRONISE = Wording(
    "have it set by the network: `timedatectl set-ntp true`; in a virtual machine, on the host",
    "请启用网络校时：`timedatectl set-ntp true`；虚拟机请在宿主机上设置",
)
