"""Putting a server together: programs, a store, engines, the application, and what is told of them."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit

from interpreter.cli.announcing import announcement
from interpreter.cli.assembling import Store, Workshop, assemble, open_store
from interpreter.cli.changes import Changes
from interpreter.cli.common import CLEAN, INTERRUPTED
from interpreter.cli.garbage import spare_what_stays
from interpreter.cli.reloading import Reloader, Reread
from interpreter.cli.telling import stopped_by
from interpreter.cli.warming import Warming
from interpreter.diagnostics.wording import Wording
from interpreter.program.tables import Program
from interpreter.runtime.clock import SystemClock
from interpreter.runtime.http_service import HttpService
from interpreter.runtime.observing import Observer
from interpreter.server.app import make_app
from interpreter.server.environment import Environment
from interpreter.server.event_loop import fast_loop
from interpreter.server.journal import Journal, installed, to_descriptor
from interpreter.server.log_lines import JsonLines, TextLines
from interpreter.server.metrics import Metrics, metrics_page
from interpreter.server.observed_store import ObservedStore
from interpreter.server.secrecy import SECRETS
from interpreter.server.serving import Stop, serve
from interpreter.server.settings import AccountSettings, ServerSettings
from interpreter.server.shared_numbers import SharedNumbers
from interpreter.server.tally import NoTally
from interpreter.server.tracing import spans_if_wished
from interpreter.server.turn_lines import TurnLines
from interpreter.stores.protocol import StoreUnusable

__all__ = ["Serving", "log_lines", "open_store", "serve_bots"]

_log = logging.getLogger("interpreter.server")

_SECRET_NAME = re.compile("KEY|SECRET|TOKEN|PASS|CREDENTIAL", re.IGNORECASE)
"""Variables of the environment whose values nobody should read in a log."""

Served = tuple[Program, AccountSettings]


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve: where, in which language, and how a bot's file is read again."""

    settings: ServerSettings
    language: str
    reload: Callable[[str], Reread]
    """Reads the bot of an account again, by the account's name."""
    watch: bool = False
    debug: bool = False
    fresh_store: bool = False
    line: socket.socket | None = None
    """The line to the supervisor, when this process is one of several."""
    numbers: SharedNumbers | None = None
    """Where it counts then."""
    changes: Changes | None = None
    """What the files of the bots looked like when they were read."""
    environment: Environment = field(default_factory=lambda: Environment({}))
    folders: Mapping[str, Path] = field(default_factory=dict)
    """Where the files of bots are, by the names of their accounts."""
    mention: Callable[[], None] = lambda: None
    """Says after SIGHUP what else there is to say."""


def serve_bots(bots: Sequence[Served], serving: Serving) -> int:
    """Serve until somebody stops it; the exit code. SIGHUP reads the bots again, and so does `watch` when they change.

    Raises:
        ServerError: the settings cannot be, or the port cannot be had.
        StoreUnusable: the store cannot be opened.
    """
    lines = _journal(bots, serving)
    with installed(lines, debug=serving.debug) as journal, asyncio.Runner(loop_factory=fast_loop()) as runner:
        stopped = runner.run(_serve(bots, serving, journal))
    return INTERRUPTED if stopped is signal.SIGINT else CLEAN


def log_lines(bots: Sequence[Served], settings: ServerSettings) -> logging.Formatter:
    """What makes the lines of a log, which keeps the secrets of these bots."""
    for program, account in bots:
        SECRETS.add(*account.secrets)
        SECRETS.add(*(value for name, value in program.env.items() if _SECRET_NAME.search(name)))
    SECRETS.add(_password(settings.store.value))
    return JsonLines(SECRETS) if settings.has_json_log else TextLines(SECRETS)


def _password(store: str) -> str:
    try:
        return unquote(urlsplit(store).password or "")
    except ValueError:  # it is not used, and told without the password
        return ""


def _journal(bots: Sequence[Served], serving: Serving) -> Journal:
    """The log of a process, on standard error."""
    lines = log_lines(bots, serving.settings)
    try:
        write = to_descriptor(sys.stderr.fileno())
    except (io.UnsupportedOperation, OSError):
        stream = sys.stderr

        def write(content: bytes) -> None:
            stream.write(content.decode("utf-8"))

    return Journal(lines, write, serving.language)


async def _serve(bots: Sequence[Served], serving: Serving, journal: Journal) -> signal.Signals:
    clock, settings, language = SystemClock(), serving.settings, serving.language
    async with contextlib.AsyncExitStack() as ending:
        store = _opened(settings.store.value, serving)
        ending.push_async_callback(store.close)
        metrics = await ending.enter_async_context(_metrics(serving, journal))
        observers: list[Observer] = [
            TurnLines(journal, SECRETS, language, json=settings.has_json_log),
            *ending.enter_context(spans_if_wished(serving.environment.variables)),
        ]
        if metrics is not None:
            observers.append(metrics)
            store = cast("Store", ObservedStore(store, metrics.store_failed))
        environment = serving.environment
        window = settings.window_seconds
        workshop = Workshop(
            store, HttpService(clock), clock, language, window, observers, environment, tally=metrics or NoTally()
        )
        ending.push_async_callback(workshop.close)
        folders = serving.folders
        served = [assemble(program, account, workshop, folders.get(account.name)) for program, account in bots]
        if metrics is not None:
            engines = [bot.engine for bot in served]
            metrics.watch("dialog_turns_running", "Turns begun and not ended.", lambda: sum(e.running for e in engines))
            metrics.watch("dialog_messages_unsent", "Messages to be sent.", lambda: sum(e.unsent for e in engines))
        app = make_app(served, stores=[store], clock=clock, language=language, peers=settings.peers, tally=metrics)
        warming = Warming()
        ending.push_async_callback(warming.stop)

        def taken(name: str, program: Program) -> None:
            workshop.programs[name] = program
            warming.begin(program)

        renewed = {bot.name: bot.engine for bot in served}
        reloader = Reloader(renewed, serving.reload, language, taken, serving.changes, serving.mention)
        reloader.start(watch=serving.watch)
        ending.push_async_callback(reloader.stop)
        stop = Stop()
        line = _Line(serving.line, stop) if serving.line is not None else None

        def ready(host: str, port: int) -> None:
            spare_what_stays()
            warming.begin(*(program for program, _ in bots))
            if line is not None:
                line.tell()
                return
            now, in_json = clock.now(), settings.has_json_log
            sys.stdout.write(announcement(bots, host, port, now, language, in_json=in_json))
            sys.stdout.flush()

        host, port = settings.host.value, settings.port_number
        stopped = await serve(app, host, port, ready, stop=stop, shared=line is not None)
        if line is None:  # else the supervisor says so, for all
            _log.info("%s", stopped_by(stopped).say(language))
        return stopped


class _Line:
    """A worker's line to its supervisor: one byte says that it is ready; when the line breaks, the worker ends."""

    def __init__(self, line: socket.socket, stop: Stop) -> None:
        self._line = line
        self._stop = stop
        asyncio.get_running_loop().add_reader(line, self._broken)

    def tell(self) -> None:
        """Say that requests are accepted."""
        with contextlib.suppress(OSError):
            self._line.send(b"1")

    def _broken(self) -> None:
        asyncio.get_running_loop().remove_reader(self._line)
        self._stop.ask()


def _opened(written: str, serving: Serving) -> Store:
    """The store; with `fresh_store` a damaged file is moved aside, and another takes its place."""
    try:
        return open_store(written)
    except StoreUnusable as error:
        kind, _, path = written.partition(":")
        if kind != "sqlite" or not serving.fresh_store or not error.is_damaged:
            raise
    from interpreter.stores.sqlite_file import set_aside

    aside = set_aside(Path(path), SystemClock().now())
    said = Wording(
        f"{path} was damaged; it is {aside} now, and an empty file takes its place",
        f"{path} 已损坏，现改名为 {aside}，并从空文件开始",
    )
    _log.warning("%s", said.say(serving.language))
    return open_store(written)


@contextlib.asynccontextmanager
async def _metrics(serving: Serving, journal: Journal) -> AsyncIterator[Metrics | None]:
    address, numbers = serving.settings.metrics_address, serving.numbers
    if address is None:
        yield None
        return
    with numbers.counting() if numbers else contextlib.nullcontext():
        metrics = Metrics(numbers)
        metrics.watch("dialog_log_dropped", "Log lines dropped because nobody read them.", lambda: journal.dropped)
        async with metrics_page(metrics, *address) as port:
            if numbers is None:
                _log.info("%s", where_metrics_are(address[0], port).say(serving.language))
            yield metrics


def where_metrics_are(host: str, port: int) -> Wording:
    """Where the numbers are."""
    return Wording(f"metrics are at {host}:{port}", f"指标地址：{host}:{port}")
