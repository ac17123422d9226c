from __future__ import annotations

import os
import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.bots import Compiled, compile_path, compile_text
from support.talks import BOTS, ROOT, START, receive, run_turn, words_of

from interpreter.compiler import storing
from interpreter.compiler.accounts import lower_accounts
from interpreter.compiler.storing import CompiledBot, Unreadable, read_bot, read_plain, write_bot
from interpreter.machine.session import Session
from interpreter.program.tables import Program
from interpreter.transcripts.running import run_suite

EVERY_BOT = sorted({*BOTS, *ROOT.glob("examples/*.*"), *ROOT.glob("examples/*/bot.yaml")})
A_BOT = """\
dialog: 1
name: all
locales: [zh, en]
account: {token: "$(env.TOKEN)", path: /all}
vars: {n: int(1..9) = 1, user.tags: 'list(text) = ["a"]', mood: 'good | bad = "good"'}
menu: {帮助: {set: n = 2, reply: ok}}
rules:
  count: {pattern: "数<k:int>", set: n = k, reply: "$(n + 1) $(upper(join(\\"-\\", user.tags)))"}
  when: {pattern: "/^when (?<w>.+)$/", if: 'w != "no"', reply: {zh: "$(w)", en: "$(match[0])"}}
  hi: hello
"""


def stored(program: Program) -> Program:
    return read_bot(write_bot(CompiledBot(program, (), {}, 0))).program


def compiled(text: str = A_BOT) -> Compiled:
    found = compile_text(text)
    assert found.program is not None, found.codes
    return found


@pytest.mark.parametrize("path", EVERY_BOT, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_stored_bot_passes_the_tests_of_its_file_in_the_same_way(path: Path) -> None:
    bot = compile_path(path)
    assert bot.program is not None
    assert bot.suite is not None
    assert list(run_suite(stored(bot.program), bot.suite)) == list(run_suite(bot.program, bot.suite))


@pytest.mark.parametrize("path", BOTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_stored_bot_says_and_does_the_same(path: Path) -> None:
    program = compile_path(path).program
    assert program is not None
    program = replace(program, env=dict.fromkeys(program.env_names, "secret"))
    ours, theirs = Session("u"), Session("u")
    other = stored(program)
    for number, text in enumerate((*words_of(path), "1", "是", *words_of(path))):
        event = receive(text, START + timedelta(minutes=number), seed=number)
        one, two = run_turn(program, ours, event, number), run_turn(other, theirs, event, number)
        assert one == two
        ours, theirs = one.session, two.session


def test_what_was_stored_can_be_stored_again() -> None:
    once = stored(compiled().program)  # type: ignore[arg-type]
    assert write_bot(CompiledBot(stored(once), (), {}, 0)) == write_bot(CompiledBot(once, (), {}, 0))


WRITTEN = """
import sys
from hashlib import sha256
from pathlib import Path
from interpreter.compiler.storing import CompiledBot, write_bot
from support.bots import compile_path, compile_text
print(sha256(write_bot(CompiledBot(compile_text(sys.argv[1]).program, (), {}, 0))).hexdigest())
for path in sys.argv[2:]:
    print(path, sha256(write_bot(CompiledBot(compile_path(Path(path)).program, (), {}, 0))).hexdigest())
"""


def test_a_bot_is_written_as_the_same_bytes_in_every_process() -> None:
    def written(seed: int) -> str:
        paths = {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests")))}
        env = {**os.environ, **paths, "PYTHONHASHSEED": str(seed)}
        command = [sys.executable, "-c", WRITTEN, A_BOT, *map(str, EVERY_BOT)]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=300).stdout

    first = written(1)
    assert len(first.splitlines()) == 1 + len(EVERY_BOT)
    assert first == written(2) == written(3)


def test_accounts_buttons_and_the_count_of_findings_come_along() -> None:
    found = compiled()
    assert found.bot is not None
    assert found.program is not None
    accounts = lower_accounts(found.bot)
    read = read_bot(write_bot(CompiledBot(found.program, accounts, {"帮助": "help"}, 3)))
    assert [(text.key, text.variables, text.place) for text in read.accounts[0].texts] == [
        (text.key, text.variables, text.place) for text in accounts[0].texts
    ]
    assert (read.buttons, read.findings) == ({"帮助": "help"}, 3)


def test_routines_are_a_map_of_those_that_were_written() -> None:
    program = compiled().program
    assert program is not None
    routines = stored(program).routines
    assert list(routines) == list(program.routines)
    assert len(routines) == len(program.routines)
    assert "rules.hi" in routines
    assert "rules.none" not in routines
    assert routines.get("rules.none") is None  # type: ignore[call-overload]  # a name nobody has
    name = next(iter(routines))
    assert routines[name] is routines[name]
    assert routines[name].places == program.routines[name].places


def test_what_cannot_be_stored_is_refused() -> None:
    program = compiled().program
    assert program is not None
    with pytest.raises(TypeError):
        stored(replace(program, choice=lambda _: ""))
    with pytest.raises(TypeError):
        stored(replace(program, renamed={"a": (each for each in ())}))  # type: ignore[dict-item]  # no text


class Sends:
    """A pickle that calls a function when it is read."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.made = function, arguments

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.made


@pytest.mark.parametrize("function", [os.system, eval, __import__, getattr, storing.write_bot, Path])
def test_nothing_is_called_that_is_no_part_of_a_bot(function: object, tmp_path: Path) -> None:
    mark = tmp_path / "called"
    attack = pickle.dumps(Sends(function, f"touch {mark}"))
    for content in (attack, pickle.dumps((attack, attack, {})), pickle.dumps((pickle.dumps(()), attack, {}))):
        with pytest.raises(Unreadable):
            read_bot(content)
        with pytest.raises(Unreadable):
            read_plain(attack)
    assert not mark.exists()


def test_a_routine_calls_nothing_either() -> None:
    common, rest, _ = read_plain(write_bot(CompiledBot(compiled().program, (), {}, 0)))  # type: ignore[arg-type]
    forged = read_bot(pickle.dumps((common, rest, {"rules.hi": pickle.dumps(Sends(os.system, "true"))})))
    with pytest.raises(pickle.UnpicklingError, match=r"system is no part of a bot"):
        forged.program.routines["rules.hi"]  # type: ignore[index]  # a plain text


def test_only_classes_of_ours_and_times_can_be_read() -> None:
    named = {module.split(".")[0] for module, _ in storing._CLASSES}
    assert named == {"interpreter", "datetime"}
    assert all(isinstance(each, type) for each in storing._CLASSES.values())


@pytest.mark.parametrize("content", [b"", b"\x80", b"no pickle", pickle.dumps(1), pickle.dumps((b"", b"", {}))])
def test_what_is_no_bot_is_unreadable(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_bot(content)
