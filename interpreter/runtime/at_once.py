"""Doing work at once, and only what waits in a task.

A task costs more than most turns take. So work is begun where it is asked for, and is over when it never has to wait;
else what is left of it can be awaited like a coroutine, in a task of its own. (From Python 3.12 on tasks can do this
themselves: https://docs.python.org/3/library/asyncio-task.html#eager-task-factory.)

Until its first wait such work has no task of its own: what needs one (`asyncio.timeout`) makes one.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import Any, Generic, TypeVar

_Result = TypeVar("_Result")


class Unfinished(Generic[_Result]):
    """The rest of some work; to be awaited once."""

    __slots__ = ("_awaited", "_work")

    def __init__(self, work: Coroutine[Any, Any, _Result], awaited: object) -> None:
        self._work = work
        self._awaited = awaited

    def __await__(self) -> Generator[object, object, _Result]:
        work, awaited = self._work, self._awaited
        try:
            while True:
                try:
                    answer = yield awaited
                except BaseException as failure:  # a cancellation among them
                    awaited = work.throw(failure)
                else:
                    awaited = work.send(answer)
        except StopIteration as over:
            result: _Result = over.value
            return result

    async def finish(self) -> _Result:
        """The result, as a coroutine for a task."""
        return await self


def begin(work: Coroutine[Any, Any, _Result]) -> _Result | Unfinished[_Result]:
    """The result of some work that has nothing to wait for, or else what is left of it.

    Raises:
        Exception: whatever the work raises.
    """
    try:
        awaited = work.send(None)
    except StopIteration as over:
        result: _Result = over.value
        return result
    return Unfinished(work, awaited)
