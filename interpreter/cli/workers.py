"""`--workers N`: several processes that serve the same bots at the same port, and one that looks after them.

The supervisor serves nothing. It reads the bots and imports what serving them takes, holds the port, so that it stays
the same when all workers are gone, and forks the workers. It reads the bots again when they do, so that one which is
forked later begins with the version that the others run.

Whatever must not be the same in two processes is made after the fork: connections, threads, names of holders, random
states. (Python and OpenSSL reseed theirs.)
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from interpreter.cli.announcing import announcement
from interpreter.cli.assembling import is_shared_store
from interpreter.cli.changes import Changes
from interpreter.cli.reloading import Reread
from interpreter.cli.serving import Served, log_lines, where_metrics_are
from interpreter.cli.supervising import Born, Supervisor
from interpreter.diagnostics.wording import Wording
from interpreter.server.errors import SettingsError
from interpreter.server.journal import Notes, if_read, installed
from interpreter.server.listening import share_port
from interpreter.server.metrics import require_prometheus
from interpreter.server.settings import ServerSettings
from interpreter.server.shared_numbers import SharedNumbers
from interpreter.server.tracing import traces_wished

_log = logging.getLogger("interpreter.server")

_EVERY_WORKER = ("interpreter.stores.redis", "redis.asyncio", "aiohttp.web_runner", "zoneinfo", "ipaddress")
_WITH_METRICS = ("prometheus_client.multiprocess",)
_WITH_TRACES = ("opentelemetry.sdk.trace.export",)


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker begins with."""

    bots: Sequence[Served]
    settings: ServerSettings
    """With the ports that were found."""
    line: socket.socket
    numbers: SharedNumbers | None
    changes: Changes


class LatestVersions:
    """Bots as the workers run them: read once for all, and again when they do."""

    def __init__(
        self,
        bots: Iterable[Served],
        reload: Callable[[str], Reread],
        changes: Changes,
        *,
        watch: bool = False,
        mention: Callable[[], None] = lambda: None,
    ) -> None:
        """`mention` says what else there is to say when they are read again."""
        self._bots = {account.name: (program, account) for program, account in bots}
        self._reload = reload
        self._watch = watch
        self._mention = mention
        self.changes = changes

    @property
    def bots(self) -> list[Served]:
        """The bots, in their first order."""
        return list(self._bots.values())

    def renew(self) -> None:
        """Read all of them again."""
        self._read(list(self._bots))
        self._mention()

    def look(self) -> None:
        """Read those again whose files have changed, if the workers do."""
        if self._watch:
            self._read(self.changes.settled())

    def _read(self, names: Sequence[str]) -> None:
        for name in names:
            before = self.changes.before(name)
            with contextlib.suppress(Exception):  # workers say what is wrong
                again = self._reload(name)
                self.changes.was_read(name, again.path, again.sources, before)
                if again.program is not None:
                    self._bots[name] = (again.program, self._bots[name][1])
        if names:
            freeze()


def supervise(
    versions: LatestVersions, settings: ServerSettings, language: str, environ: Mapping[str, str]
) -> int | Worker:
    """Serve by several processes until somebody stops it; the exit code. In each of the workers, what it begins with.

    Raises:
        ServerError: these bots cannot be served so, or the port cannot be had.
    """
    _check(versions.bots, settings)
    with (
        contextlib.closing(share_port(settings.host.value, settings.port_number)) as held,
        _shared_numbers(settings) as (numbered, folder),
    ):
        port = held.getsockname()[1]
        found = replace(numbered, port=replace(settings.port, value=str(port)))

        def ready() -> None:
            now, host, in_json = datetime.now(UTC), settings.host.value, settings.has_json_log
            sys.stdout.write(announcement(versions.bots, host, port, now, language, in_json=in_json))
            sys.stdout.flush()
            if (address := found.metrics_address) is not None:
                _log.info("%s", where_metrics_are(*address).say(language))

        _import(settings, environ)
        freeze()
        notes = Notes(log_lines(versions.bots, settings), if_read(sys.stderr.fileno()))
        with installed(notes, debug=False):
            ended = Supervisor(settings.worker_count, versions, ready, language).run()
    if not isinstance(ended, Born):
        return ended
    numbers = SharedNumbers(folder, ended.number) if folder else None
    return Worker(versions.bots, found, ended.line, numbers, versions.changes)


@contextlib.contextmanager
def _shared_numbers(settings: ServerSettings) -> Iterator[tuple[ServerSettings, str]]:
    """A port and a folder for the numbers of all workers, if they are wished for; the folder goes with the supervisor.

    Raises:
        ServerError: the port cannot be had, or the library for it is missing.
    """
    address = settings.metrics_address
    if address is None:
        yield settings, ""
        return
    require_prometheus()
    supervisor = os.getpid()
    with contextlib.closing(share_port(*address, option="--metrics")) as held:
        folder = tempfile.mkdtemp(prefix="dialog-metrics-")
        try:
            where = f"{address[0]}:{held.getsockname()[1]}"
            yield replace(settings, metrics=replace(settings.metrics, value=where)), folder
        finally:
            if os.getpid() == supervisor:
                shutil.rmtree(folder, ignore_errors=True)


def _check(bots: Sequence[Served], settings: ServerSettings) -> None:
    store = settings.store
    if not is_shared_store(store.value):
        raise SettingsError(
            Wording(
                f"workers ({settings.workers.source.en}): several processes cannot share the store `{store.shown}`: "
                "they would not see each other's sessions, or get in each other's way; give them a Redis with "
                "--store redis://HOST, or serve with one process",
                f"workers（{settings.workers.source.zh}）：多个进程不能共用会话存储 `{store.shown}`：会话互不可见或互相"
                "阻塞；请用 --store redis://主机 指定 Redis，或只用一个进程",
            )
        )
    for _, account in bots:
        if account.has_generated_token:
            raise SettingsError(
                Wording(
                    f"{account.name} has no token, and each worker would make up one of its own; set "
                    f"{account.token_variable or 'its `token`'}",
                    f"{account.name} 没有 token，各工作进程会各自生成一个；"
                    f"请设置 {account.token_variable or '`token`'}",
                )
            )


def _import(settings: ServerSettings, environ: Mapping[str, str]) -> None:
    """Import what each worker would import otherwise; what is missing, a worker will say."""
    names = [*_EVERY_WORKER, *(_WITH_METRICS if settings.metrics_address else ())]
    names += _WITH_TRACES if traces_wished(environ)[0] else ()
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def freeze() -> None:
    """Put everything where no collection looks, so that the memory of this process and its forks stays one."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
