"""A small machine with the signature of the real one: it counts turns and obeys a few words.

`call NAME…` calls services and says what they answered; `log TEXT` logs, `send TEXT` sends, `many` says three things,
`silent` nothing, `fault` fails in the bot's way, `crash` in ours; all else is answered with the number of the turn.
"""

from __future__ import annotations

from dataclasses import replace

from interpreter.machine.effects import CallService, Effect, LogLine, Send
from interpreter.machine.events import EffectCompleted, EffectFailed, Event, MessageReceived
from interpreter.machine.replies import Reply, TextReply
from interpreter.machine.session import Session, Step, TraceLine, Turn
from interpreter.program.names import Place


def count_turns(session: Session, event: Event) -> Step:
    """One step; a turn that waits is run again from its message, as the real machine does it."""
    if isinstance(event, MessageReceived):
        turn = Turn(event.message, event.at, event.seed, "")
        return _run(session, turn)
    assert session.turn is not None
    return _run(replace(session, turn=None), replace(session.turn, results=(*session.turn.results, event)))


def _run(session: Session, turn: Turn) -> Step:
    word, _, rest = turn.message.text.partition(" ")
    if word == "crash":
        raise ZeroDivisionError("a mistake of this program")
    if word == "fault":
        trace = TraceLine("fault", "rules.fault", Place("bot.yaml", 3, 5), "division by zero")
        return Step(session, (TextReply("failure"),), trace=(trace,))
    effects: list[Effect] = [LogLine("log", rest)] if word == "log" else []
    if word == "send":
        effects.append(Send("send", "bob", TextReply(rest)))
    if word == "call":
        names = rest.split()
        if len(turn.results) < len(names):
            call = call_of(names[len(turn.results)], f"e{session.effects + len(turn.results)}")
            return Step(replace(session, turn=replace(turn, effect=call.id)), effects=(call,))
    seen = replace(session, started=session.started or turn.at, seen=turn.at, turns=session.turns + 1)
    kept = replace(seen, memory={**seen.memory, "seed": turn.seed if isinstance(turn.seed, int) else 0})
    return Step(kept, _replies(word, turn, kept), tuple(effects), (TraceLine("rule", f"rules.{word}"),))


def _replies(word: str, turn: Turn, session: Session) -> tuple[Reply, ...]:
    match word:
        case "silent":
            return ()
        case "many":
            return (TextReply("one"), TextReply("two"), TextReply("three"))
        case "call":
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
