"""Every bot that we ship lints clean, has tests, and passes them."""

from pathlib import Path

import pytest
from support.bots import compile_path

from interpreter.transcripts.report import failure_report
from interpreter.transcripts.running import run_suite

ROOT = Path(__file__).parent.parent
BOTS = sorted(
    [
        *ROOT.glob("bots/*/bot.yaml"),
        *ROOT.glob("examples/*.yaml"),
        *ROOT.glob("examples/*.json"),
        *ROOT.glob("examples/*/bot.yaml"),
    ]
)


@pytest.mark.parametrize("path", BOTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_bot_lints_clean_and_its_conversations_hold(path: Path) -> None:
    compiled = compile_path(path)
    assert [f"{item.span}: {item.message.en}" for item in compiled.diagnostics] == []
    assert compiled.program is not None
    assert compiled.suite is not None
    assert compiled.suite.tests
    failures = [
        failure_report(verdict, verdict.failure, "en", colour=False)
        for verdict in run_suite(compiled.program, compiled.suite)
        if verdict.failure is not None
    ]
    assert not failures, "\n\n".join(failures)


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/**/*.yaml")), ids=lambda path: str(path.relative_to(ROOT)))
def test_an_example_begins_with_what_it_shows_in_both_languages(path: Path) -> None:
    chinese, english, *_ = path.read_text(encoding="utf-8").splitlines()
    assert chinese.startswith("# ")
    assert not chinese.isascii()
    assert english.startswith("# ")
    assert english.isascii()


def test_the_bots_folder_holds_what_the_readme_names() -> None:
    assert {path.parent.name for path in ROOT.glob("bots/*/bot.yaml")} >= {"webot", "guess", "survey", "phone-menu"}
