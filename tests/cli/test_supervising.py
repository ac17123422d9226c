"""Several workers as processes of their own, which share a real Redis."""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.redis_server import PATIENT, REASON, is_installed, running_redis
from support.served import TOKEN, Server, running, until

from interpreter.server.errors import CannotListen
from interpreter.server.listening import share_port

pytest.importorskip("redis")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    if not is_installed():
        pytest.skip(REASON)
    with running_redis(tmp_path) as address:
        yield f"{address}{PATIENT}"


def version(number: int) -> str:
    """A bot that says which version it is."""
    return f"dialog: 1\nname: counter\nversion: v{number}\nrules: {{hello: v{number}}}\n"


def workers(server: Server) -> set[int]:
    """The processes of the workers."""
    folder = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return set(map(int, folder.read_text().split()))


def test_a_worker_that_is_killed_is_replaced_and_the_others_go_on(tmp_path: Path, redis: str) -> None:
    with running(tmp_path, f"--store={redis}", "--workers=2", "--lang=en", WX_TOKEN=TOKEN) as server:
        before = workers(server)
        assert len(before) == 2
        assert [server.say("hi", str(number)) for number in range(10)] == [str(number + 1) for number in range(10)]
        victim = before.pop()
        os.kill(victim, signal.SIGKILL)
        assert until(lambda: "(SIGKILL); it is started again in 0.25 s" in server.log)
        assert until(lambda: len(workers(server)) == 2)
        assert before < workers(server)
        assert until(lambda: server.get("/readyz") == (200, b"ok\n"))
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
        assert server.log.count("INFO interpreter.server stopped by SIGTERM") == 1
        assert not any(Path(f"/proc/{pid}").exists() for pid in before)


def test_all_workers_take_a_file_anew_and_see_each_others_sessions(tmp_path: Path, redis: str) -> None:
    with running(tmp_path, f"--store={redis}", "--workers=2", "--lang=en", WX_TOKEN=TOKEN) as server:
        bot = tmp_path / "bot.yaml"
        bot.write_text(bot.read_text(encoding="utf-8") + "  hello: new\n", encoding="utf-8")
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: server.log.count("version 0 has taken over") == 2)
        assert {server.say("hello", f"h{number}") for number in range(10)} == {"new"}
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(60) == 130


def replaced(server: Server) -> None:
    """Kill all workers, and wait for others."""
    before = workers(server)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert until(lambda: len(workers(server) - before) == len(before))
    assert until(lambda: server.log.count("it is started again") >= len(before))


def has_looked(server: Server) -> bool:
    """Wait until the supervisor must have seen twice what the files look like now: it rests after every look."""

    def rests() -> int:
        status = Path(f"/proc/{server.process.pid}/status").read_text()
        return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])

    before = rests()
    return until(lambda: rests() >= before + 6)


def said(server: Server, text: str) -> set[str]:
    """What is answered to some messages, once somebody listens."""
    answers: list[str] = []

    def ask() -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            answers.append(server.say(text, secrets.token_hex(8)))
        return len(answers) == 10

    assert until(ask)
    return set(answers)


def test_a_worker_that_is_replaced_serves_what_the_others_do(tmp_path: Path, redis: str) -> None:
    with running(tmp_path, f"--store={redis}", "--workers=2", "--lang=en", bot=version(1), WX_TOKEN=TOKEN) as server:
        bot = tmp_path / "bot.yaml"
        bot.write_text(version(2), encoding="utf-8")
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: server.log.count("version v2 has taken over") == 2)
        bot.write_text(version(3), encoding="utf-8")  # nobody says that it should be taken
        replaced(server)
        assert said(server, "hello") == {"v2"}
        bot.write_text("dialog: 1\nrulse: {}\n", encoding="utf-8")
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: server.log.count("has errors; the running version stays") == 2)
        replaced(server)
        assert said(server, "hello") == {"v2"}
        assert "v3" not in server.log


def test_a_worker_that_is_replaced_serves_what_was_seen_to_change(tmp_path: Path, redis: str) -> None:
    options = f"--store={redis}", "--workers=2", "--lang=en", "--watch"
    with running(tmp_path, *options, bot=version(1), WX_TOKEN=TOKEN) as server:
        (tmp_path / "bot.yaml").write_text(version(2), encoding="utf-8")
        assert until(lambda: server.log.count("version v2 has taken over") == 2)
        assert has_looked(server)
        replaced(server)
        assert said(server, "hello") == {"v2"}
        (tmp_path / "bot.yaml").write_text(version(3), encoding="utf-8")
        assert until(lambda: said(server, "hello") == {"v3"})


def test_workers_end_when_their_supervisor_is_gone(tmp_path: Path, redis: str) -> None:
    with running(tmp_path, f"--store={redis}", "--workers=2", WX_TOKEN=TOKEN) as server:
        left = workers(server)
        server.process.kill()
        server.process.wait()
        assert until(lambda: not any(_lives(pid) for pid in left))


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# ---------------------------------------------------------------------------------------------------- the supervisor

SUPERVISOR = """
import logging, os, signal, sys, time
from interpreter.cli.supervising import Born, Supervisor

heard, said = os.pipe()

class Versions:
    renewed = 0
    def renew(self):
        Versions.renewed += 1
    def look(self):
        pass

logging.basicConfig(format="%(message)s")

def ready():
    print("ready", flush=True)
    os.write(said, b"ready")

def all_are_ready():
    os.read(heard, 5)

ended = Supervisor(2, Versions(), ready, {language!r}, pause=0.01, patience=1).run()
if isinstance(ended, Born):
    N, L = ended.number, ended.line
{code}
sys.exit(ended)
"""


def supervised(code: str, language: str = "en") -> tuple[int, str, str]:
    """What comes of workers that run some Python, in which `N` is the worker's number and `L` its line.

    One of them may wait until `all_are_ready()`.
    """
    script = SUPERVISOR.format(code=textwrap.indent(code, "    "), language=language)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", timeout=300, check=False
    )
    return done.returncode, done.stdout, done.stderr


LIVES = "L.send(b'1'); time.sleep(300)"


def test_a_worker_that_keeps_dying_ends_the_whole() -> None:
    code, out, log = supervised(f"if N: sys.exit(7)\n{LIVES}")
    assert (code, out) == (1, "")
    assert "worker 1 has ended 5 times within a minute (the last time: exit 7); giving up" in log
    assert log.count("worker 1 has ended (exit 7); it is started again in") == 4
    assert "worker 0" not in log


def test_the_last_word_can_be_chinese() -> None:
    _, _, log = supervised(f"if N: os.kill(os.getpid(), 9)\n{LIVES}", "zh")
    assert "工作进程 1 一分钟内退出了 5 次（最近一次：SIGKILL）" in log


def test_a_worker_that_refuses_its_settings_is_not_asked_again() -> None:
    assert supervised(f"if N: sys.exit(2)\n{LIVES}") == (2, "", "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_all_are_ready_before_it_is_said_and_end_when_they_are_told_to(number: signal.Signals, code: int) -> None:
    tell = f"L.send(b'1'); N or (all_are_ready(), os.kill(os.getppid(), {int(number)})); time.sleep(300)"
    ended, out, log = supervised(tell)
    assert (ended, out) == (code, "ready\n")
    assert log == "" or number == signal.SIGINT  # at which Python shows where the workers were


def test_a_worker_that_does_not_end_is_killed() -> None:
    stay = "signal.signal(signal.SIGTERM, signal.SIG_IGN); L.send(b'1')"
    code, _, _ = supervised(f"{stay}; N or (all_are_ready(), os.kill(os.getppid(), 15)); time.sleep(300)")
    assert code == 0


def test_a_wish_to_read_the_bots_again_waits_until_a_worker_can_hear_it() -> None:
    code, out, log = supervised("""
if N:
    time.sleep(300)
os.kill(os.getppid(), signal.SIGHUP)
while signal.SIGHUP not in signal.sigpending():
    time.sleep(0.01)
signal.signal(signal.SIGHUP, lambda *_: print("heard", flush=True))
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGHUP])
os.kill(os.getppid(), signal.SIGTERM)
time.sleep(300)
""")
    assert (code, out, log) == (0, "heard\n", "")


def test_workers_have_no_chance_no_name_and_no_terminal_in_common() -> None:
    code, out, _ = supervised("""
import random, uuid, ssl
from interpreter.runtime.seeds import fresh_seed
from interpreter.runtime.turn import _numbers
import threading
alone = [sys.stdin.read(), os.getpgid(0) == os.getpid(), threading.active_count()]
own = [_numbers, fresh_seed(), random.random(), uuid.uuid4(), ssl.RAND_bytes(8).hex()]
os.write(1, ("|".join(map(str, alone + own)) + "\\n").encode())  # at once: both write here
L.send(b"1")
N or (all_are_ready(), os.kill(os.getppid(), signal.SIGTERM))
time.sleep(300)
""")
    assert code == 0
    first, second = (line.split("|") for line in out.removesuffix("ready\n").splitlines())
    assert first[:3] == second[:3] == ["", "True", "1"]
    assert len(first) == 8
    assert not set(first[3:]) & set(second[3:])


# ---------------------------------------------------------------------------------------------------- the port


def test_a_port_is_shared_only_among_those_who_say_so() -> None:
    with share_port("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        share_port("127.0.0.1", port).close()
    with pytest.raises(CannotListen, match="is not an address of this computer"):
        share_port("198.51.100.7", 0)


def test_where_ports_cannot_be_shared_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("socket.SO_REUSEPORT")
    with pytest.raises(CannotListen, match="does not let several processes share a port"):
        share_port("127.0.0.1", 0)
