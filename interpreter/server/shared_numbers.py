"""Numbers of several processes as one page: each counts in files of its own, and any of them can show the sums.

That is the way of `prometheus-client` (https://prometheus.github.io/client_python/multiprocess/). The files bear the
numbers of workers, not of processes: a worker that takes the place of one that died counts on from where that was.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the library looks for the folder."""


@dataclass(frozen=True, slots=True)
class SharedNumbers:
    """The folder that workers share, and the number of this one."""

    folder: str
    worker: int

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Let all that is counted meanwhile be counted in the folder."""
        from prometheus_client import values

        before, folder = values.ValueClass, os.environ.get(_FOLDER)
        os.environ[_FOLDER] = self.folder
        values.ValueClass = values.MultiProcessValue(lambda: self.worker)  # type: ignore[no-untyped-call]
        try:
            yield
        finally:
            values.ValueClass = before
            os.environ.pop(_FOLDER)
            if folder is not None:
                os.environ[_FOLDER] = folder

    def page(self) -> bytes:
        """The sums of all workers, in Prometheus's text format."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = CollectorRegistry()
        MultiProcessCollector(registry, self.folder)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
