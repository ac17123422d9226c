"""Broken and hostile bots: the small ones from `tests/data/bad`, the big ones made here.

Run as a program it takes the name of a group, puts each of its bots into a folder, and has every one of them loaded,
checked, compiled and played under limits of memory; it prints what came of each as JSON.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from interpreter.cli.loading import load
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.formats import FORMATS
from interpreter.diagnostics.render import render_text
from interpreter.machine.conversation import Conversation
from interpreter.machine.simulation import text_message
from interpreter.program.tables import Program
from interpreter.transcripts.report import failure_report
from interpreter.transcripts.running import run_suite
from support.hostile_bots import BIG_GROUPS, HEAD, Case

DATA = Path(__file__).parents[1] / "data" / "bad"
RAW = ("yaml", "json")
"""Groups whose chunks are whole files; the others lack `dialog` and `name`."""
MEMORY = 200 * 1024 * 1024
"""What one bot may take."""


@dataclass(frozen=True)
class Examined:
    """What came of a bot. `seconds` is processor time, `placed` and `said` count its diagnostics."""

    name: str
    codes: tuple[str, ...]
    said: int
    placed: int
    seconds: float


def cases_of(group: str) -> list[Case]:
    return list(BIG_GROUPS[group]() if group in BIG_GROUPS else read_chunks(group))


def chunk_groups() -> list[str]:
    return sorted(path.stem for path in DATA.glob("*.txt"))


def read_chunks(group: str) -> Iterator[Case]:
    """The chunks `### name: expected codes` of a file."""
    for chunk in re.split(r"^### ", (DATA / f"{group}.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]:
        title, _, text = chunk.partition("\n")
        name, _, codes = title.rpartition(": ")
        file = "bot.json" if group == "json" else "bot.yaml"
        whole = text if group in RAW or text.startswith(("dialog", "name")) else HEAD + text
        expected = frozenset() if codes == "clean" else frozenset(codes.split())
        yield Case(name, file, {file: whole.encode()}, expected)


# ---------------------------------------------------------------------------------------------------- examining


def examine(case: Case, folder: Path) -> Examined:
    """Load a bot from a folder of its own, say what is wrong in every format, and play it if it can be played."""
    path = put(case, folder)
    began = time.process_time()
    loaded = load(path)
    found = loaded.diagnostics
    render_text(found, "en", colour=True)
    FORMATS["json"](found, "zh")
    if loaded.program is not None and loaded.suite is not None:
        for verdict in run_suite(loaded.program, loaded.suite):
            if verdict.failure is not None:
                failure_report(verdict, verdict.failure, "en", colour=False)
        chat(loaded.program, "hi", "a", "x", "2", "", "a" * 20_000)
    seconds = time.process_time() - began
    codes = tuple(sorted({each.code for each in found}))
    return Examined(case.name, codes, len(found), sum(map(is_placed, found)), seconds)


def put(case: Case, folder: Path) -> Path:
    """Write the files of a bot, beside a link out of the folder, a circle of links, a pipe and a device."""
    folder.mkdir()
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
    (folder.parent / "outside.yaml").write_text("rules: {secret: x}\n")
    (folder / "out.yaml").symlink_to("../outside.yaml")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "device.yaml").symlink_to("/dev/zero")
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe.yaml")
    return folder / case.file


def is_placed(diagnostic: Diagnostic) -> bool:
    """Whether a diagnostic leads to a place in a file."""
    span = diagnostic.span
    return bool(span.file.name) and span.line >= 1 and span.column >= 1 and 0 <= span.start <= len(span.file.text)


def chat(program: Program, *texts: str) -> None:
    """Let a user say something; every turn must end with the bot's words, or with silence."""
    conversation = Conversation(program, datetime(2026, 1, 1, 12, tzinfo=ZoneInfo(program.timezone)))
    for text in texts:
        conversation.receive(text_message(text, user="u", account="bot", time=1_767_240_000, id="1"))


def main(group: str) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + 2 * MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    cases = cases_of(group)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder:
        examined = [asdict(examine(case, Path(folder, str(number)))) for number, case in enumerate(cases)]
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    json.dump({"grown": grown * 1024, "examined": examined}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
