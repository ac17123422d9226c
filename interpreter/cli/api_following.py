"""What becomes of work that WeChat has only accepted: `dialog-api … --wait` asks until it is done."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping

from interpreter.catalogue.methods import Follow
from interpreter.cli.progress import Progress
from interpreter.diagnostics.wording import Wording
from interpreter.values import Value
from interpreter.wechat.api.client import ApiClient
from interpreter.wechat.api.errors import ApiFailure, NoAnswer
from interpreter.wechat.api.transport import Answer

Pause = Callable[[float], Awaitable[None]]

_FIRST, _LONGEST = 2, 30
"""Seconds between two questions: mass messages take from seconds to hours."""
_MOST_MISSED = 5
"""Questions in a row without an answer."""


def number_of(work: Follow, answer: Answer) -> str | None:
    """The number under which the work can be asked about."""
    number = answer.get(work.by) if isinstance(answer, Mapping) else None
    return str(number) if isinstance(number, (int, str)) and number else None


def tell(said: Wording, language: str) -> None:
    """Say something that is no answer."""
    sys.stderr.write(f"dialog-api: {said.say(language)}\n")
    sys.stderr.flush()


def say_how_to_ask(later: str, language: str) -> None:
    """Tell somebody who does not wait."""
    tell(Wording(f"accepted, not done yet; ask with: {later}", f"已受理，尚未完成；查询进度：{later}"), language)


async def follow(client: ApiClient, work: Follow, number: str, later: str, language: str, pause: Pause) -> bool:
    """Wait until work ends, and say how; whether it is done. Who is interrupted is told how to ask later.

    Raises:
        ApiFailure: nobody can say.
    """
    sys.stdout.flush()  # the number is there, whatever comes
    try:
        state = await _end(client, work, number, language, pause)
    except (ApiFailure, asyncio.CancelledError):
        tell(Wording(f"it goes on without us; ask with: {later}", f"任务仍在继续；查询进度：{later}"), language)
        raise
    tell(_ending(work, state), language)
    return state in work.done


async def _end(client: ApiClient, work: Follow, number: str, language: str, pause: Pause) -> str:
    """The state in which the work ends."""
    waited, interval, missed = 0, _FIRST, 0
    with Progress(language) as progress:
        while True:
            try:
                state = _state(work, await client.call(work.ask, {work.by: number}))
                missed = 0
            except NoAnswer:
                missed += 1
                if missed == _MOST_MISSED:
                    raise
                state = None
            if state is not None and state not in work.going:
                return state
            for _ in range(interval):
                progress.waiting(waited)
                await pause(1.0)
                waited += 1
            interval = min(interval * 3 // 2, _LONGEST)


def _state(work: Follow, answer: Answer) -> str | None:
    state: Value = answer.get(work.look) if isinstance(answer, Mapping) else None
    return None if state is None else str(state)


def _ending(work: Follow, state: str) -> Wording:
    """A state in which work ends, in words."""
    if state in work.done:
        return Wording("it is done", "已完成")
    said = dict(work.ends).get(state, Wording("it ended in another way", "以其他方式结束"))
    return Wording(f"{said.en} ({state})", f"{said.zh}（{state}）")
