"""Broken and hostile bots give diagnostics with places, or run; none raises, and none takes long or much memory."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from support.bad_inputs import HEAD, MEMORY, Case, cases_of, chat, chunk_groups, examine, read_chunks
from support.bots import compile_path, compile_text
from support.hostile_bots import BIG_GROUPS

from interpreter.console import Console
from interpreter.diagnostics.codes import CODES, Severity
from interpreter.transcripts.running import run_suite

TESTS = Path(__file__).parent
GROUPS = [*chunk_groups(), *BIG_GROUPS]
SEEDS = sorted(
    path
    for pattern in ("bots/*/*.yaml", "examples/*.yaml", "tests/data/language/*.yaml")
    for path in TESTS.parent.glob(pattern)
)
SECONDS = 2.0


def says_what_is_expected(case: Case, codes: tuple[str, ...]) -> bool:
    """Whether every expected code is there, and no error where none is expected."""
    if not case.codes:
        return not any(CODES[code].severity is Severity.ERROR for code in codes)
    return all(any(code.startswith(wanted) for code in codes) for wanted in case.codes)


SMALL = [(group, case) for group in chunk_groups() for case in read_chunks(group)]


@pytest.mark.parametrize("case", [case for _, case in SMALL], ids=[f"{group}: {case.name}" for group, case in SMALL])
def test_a_broken_bot_is_told_what_is_wrong(case: Case, tmp_path: Path) -> None:
    examined = examine(case, tmp_path / "bot")
    assert says_what_is_expected(case, examined.codes), examined.codes


def test_the_corpus_is_large() -> None:
    assert sum(len(cases_of(group)) for group in GROUPS) >= 500


@pytest.mark.parametrize("group", GROUPS)
def test_no_bot_of_a_group_raises_or_takes_long_or_much_memory(group: str) -> None:
    environ = {**os.environ, "PYTHONPATH": str(TESTS)}
    run = subprocess.run(
        [sys.executable, "-m", "support.bad_inputs", group], capture_output=True, text=True, env=environ, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    report = json.loads(run.stdout)
    cases, examined = cases_of(group), report["examined"]
    wrong = [
        (case.name, found["codes"])
        for case, found in zip(cases, examined, strict=True)
        if not says_what_is_expected(case, tuple(found["codes"]))
    ]
    assert wrong == []
    assert {found["name"]: found["seconds"] for found in examined if found["seconds"] > SECONDS} == {}
    assert report["grown"] <= MEMORY
    said = sum(found["said"] for found in examined)
    assert sum(found["placed"] for found in examined) >= 0.95 * said


# ---------------------------------------------------------------------------------------------------- mutants

HOSTILE = (
    "$(",
    "$()",
    "$(1/0)",
    "&a",
    "*a",
    "!!python",
    "<<:\xa0*a",
    "[",
    "{",
    "}",
    "]",
    "：",
    "，",
    "null",
    "~",
    "[]",
    "{}",
    "1e999",
    "-1",
    "0s",
    "99999d",
    "true",
    "false",
    "<x:int>",
    "<x:cities>",
    "/(a+)+$/",
    "/(/",
    "(((((",
    "|||",
    "=",
    "\\",
    "$$(",
    "$(texts.x)",
    "range(0,9999)",
    "int(9..1)",
    "int??",
    "digits(0)",
    "env.X",
    "state.tries",
    "match[99]",
    "2026-02-30",
    "24:61",
    "5m",
    "now",
    "---",
    "...",
    "\x00",
    "\ufeff",
    "\u202e",
    "\u200d",
    "😀",
    "\u2028",
    "\x85",
    "\t",
    ">",
    "<",
    "?",
    "!",
    "@",
)


def mutant(chance: random.Random, text: str) -> str:
    """The text with a few slips: deleted, doubled, swapped, moved and hostile pieces."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        lines = text.split("\n")
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 1, 2, 5, 20)))
        match chance.randrange(8):
            case 0:
                text = text[:start] + text[end:]
            case 1:
                text = text[:start] + chance.choice(HOSTILE) + text[end:]
            case 2:
                text = text[:end] + text[start:end] * 3 + text[end:]
            case 3:
                text = "\n".join(lines[:one] + lines[one + 1 :])
            case 4:
                lines[one], lines[other] = lines[other], lines[one]
                text = "\n".join(lines)
            case 5:
                key, colon, _ = lines[one].partition(": ")
                lines[one] = key + colon + chance.choice(HOSTILE)
                text = "\n".join(lines)
            case 6:
                lines[one] = " " * chance.choice((1, 2, 4)) + lines[one]
                text = "\n".join(lines)
            case _:
                indent = " " * (len(lines[one]) - len(lines[one].lstrip()))
                lines.insert(one, indent + lines[other].strip())
                text = "\n".join(lines)
    return text


@pytest.mark.parametrize("seed", range(4))
def test_a_bot_with_slips_never_raises(seed: int) -> None:
    chance = random.Random(seed)
    texts = [path.read_text(encoding="utf-8") for path in SEEDS]
    for _ in range(250):
        text = mutant(chance, chance.choice(texts))
        compiled = compile_text(text)
        assert compiled.program is not None or compiled.diagnostics, text
        if compiled.program is not None and compiled.suite is not None:
            for _ in run_suite(compiled.program, compiled.suite):
                pass


# ---------------------------------------------------------------------------------------------------- users

SAID = {
    "nothing": "",
    "white space": " \u3000\t\r\n",
    "20 KB": "a" * 20_000,
    "emoji": "😀" * 5_000,
    "joined emoji": "👨\u200d👩\u200d👧" * 500,
    "right to left": "\u202e\u0645\u0631\u062d\u0628\u0627\u202c",
    "combining": "e" + "\u0301" * 5_000,
    "half of a surrogate pair": "a\ud83d",
    "braces": "{{7*7}} {1} %s $(1/0) <n:int>",
    "XML": "]]></xml><!DOCTYPE a>",
    "terminal": "\x1b[2J\x1b]0;x\x07",
    "NUL": "a\0b",
    "digits": "9" * 5_000,
    "exponent": "1e999",
    "numerals": "千" * 3_000,
    "ligatures": "ﷺ" * 2_000,
    "dates": "9999-12-31 23:59",
    "a long time": "99999999999d",
}


@cache
def bot_that_reads_everything() -> str:
    kinds = [
        "int",
        "number",
        "date",
        "time",
        "datetime",
        "duration",
        "phone",
        "email",
        "url",
        "idcard",
        "digits(6)",
        "yesno",
        "text",
        "text+",
        "cities",
    ]
    slots = "".join(f"  s{i}: {{pattern: 'q{i}<x:{kind}>', reply: x}}\n" for i, kind in enumerate(kinds))
    exact = "".join(f"  e{i}: {{pattern: '=<x:{kind}>', pass: true}}\n" for i, kind in enumerate(kinds))
    return (
        f"{HEAD}vars: {{user.said: text = ''}}\nentities: {{cities: {{北京: [帝都], 上海: []}}}}\n"
        f"rules:\n{slots}{exact}"
        "  hard: {pattern: ['~helpme', '/^(a+)+$/', '/(.*)*y/', '(a|aa)b', 'a<p>a<q>a<r>zz'], pass: true}\n"
        "  any:\n    always: true\n    do:\n"
        "      - set: user.said = text\n      - log: $(text)\n      - send: $(text)\n"
        "      - reply: $(text)$(upper(text))$(int(text) ?? 0)$(number(text) ?? 0)$(date(text) ?? today)\n"
    )


@pytest.mark.parametrize("said", SAID.values(), ids=SAID.keys())
def test_whatever_a_user_says_is_answered_at_once(said: str) -> None:
    program = compile_text(bot_that_reads_everything()).program
    assert program is not None
    began = time.process_time()
    chat(program, said, f"q0{said}", said)
    assert time.process_time() - began < SECONDS


def test_every_shipped_bot_survives_what_users_say() -> None:
    for path in SEEDS:
        program = compile_path(path).program
        assert program is not None
        chat(program, *SAID.values())


def test_the_console_survives_a_clock_that_runs_away_and_a_default_that_fails() -> None:
    program = compile_text(f"{HEAD}vars: {{n: 'int = 1 // len(range(0, 0))'}}\nrules: {{hi: yo}}\n").program
    assert program is not None
    said: list[str] = []
    console = Console(program, lambda: datetime(2026, 1, 1, tzinfo=UTC), said.append, "en")
    console.run(["hi", "/state", "/vars", "/trace", *["/clock 36500d"] * 90, "/event LOCATION lat=x lng=y", "hi"])
    assert "waits nowhere" in said
    assert "the clock cannot move that far" in said
