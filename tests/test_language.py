"""The meaning of the language, told in conversations: every file of tests/data/language must lint clean and hold."""

from pathlib import Path

import pytest
from support.bots import compile_path

from interpreter.transcripts.report import failure_report
from interpreter.transcripts.running import run_suite

FILES = sorted((Path(__file__).parent / "data" / "language").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_conversation_of_the_file_holds(path: Path) -> None:
    compiled = compile_path(path)
    assert [f"{item.span}: {item.message.en}" for item in compiled.diagnostics] == []
    assert compiled.program is not None
    assert compiled.suite is not None
    failures = [
        failure_report(verdict, verdict.failure, "en", colour=False)
        for verdict in run_suite(compiled.program, compiled.suite)
        if verdict.failure is not None
    ]
    assert not failures, "\n\n".join(failures)
