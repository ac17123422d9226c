"""A small machine with the signature of the real one: it counts turns and obeys a few words.

`call NAME…` calls services and says what they answered; `post NAME…` likewise, in a way that must not be repeated.
`log TEXT` logs, `send TEXT` sends to bob, `many` says three things, `silent` nothing, `fault` fails in the bot's way,
`crash` in ours. `wait SECONDS WORDS` sets a timer that does what the words say. All else is answered with the number of
the turn.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import structs

from interpreter.machine.effects import CallService, Effect, LogLine, Send
from interpreter.machine.events import EffectCompleted, EffectFailed, Event, Message, MessageReceived, TimerFired
from interpreter.machine.replies import Reply, TextReply
from interpreter.machine.session import Session, Step, TraceLine, Turn
from interpreter.program.names import Place
from interpreter.runtime.version import BotVersion, Machine
from interpreter.values import Value


def count_turns(session: Session, event: Event) -> Step:
    """One step; a turn that waits is run again from its message, as the real machine does it."""
    if isinstance(event, MessageReceived):
        return _run(session, Turn(event.message, event.at, event.seed, ""))
    if isinstance(event, TimerFired):
        due = next_wake(session)
        if due is None or due > event.at:
            return Step(session)
        return _run(session, Turn(Message.silence(session.user, event.at), event.at, event.seed, "", is_timer=True))
    assert session.turn is not None
    turn = structs.replace(session.turn, results=(*session.turn.results, event))
    return _run(structs.replace(session, turn=None), turn)


def next_wake(session: Session) -> datetime | None:
    """When the timer of a session is due."""
    due = session.vars.get("wake")
    return due if isinstance(due, datetime) else None


def counting(machine: Machine = count_turns, version: str = "1") -> BotVersion:
    """This machine, or another one, as a version of a bot."""
    return BotVersion("demo", version, machine, ZoneInfo("Asia/Shanghai"), timedelta(minutes=30), next_wake)


def _run(session: Session, turn: Turn) -> Step:
    text = str(session.vars.get("words")) if turn.is_timer else turn.message.text
    word, _, rest = text.partition(" ")
    if word == "crash":
        raise ZeroDivisionError("a mistake of this program")
    if word == "fault":
        trace = TraceLine("fault", "arithmetic", Place("bot.yaml", 3, 5), "division by zero")
        return Step(session, (TextReply("failure"),), trace=(trace,))
    effects: list[Effect] = [LogLine("log", rest)] if word == "log" else []
    if word == "send":
        effects.append(Send("send", "bob", TextReply(rest)))
    if word in {"call", "post"}:
        names = rest.split()
        if len(turn.results) < len(names):
            id, method = f"e{session.effects + len(turn.results)}", "GET" if word == "call" else "POST"
            call = call_of(names[len(turn.results)], id, method=method)
            return Step(structs.replace(session, turn=structs.replace(turn, effect=call.id)), effects=(call,))
    seen = structs.replace(session, started=session.started or turn.at, seen=turn.at, turns=session.turns + 1)
    kept = structs.replace(seen, memory={**seen.memory, "seed": turn.seed if isinstance(turn.seed, int) else 0})
    kept = structs.replace(kept, vars=_timer(word, rest, turn, kept))
    return Step(kept, _replies(word, turn, kept), tuple(effects), (TraceLine("rule", f"rules.{word}"),))


def _timer(word: str, rest: str, turn: Turn, session: Session) -> dict[str, Value]:
    """The session's variables, with its timer set, or without the one that fires."""
    others = {name: value for name, value in session.vars.items() if name not in {"wake", "words"}}
    if word == "wait":
        seconds, _, words = rest.partition(" ")
        return {**others, "wake": turn.at + timedelta(seconds=float(seconds)), "words": words}
    return others if turn.is_timer or word == "stop" else dict(session.vars)


def _replies(word: str, turn: Turn, session: Session) -> tuple[Reply, ...]:
    match word:
        case "silent" | "wait":
            return ()
        case "many":
            return (TextReply("one"), TextReply("two"), TextReply("three"))
        case "call" | "post":
            said = [_said(result) for result in turn.results]
            return (TextReply(f"{' '.join(said)} #{session.turns}"),)
        case _:
            return (TextReply(f"turn {session.turns}"),)


def _said(result: EffectCompleted | EffectFailed) -> str:
    return f"failed: {result.kind}" if isinstance(result, EffectFailed) else str(result.value)


def call_of(operation: str, id: str = "e0", **changes: object) -> CallService:
    """A call of an operation of the service `svc`."""
    call = CallService(
        id=id,
        service="svc",
        operation=operation,
        method="GET",
        url=f"http://svc.example/{operation}",
        headers=(),
        body=None,
        content_type=None,
        timeout=2.0,
        retry=0,
        cache=None,
        private=False,
        hosts=frozenset({"svc.example"}),
    )
    return replace(call, **changes)  # type: ignore[arg-type]
