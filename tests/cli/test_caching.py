from __future__ import annotations

import io
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.talks import START, receive

from interpreter.cli.cache_folder import CacheFolder
from interpreter.cli.caching import ReadyBot, ready_bot
from interpreter.cli.run import run
from interpreter.compiler.storing import read_plain
from interpreter.machine.session import Session
from interpreter.machine.step import step

ROOT = Path(__file__).parents[2]
BOT = """\
dialog: 1
name: shop
imports: [more/faq.yaml]
account: {token: $(env.TOKEN), path: /shop}
media: {logo: logo.png}
vars: {n: int = 0}
menu: {帮助: {reply: help}}
rules:
  count: {pattern: count, set: n += 1, reply: "$(n)"}
"""
FAQ = "dialog: 1\nrules: {hi: hello}\n"
FRONT_END = (
    "lark",
    "ruamel",
    "yaml",
    "jsonschema",
    "interpreter.check",
    "interpreter.dialog",
    "interpreter.expr.inference",
)


class Spied(CacheFolder):
    """A folder that counts."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.hits = self.writes = 0

    def read(self, name: str) -> bytes | None:
        found = super().read(name)
        self.hits += found is not None
        return found

    def write(self, name: str, content: bytes) -> None:
        self.writes += 1
        super().write(name, content)


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    (tmp_path / "more").mkdir()
    (tmp_path / "bot.yaml").write_text(BOT)
    (tmp_path / "more/faq.yaml").write_text(FAQ)
    (tmp_path / "logo.png").write_bytes(b"png")
    return tmp_path / "bot.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Spied:
    return Spied(tmp_path / "cache")


def is_kept(bot: Path, folder: Spied) -> bool:
    """Whether the next start finds a compiled form."""
    writes = folder.writes
    ready_bot(bot, folder)
    return folder.writes == writes


def says(ready: ReadyBot, *texts: str) -> list[str]:
    assert ready.program is not None
    session, said = Session("u"), []
    for text in texts:
        outcome = step(ready.program, session, receive(text, START))
        session = outcome.session
        said += [str(reply) for reply in outcome.replies]
    return said


def test_a_bot_is_compiled_once(bot: Path, folder: Spied) -> None:
    first, second = ready_bot(bot, folder), ready_bot(bot, folder)
    assert (folder.writes, folder.hits) == (1, 1)
    assert says(first, "hi", "count", "count") == says(second, "hi", "count", "count") != []
    assert first.sources == second.sources == (str(bot), str(bot.parent / "more/faq.yaml"))
    assert [text.variables for text in second.accounts[0].texts] == [("TOKEN",), ()]
    assert dict(second.buttons) == dict(first.buttons) == {"帮助": "帮助"}


@pytest.mark.parametrize("name", ["bot.yaml", "more/faq.yaml"])
def test_a_changed_file_is_compiled_anew(name: str, bot: Path, folder: Spied) -> None:
    ready_bot(bot, folder)
    file = bot.parent / name
    times = file.stat()
    file.write_text(file.read_text().replace("hello", "jello").replace("n += 1", "n += 2"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    changed = ready_bot(bot, folder)
    assert folder.writes == 2
    assert says(changed, "count", "hi") == says(ready_bot(bot, None), "count", "hi")
    assert is_kept(bot, folder)


def test_an_import_that_is_gone_or_leads_elsewhere_does_not_count(bot: Path, folder: Spied, tmp_path: Path) -> None:
    ready_bot(bot, folder)
    faq = bot.parent / "more/faq.yaml"
    elsewhere = faq.replace(tmp_path.parent / f"{tmp_path.name}-faq.yaml")
    assert ready_bot(bot, folder).program is None
    faq.symlink_to(elsewhere)
    assert ready_bot(bot, folder).program is None
    elsewhere.unlink()


def test_a_file_to_be_sent_that_has_another_size_makes_another_bot(bot: Path, folder: Spied) -> None:
    ready_bot(bot, folder)
    (bot.parent / "logo.png").write_bytes(b"\x89png")
    assert not is_kept(bot, folder)
    (bot.parent / "logo.png").unlink()
    assert [finding.code for finding in ready_bot(bot, folder).diagnostics] == ["DL518"]


def test_two_versions_of_a_bot_are_kept_side_by_side(bot: Path, folder: Spied) -> None:
    ready_bot(bot, folder)
    bot.write_text(BOT.replace("+= 1", "+= 2"))
    ready_bot(bot, folder)
    bot.write_text(BOT)
    assert is_kept(bot, folder)


def test_the_same_bot_elsewhere_is_another(bot: Path, folder: Spied, tmp_path: Path) -> None:
    ready_bot(bot, folder)
    there = tmp_path / "there"
    shutil.copytree(tmp_path, there, ignore=shutil.ignore_patterns("cache"))
    assert not is_kept(there / "bot.yaml", folder)


def test_a_bot_with_errors_is_never_kept(bot: Path, folder: Spied) -> None:
    bot.write_text(BOT.replace("n += 1", "m += 1"))
    assert [ready_bot(bot, folder).program, ready_bot(bot, folder).program] == [None, None]
    assert folder.writes == 0
    bot.unlink()
    assert ready_bot(bot, folder).program is None


def test_without_a_folder_a_bot_is_compiled_each_time(bot: Path) -> None:
    assert says(ready_bot(bot, None), "hi") == says(ready_bot(bot, None), "hi")


def test_a_damaged_file_is_compiled_over(bot: Path, folder: Spied) -> None:
    said = says(ready_bot(bot, folder), "hi", "count")
    (file,) = folder.path.glob("*.bot")
    sealed = file.read_bytes()
    for place in range(0, len(sealed), len(sealed) // 12):
        file.write_bytes(sealed[:place] + bytes([sealed[place] ^ 0xFF]) + sealed[place + 1 :])
        assert says(ready_bot(bot, folder), "hi", "count") == said
    assert folder.hits == 0
    assert is_kept(bot, folder)


class Attack:
    """Calls something when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (self.command,)


def test_a_sealed_attack_is_refused(bot: Path, folder: Spied, tmp_path: Path) -> None:
    attack, mark = Attack(f"touch {tmp_path}/called"), tmp_path / "called"
    names: list[str] = []

    class Noting(Spied):
        def write(self, name: str, content: bytes) -> None:
            names.append(name)
            super().write(name, content)

    ready_bot(bot, Noting(folder.path))
    content = folder.read(names[0])
    assert content is not None
    header, _ = read_plain(content)
    for forged in (attack, (header, pickle.dumps(attack)), (attack, b""), (header, attack), (header, 1), (1, 2), None):
        folder.write(names[0], pickle.dumps(forged))
        assert says(ready_bot(bot, folder), "hi") == says(ready_bot(bot, None), "hi")
    assert not mark.exists()


def test_the_count_of_findings_is_kept(bot: Path, folder: Spied) -> None:
    bot.write_text(BOT.replace("rules:\n", "rules:\n  odd: {if: '1 == 1', pattern: x, reply: y}\n"))
    first, second = ready_bot(bot, folder), ready_bot(bot, folder)
    assert folder.hits == 1
    assert first.findings == second.findings == len(first.diagnostics)


def test_code_of_another_state_makes_another_bot(bot: Path, folder: Spied) -> None:
    ready_bot(bot, folder)
    ready_bot(bot, folder, lambda: "newer")
    assert folder.hits == 0
    ready_bot(bot, folder, lambda: "newer")
    assert folder.hits == 1


def test_what_code_made_that_changed_meanwhile_is_not_kept(bot: Path, folder: Spied) -> None:
    states = iter(("before", "after"))
    assert ready_bot(bot, folder, lambda: next(states)).program is not None
    ready_bot(bot, folder, lambda: None)
    assert folder.writes == 0


START_BOT = """
import sys
from interpreter.cli.run import run
code = run(sys.argv[2:], "en", {"DIALOG_CACHE": sys.argv[1], "TOKEN": "abc"})
print("modules", *sorted(sys.modules), file=sys.stderr)
sys.exit(code)
"""


def start(bot: Path, cache: Path | str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", START_BOT, str(cache), str(bot), "--show-settings"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def test_a_start_that_finds_a_compiled_form_loads_nothing_of_the_front_end(bot: Path, tmp_path: Path) -> None:
    first, first_errors = start(bot, tmp_path / "cache").communicate()
    second, second_errors = start(bot, tmp_path / "cache").communicate()
    assert first == second
    assert "/shop" in first
    loaded = second_errors.partition("modules ")[2].split()
    assert "interpreter.check.analysis" in first_errors
    assert [name for name in loaded if name.startswith(FRONT_END)] == []


def test_processes_may_start_at_once(bot: Path, tmp_path: Path) -> None:
    starting = [start(bot, tmp_path / "cache") for _ in range(3)]
    shown = {process.communicate()[0] for process in starting}
    assert len(shown) == 1
    assert {process.returncode for process in starting} == {0}
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_chat_knows_its_buttons_and_findings_either_way(
    bot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"DIALOG_CACHE": str(tmp_path / "cache"), "TOKEN": "abc"}
    shown = []
    for _ in range(2):
        monkeypatch.setattr("sys.stdin", io.StringIO("/click 帮助\nhi\ncount\n"))
        assert run([str(bot), "--console"], "en", environ) == 0
        shown.append(capsys.readouterr())
    assert shown[0] == shown[1]
    assert all(word in shown[0].out for word in ("help", "hello", "1"))


def test_a_file_that_has_become_enormous_is_not_read_whole(bot: Path, folder: Spied) -> None:
    ready_bot(bot, folder)
    with bot.open("r+b") as file:
        file.truncate(4 << 30)
    limits = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))"
    code = f"""{limits}
from pathlib import Path
from interpreter.cli.bot_files import find_bots
from interpreter.cli.cache_folder import CacheFolder
from interpreter.cli.caching import ready_bot
bots, _ = find_bots([{str(bot.parent)!r}])
assert Path({str(bot)!r}) == bots[0], bots
assert ready_bot(bots[0], CacheFolder(Path({str(bot.parent / "cache")!r}))).program is None
"""
    subprocess.run([sys.executable, "-c", code], check=True)
