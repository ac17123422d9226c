"""What a store holds, as text for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from interpreter.diagnostics.wording import Wording
from interpreter.machine.session import Level, Session
from interpreter.stores.codec import UnreadableSession, read_session
from interpreter.stores.inventory import Figures, Record
from interpreter.values import Fault, Value, print_value, to_json

_Row = tuple[Wording, str]


def figures_text(figures: Figures, size: int, language: str) -> str:
    """How much there is of what; nothing of any user."""
    rows = [
        (Wording("users", "用户"), str(figures.users)),
        (Wording("conversations", "会话"), str(figures.conversations)),
        (Wording("remembered replies", "记住的回复"), str(figures.replies)),
        (Wording("parcels to send", "待发送"), str(figures.parcels)),
        (Wording("for the next message", "待下次消息"), str(figures.waiting)),
        (Wording("timers", "定时"), str(figures.timers)),
        (Wording("oldest", "最早"), _time(figures.oldest)),
        (Wording("newest", "最近"), _time(figures.newest)),
        (Wording("size of the store", "存储大小"), _size(size)),
    ]
    return _table(rows, language)


def record_text(record: Record, language: str) -> str:
    """One user's record."""
    rows: list[_Row] = [(Wording("bot", "机器人"), record.key.bot), (Wording("user", "用户"), record.key.user)]
    try:
        rows += _session(read_session(record.key.user, record.conversation, record.memory))
    except UnreadableSession:
        damaged = Wording("it cannot be read; the user will start anew", "无法读取；该用户将重新开始")
        rows.append((Wording("session", "会话"), damaged.say(language)))
    if record.wake is not None:
        rows.append((Wording("timer", "定时"), _time(record.wake)))
    if record.replies:
        rows.append((Wording("remembered replies", "记住的回复"), str(len(record.replies))))
    for parcel in record.parcels:
        title = Wording("for the next message", "待下次消息") if parcel.for_next else Wording("to send", "待发送")
        rows.append((title, f"{_time(parcel.due)} {parcel.body}"))
    return _table(rows, language)


def _session(session: Session) -> Iterator[_Row]:
    if session.seen is not None:
        yield Wording("last seen", "最近消息"), _time(session.seen)
    if session.started is not None:
        yield Wording("started", "开始"), _time(session.started)
        yield Wording("turns", "轮次"), str(session.turns)
    for level in reversed(session.levels):
        yield Wording("waits", "等待"), _level(level)
    yield from _values(Wording("variable", "变量"), session.vars)
    yield from _values(Wording("memory", "记忆"), session.memory)


def _level(level: Level) -> str:
    wait = level.wait
    frames = " > ".join(frame.routine for frame in level.frames)
    if wait is None:
        return frames
    place = wait.state or frames
    return f"{place} ({_time(wait.since)}, {wait.tries})"


def _values(title: Wording, values: Mapping[str, Value]) -> Iterator[_Row]:
    for name, value in values.items():
        yield title, f"{name} = {_value(value)}"


def _value(value: Value) -> str:
    try:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else print_value(value) or "null"
    except Fault:
        return json.dumps(to_json(value), ensure_ascii=False)


def _table(rows: list[_Row], language: str) -> str:
    titles = [title.say(language) for title, _ in rows]
    width = max(map(_width, titles))
    lines = [
        f"{title}{' ' * (width - _width(title))}  {_plain(text)}\n"
        for title, (_, text) in zip(titles, rows, strict=True)
    ]
    return "".join(lines)


def _width(text: str) -> int:
    """Columns on a terminal; the words here are either plain or Chinese."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def _plain(text: str) -> str:
    """Text that cannot do anything to a terminal."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _time(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S %z}"


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MiB"
