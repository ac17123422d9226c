"""Lists that come in pages: `dialog-api` writes their items, a line each, and says where to go on when it is stopped.

WeChat goes on after the item that it is given, which is the last one of the page before: so the last line that was
written is all that must be known.
"""

from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from interpreter.cli.api_following import tell
from interpreter.cli.common import UsageError
from interpreter.cli.progress import Progress
from interpreter.diagnostics.wording import Wording
from interpreter.stores.protocol import StoreError
from interpreter.values import Value
from interpreter.wechat.api.errors import ApiFailure


class Pages(Protocol):
    """The pages of a list; `watch` hears how many items there are so far, and of how many."""

    def __call__(self, *, watch: Callable[[int, int | None], None]) -> AsyncIterator[list[Value]]:
        """Begin with the first."""


_TAIL = 65_536
"""How many bytes of a file are read for its last line."""


async def print_pages(pages: Pages, lines: Lines, resume: Callable[[str], str], language: str) -> None:
    """Write every item; `resume` is the command that goes on after one. Who is stopped is told it.

    Raises:
        ApiFailure: a page cannot be had.
        OSError: the lines cannot be written.
    """
    try:
        with Progress(language, beside=sys.stdout if lines.is_standard else None) as progress, lines:
            async for page in pages(watch=progress.items):
                lines.write(page)
    except BrokenPipeError:  # nobody wants more
        raise
    except (ApiFailure, StoreError, OSError, asyncio.CancelledError):
        if lines.last:
            tell(_stopped(lines, resume(lines.last)), language)
        raise


class Lines:
    """Where items go: a file, of which only whole pages are kept, or the standard output."""

    def __init__(self, output: str | None, *, after: str = "") -> None:
        """What a file holds is written over, unless its last line is the item to go on `after`.

        Raises:
            UsageError: it ends with another one.
            OSError: it cannot be written.
        """
        self.count = 0
        self.last = after
        """The last item that was written, or after which to go on."""
        self.is_standard = output is None
        self._file: int | None = None
        self._end = 0
        self._is_regular = False
        if output is not None:
            path = Path(output)
            self._end = _end_of(path, after) if after and path.is_file() else 0
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
            self._is_regular = stat.S_ISREG(os.fstat(self._file).st_mode)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            if kind is None:
                self._cut(self._file)
            os.close(self._file)

    def write(self, page: list[Value]) -> None:
        """The items of a page.

        Raises:
            OSError: they cannot be written; of a file everything before them is left.
        """
        text = "".join(f"{it if isinstance(it, str) else json.dumps(it, ensure_ascii=False)}\n" for it in page)
        if self._file is None:
            sys.stdout.write(text)
            sys.stdout.flush()
        else:
            self._write_to(self._file, text.encode())
        self.count += len(page)
        self.last = page[-1] if isinstance(page[-1], str) else ""

    def _write_to(self, file: int, content: bytes) -> None:
        self._cut(file)
        try:
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(file, rest) :]
        except OSError:
            self._cut(file)
            raise
        self._end += len(content)

    def _cut(self, file: int) -> None:
        """Take away what is behind the last page; a pipe or a device has nothing there."""
        if self._is_regular:
            os.ftruncate(file, self._end)
            os.lseek(file, self._end, os.SEEK_SET)


def _end_of(path: Path, last: str) -> int:
    """Where the last whole line of a file ends, which must be a certain one; 0 of an empty file."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        start = file.seek(max(size - _TAIL, 0))
        whole, newline, _ = file.read().rpartition(b"\n")
    if not size:
        return 0
    found = whole.rpartition(b"\n")[2].decode(errors="replace") if newline else ""
    if found != last:
        said, said_zh = (
            (f"ends with {found}", f"的最后一行是 {found}") if found else ("has no whole line", "没有完整的行")
        )
        raise UsageError(
            Wording(
                f"--resume {last}: {path} {said}; resume after its last line, or write to another file",
                f"--resume {last}：{path} {said_zh}；请从它的最后一行继续，或写到另一个文件",
            )
        )
    return start + len(whole) + 1


def _stopped(lines: Lines, command: str) -> Wording:
    adds = Wording("; `>>` adds to a file", "；写入文件请用 `>>` 追加") if lines.is_standard else Wording("", "")
    return Wording(
        f"stopped after {lines.count:,} items; go on with: {command}{adds.en}",
        f"已取得 {lines.count:,} 项后中断；继续：{command}{adds.zh}",
    )
