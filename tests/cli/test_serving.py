"""The server as a process of its own, spoken to as WeChat would."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support.redis_server import PATIENT, REASON, is_installed, running_redis
from support.served import BOT, TOKEN, Server, message, running, signed, until

from interpreter.wechat.xml import read_xml


def test_a_conversation_survives_kill_9_and_a_resend_gets_the_same_reply(tmp_path: Path) -> None:
    store = f"--store=sqlite:{tmp_path}/dialog.db"
    with running(tmp_path, store, WX_TOKEN=TOKEN) as server:
        assert [server.say("hi", "1"), server.say("hi", "2")] == ["1", "2"]
        picked = server.say("pick", "3")
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    with running(tmp_path, store, WX_TOKEN=TOKEN) as server:
        assert [server.say("hi", "2"), server.say("pick", "3"), server.say("hi", "4")] == ["2", picked, "3"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_stops_when_it_is_asked_to(tmp_path: Path, number: signal.Signals, code: int) -> None:
    with running(tmp_path, "--store=memory", WX_TOKEN=TOKEN) as server:
        assert server.say("hi", "1") == "1"
        server.process.send_signal(number)
        assert server.process.wait(60) == code
    log = (tmp_path / "log.txt").read_text()
    assert "Traceback" not in log
    assert re.search(rf"^[\d :,-]+ INFO interpreter\.server stopped by {number.name}$", log, re.MULTILINE)


def test_the_log_has_a_line_for_each_turn_and_no_secrets(tmp_path: Path) -> None:
    with running(tmp_path, "--store=memory", WX_TOKEN=TOKEN) as server:
        server.say("hi", "1")
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)
    log = (tmp_path / "log.txt").read_text()
    assert re.search(
        r"INFO interpreter\.turns turn=[0-9a-f]{8} bot=counter version=0 user=[0-9a-f]{10} type=text by=rules\.hi "
        r"replies=1 outcome=answered ms=\d+\n",
        log,
    )
    assert TOKEN not in log


def test_without_a_token_it_says_what_to_enter_and_how_to_try_it(tmp_path: Path) -> None:
    with running(tmp_path, "--store=memory", "--lang=en") as server:
        said = "".join(server.lines)
        assert "http://YOUR-DOMAIN/counter" in said
        assert re.search(r"Token +[0-9a-f]{32}\n", said)
        curl = shlex.split(server.lines[-1])
        url, body, header = curl[-1], curl[curl.index("-d") + 1], curl[curl.index("-H") + 1]
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("POST", url.partition(str(server.port))[2], body, dict([header.split(": ")]))
        assert read_xml(connection.getresponse().read())["Content"] == "1"
        connection.close()


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with running(tmp_path, "--store=memory", WX_TOKEN=TOKEN) as server:
        command = [sys.executable, "-m", "interpreter.cli.run", str(tmp_path / "bot.yaml"), f"--port={server.port}"]
        second = subprocess.run(
            [*command, "--store=memory", "--lang=en"],
            capture_output=True,
            check=False,
            text=True,
            env={**os.environ, "WX_TOKEN": TOKEN},
        )
        assert second.returncode == 2
        assert f"dialog-run: port {server.port} is taken by another program" in second.stderr


def _until(server: Server, wanted: str) -> str:
    """Ask until the bot answers so; new message ids each time."""
    deadline, number = time.monotonic() + 60, 1000
    while (said := server.say("hello", str(number))) != wanted and time.monotonic() < deadline:
        number += 1
        time.sleep(0.05)
    return said


def test_a_changed_file_takes_over_and_a_broken_one_does_not(tmp_path: Path) -> None:
    with running(tmp_path, "--watch", WX_TOKEN=TOKEN, DIALOG_STORE="memory") as server:
        file = tmp_path / "bot.yaml"
        assert server.say("hi", "1") == "1"
        file.write_text(BOT + "  hello: one\n", encoding="utf-8")
        assert _until(server, "one") == "one"
        file.write_text(BOT + "  hello: {wait: nowhere}\n", encoding="utf-8")
        assert until(lambda: "DL101" in server.log)
        assert "the running version stays" in server.log
        assert server.say("hello", "2") == "one"
        assert server.say("hi", "3") == "2"
        file.unlink()
        file.write_text(BOT + "  hello: two\n", encoding="utf-8")
        assert _until(server, "two") == "two"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("name: counter", "name: other", "the bot is called other now, and is served as counter"),
        ("name: counter", "name: counter\naccount: {path: /other}", "another path is given for counter"),
        (
            "name: counter",
            "name: counter\naccounts: {a: {path: /a}, b: {path: /b}}",
            "its accounts are counter-a, counter-b",
        ),
    ],
    ids=["name", "path", "accounts"],
)
def test_a_file_that_is_for_another_bot_or_address_does_not_take_over(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    with running(tmp_path, "--watch", WX_TOKEN=TOKEN, DIALOG_STORE="memory") as server:
        file = tmp_path / "bot.yaml"
        assert server.say("hi", "1") == "1"
        file.write_text(BOT.replace(old, new) + "  hello: one\n", encoding="utf-8")
        assert until(lambda: "needs a restart" in server.log)
        assert reason in server.log
        assert server.say("hello", "2") == "success"
        file.write_text(BOT + "  hello: two\n", encoding="utf-8")
        assert _until(server, "two") == "two"
        assert server.say("hi", "3") == "2"


def test_sighup_takes_a_file_anew(tmp_path: Path) -> None:
    with running(tmp_path, WX_TOKEN=TOKEN, DIALOG_STORE="memory") as server:
        (tmp_path / "bot.yaml").write_text(BOT + "  hello: one\n", encoding="utf-8")
        server.process.send_signal(signal.SIGHUP)
        assert _until(server, "one") == "one"


# ---------------------------------------------------------------------------------------------------- the end

SLOW = """
dialog: 1
name: counter
services:
  slow: {url: "ADDRESS", private: true, timeout: 30s, operations: {wait: {get: /wait}}}
rules:
  hi: {do: [{fetch: slow.wait(), into: answer}, {reply: "$(answer)"}]}
"""


class SlowService(threading.Thread):
    """Answers no request before it is told to."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._counting = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self.asked = 0
        self.may_answer = threading.Event()

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.recv(4096)
            with self._counting:
                self.asked += 1
            self.may_answer.wait(60)
            body = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone"
            connection.sendall(body)

    def close(self) -> None:
        self._door.close()


def test_sigterm_finishes_what_was_begun_and_says_at_once_that_it_is_not_ready(tmp_path: Path) -> None:
    service = SlowService()
    service.start()
    answers: list[str] = []
    with running(tmp_path, "--store=memory", bot=SLOW.replace("ADDRESS", service.address), WX_TOKEN=TOKEN) as server:
        assert server.get("/readyz") == (200, b"ok\n")

        def ask(number: int) -> None:
            try:
                answers.append(server.say("hi", str(number), f"user{number}"))
            except Exception as error:
                answers.append(repr(error))

        asking = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
        for thread in asking:
            thread.start()
        assert until(lambda: service.asked == 50)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert until(lambda: is_drained(server, began))
        assert answers == []
        service.may_answer.set()
        for thread in asking:
            thread.join()
        assert server.process.wait(60) == 0
    service.close()
    assert answers == ["done"] * 50
    assert "Traceback" not in (tmp_path / "log.txt").read_text()


def test_a_fault_is_found_by_its_turn_in_a_log_for_programs(tmp_path: Path) -> None:
    bot = BOT.replace("user.count += 1", "user.count = 1 // user.count")
    with running(tmp_path, "--store=memory", "--log-format=json", bot=bot, WX_TOKEN=TOKEN) as server:
        server.say("hi", "1")
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)
    fault, turn, stopped = map(json.loads, (tmp_path / "log.txt").read_text().splitlines()[-3:])
    assert (fault["level"], fault["bot"], fault["error"]) == ("warning", "counter", "division by zero")
    assert (fault["turn"], turn["faults"]) == (turn["turn"], 1)
    assert "error" not in turn
    assert stopped["message"] == "stopped by SIGTERM"


def test_a_turn_that_is_cut_off_by_the_end_leaves_a_line(tmp_path: Path) -> None:
    service = SlowService()
    service.start()
    bot = SLOW.replace("ADDRESS", service.address)
    with running(tmp_path, "--store=memory", bot=bot, WX_TOKEN=TOKEN) as server:
        asking = threading.Thread(target=lambda: server.post(message("hi", "1"), signed()))
        asking.start()
        assert until(lambda: service.asked == 1)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
        asking.join()
    service.close()
    cut, turn, stopped = (tmp_path / "log.txt").read_text().splitlines()[-3:]
    assert re.search(r"WARNING .* counter: a turn was cut off after \d+\.\d s by the end of the server", cut)
    assert "outcome=failed" in turn
    assert re.search(r"turn=\w+", turn)[0] in cut  # type: ignore[index]
    assert stopped.endswith("stopped by SIGTERM")


def test_a_second_wish_closes_the_door_and_what_was_begun_is_answered_all_the_same(tmp_path: Path) -> None:
    service = SlowService()
    service.start()
    answers: list[str] = []
    with running(tmp_path, "--store=memory", bot=SLOW.replace("ADDRESS", service.address), WX_TOKEN=TOKEN) as server:
        asking = threading.Thread(target=lambda: answers.append(server.say("hi", "1")))
        asking.start()
        assert until(lambda: service.asked == 1)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert until(lambda: is_drained(server, began))
        server.process.send_signal(signal.SIGTERM)
        assert until(lambda: is_closed(server))
        service.may_answer.set()
        asking.join()
        assert server.process.wait(60) == 0
    service.close()
    assert answers == ["done"]


def is_drained(server: Server, asked: float) -> bool:
    """Whether it says that it is not ready; after a second it may say nothing any more."""
    try:
        return server.get("/readyz")[0] == 503
    except OSError:
        assert time.monotonic() - asked >= 1.0
        return True


def is_closed(server: Server) -> bool:
    try:
        server.get("/readyz")
    except OSError:
        return True
    return False


# ---------------------------------------------------------------------------------------------------- the log


def test_the_log_can_be_json(tmp_path: Path) -> None:
    bot = f"{BOT}  key: $(env.GEO_KEY)\n"
    with running(tmp_path, "--store=memory", "--log-format=json", "--lang=en", bot=bot, WX_TOKEN=TOKEN) as server:
        server.say("hi", "1")
        server.post("<xml/>", signed("wrong"))
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)
        lines = [json.loads(line) for line in server.log.splitlines()]
    assert "counter is ready at" in json.loads(server.lines[0])["message"]
    assert any("GEO_KEY is not set" in line["message"] for line in lines)
    turn = next(line for line in lines if line["logger"] == "interpreter.turns")
    assert (turn["level"], turn["bot"], turn["by"], turn["outcome"], turn["replies"]) == (
        "info",
        "counter",
        "rules.hi",
        "answered",
        1,
    )
    assert any("the signature does not fit" in line["message"] for line in lines)


def test_a_log_that_nobody_reads_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_text(BOT, encoding="utf-8")
    command = [sys.executable, "-m", "interpreter.cli.run", str(tmp_path / "bot.yaml"), "--port=0", "--store=memory"]
    environ = {**os.environ, "PYTHONUTF8": "1", "WX_TOKEN": TOKEN}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        server = Server(process, [process.stdout.readline()], tmp_path / "none")
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for number in range(1200):  # more than a pipe holds
            connection.request("POST", f"/counter?{signed()}", message("hi", str(number)), {"Content-Type": "text/xml"})
            answer = connection.getresponse()
            assert answer.status == 200
            assert answer.read()
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.stderr.read().count(" by=rules.hi ") == 1200
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def numbers(server: Server) -> str:
    assert until(lambda: "metrics are at 127.0.0.1:" in server.log)
    port = int(re.search(r"metrics are at 127\.0\.0\.1:(\d+)", server.log)[1])  # type: ignore[index]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    page = connection.getresponse().read().decode()
    connection.close()
    return page


def test_metrics_are_at_a_port_of_their_own(tmp_path: Path) -> None:
    pytest.importorskip("prometheus_client")
    with running(tmp_path, "--store=memory", "--metrics=0", WX_TOKEN=TOKEN) as server:
        server.say("hi", "1")
        server.post("<xml/>", signed("wrong"))
        assert server.get("/metrics")[0] == 404
        page = numbers(server)
    assert 'dialog_turns_total{bot="counter",outcome="answered"} 1.0' in page
    assert 'dialog_refused_total{bot="counter",reason="signature"} 1.0' in page
    assert "dialog_log_dropped 0.0" in page
    assert "process_resident_memory_bytes" in page


@pytest.mark.skipif(not is_installed(), reason=REASON)
def test_each_worker_shows_what_all_have_counted_and_its_successor_counts_on(tmp_path: Path) -> None:
    pytest.importorskip("prometheus_client")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    options = "--workers=2", "--metrics=0", "--lang=en"
    with (
        running_redis(tmp_path) as redis,
        running(tmp_path, f"--store={redis}{PATIENT}", *options, WX_TOKEN=TOKEN, TMPDIR=str(temporary)) as server,
    ):
        for number in range(8):
            server.say("hi", str(number))
        assert until(lambda: all(is_counted(server, 8) for _ in range(8)))
        before = children(server)
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        assert until(lambda: len(children(server) - before) == 2)
        assert until(lambda: answers(server))
        server.say("hi", "9")
        assert until(lambda: all(is_counted(server, 9) for _ in range(8)))
        assert [path.name.startswith("dialog-metrics-") for path in temporary.iterdir()] == [True]
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
        assert not list(temporary.iterdir())


def is_counted(server: Server, turns: int) -> bool:
    page = numbers(server)
    assert 'dialog_turn_seconds_count{bot="counter"}' in page
    counted = f'dialog_turns_total{{bot="counter",outcome="answered"}} {turns}.0'
    return counted in page and "dialog_turns_running 0.0" in page


def children(server: Server) -> set[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, check=False)
    return {int(word) for word in listed.stdout.split()}


def answers(server: Server) -> bool:
    try:
        return server.get("/readyz")[0] == 200
    except OSError:
        return False


# ---------------------------------------------------------------------------------------------------- the store


def test_a_damaged_file_is_set_aside_when_that_is_wished_for(tmp_path: Path) -> None:
    (tmp_path / "dialog.db").write_bytes(b"no database at all" * 100)
    (tmp_path / "bot.yaml").write_text(BOT, encoding="utf-8")
    options = (f"--store=sqlite:{tmp_path}/dialog.db", "--lang=en")
    command = [sys.executable, "-m", "interpreter.cli.run", str(tmp_path / "bot.yaml"), "--port=0", *options]
    refused = subprocess.run(
        command, capture_output=True, check=False, text=True, env={**os.environ, "WX_TOKEN": TOKEN}
    )
    assert refused.returncode == 2
    assert "--fresh-store" in refused.stderr
    with running(tmp_path, *options, "--fresh-store", WX_TOKEN=TOKEN) as server:
        assert server.say("hi", "1") == "1"
        assert until(lambda: "was damaged; it is" in server.log)
    (aside,) = tmp_path.glob("dialog.db.corrupt-*")
    assert aside.read_bytes().startswith(b"no database")
