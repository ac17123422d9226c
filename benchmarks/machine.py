"""The machine alone, without a server: turns per second, beside a loop over regular expressions and rivescript.

python benchmarks/machine.py [--quick]
"""

from __future__ import annotations

import gc
import itertools
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from work import ANSWER, FALLBACK, HELLO, Call, conversation, kind_of, pattern_of, reply_of, write_bot

import interpreter
from interpreter.machine.events import Message, MessageReceived
from interpreter.machine.replies import TextReply
from interpreter.machine.session import Session

SIZES = (10, 1_000, 10_000)
NOW = datetime(2026, 1, 1, 8, tzinfo=UTC)
Talk = Callable[[Call], str]


def ours(rules: int, folder: Path) -> Talk:
    """`step`, with a session for each user."""
    path = folder / f"work{rules}.yaml"
    write_bot(path, rules)
    program = interpreter.compile_file(path)
    gc.collect()
    gc.freeze()  # as dialog-run does
    sessions: dict[str, Session] = {}

    def talk(call: Call) -> str:
        fields = {"event": "click", "key": call.button} if call.button else {}
        message = Message(
            "event" if call.button else "text", call.user, "gh_bot", 1_700_000_000, "1", call.text, fields
        )
        session = sessions.get(call.user) or Session(call.user)
        outcome = interpreter.step(program, session, MessageReceived(NOW, 7, message))
        sessions[call.user] = outcome.session
        (reply,) = outcome.replies
        assert isinstance(reply, TextReply)
        return reply.text

    return talk


def loop(rules: int, _: Path) -> Talk:
    """Every rule is a regular expression of Python's, tried one after the other."""
    table = []
    for number in range(rules):
        source = f"^{pattern_of(number)}$" if kind_of(number) == "exact" else pattern_of(number)
        table.append((re.compile(source), number))
    guessing: set[str] = set()

    def talk(call: Call) -> str:
        if call.button:
            return f"按钮 {call.button[1:]}"
        if call.user in guessing and call.text.isdigit():
            guessing.discard(call.user)
            return f"{call.text} {'大了' if int(call.text) > ANSWER else '小了'}"
        for pattern, number in table:
            found = pattern.search(call.text)
            if found:
                return reply_of(number, found[1]) if found.groups() else reply_of(number)
        if call.text == "玩":
            guessing.add(call.user)
            return HELLO
        return FALLBACK

    return talk


def rivescript(rules: int, _: Path) -> Talk | None:
    """The same rules for rivescript, where it is installed; it has no buttons, so they are words."""
    try:
        from rivescript import RiveScript
    except ImportError:
        return None
    lines = ["! version = 2.0"]
    for number in range(rules):
        match kind_of(number):
            case "exact":
                lines += [f"+ 命令{number}", f"- {reply_of(number)}"]
            case "phrase":
                lines += [f"+ [*]关键词{number}号[*]", f"- {reply_of(number)}"]
            case _:
                lines += [f"+ 查询{number} *", f"- 第 {number} 条：<star>"]
    lines += [f"+ 按钮{number}\n- 按钮 {number}" for number in range(10)]
    lines += ["+ *", f"- {FALLBACK}"]
    bot = RiveScript(utf8=True)
    bot.stream("\n".join(lines))
    bot.sort_replies()

    def talk(call: Call) -> str:
        text = f"按钮{call.button[1:]}" if call.button else call.text
        return str(bot.reply(call.user, text))

    return talk


def turns_per_second(talk: Talk, rules: int, seconds: float, *, checked: bool = True) -> float:
    """How many turns it makes of the work, one after the other."""
    calls = list(itertools.islice(conversation(3, tuple(f"u{number}" for number in range(500)), rules), 20_000))
    began = time.process_time()
    for done, call in enumerate(calls, 1):
        said = talk(call)
        if checked and said != call.reply:
            sys.exit(f"{call.text!r}: expected {call.reply!r}, got {said!r}")
        if not done % 16 and time.process_time() - began > seconds:
            break
    return done / (time.process_time() - began)


def run(*, quick: bool) -> dict[str, dict[str, float]]:
    """Turns per second by contender and number of rules."""
    contenders: tuple[tuple[str, Callable[[int, Path], Talk | None]], ...] = (
        ("dialog machine", ours),
        ("loop over re", loop),
        ("rivescript", rivescript),
    )
    table: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        for label, make in contenders:
            for rules in SIZES:
                talk = make(rules, Path(name))
                if talk is None:
                    continue
                rounds = [
                    turns_per_second(talk, rules, 0.5 if quick else 1.5, checked=label != "rivescript")
                    for _ in range(1 if quick else 3)
                ]
                table.setdefault(label, {})[str(rules)] = statistics.median(rounds)
                print(
                    f"{label:<16} {rules:>6} rules {table[label][str(rules)]:>10,.0f} turns/s",
                    file=sys.stderr,
                    flush=True,
                )
    return table


if __name__ == "__main__":
    json.dump(run(quick="--quick" in sys.argv), sys.stdout, indent=1)
    print()
