"""Bots that have come into the folders that are served: told when the others are taken anew, served after a restart.

A new bot may change what holds for the others: settings that are meant for any bot are those of one that is alone.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from interpreter.cli.bot_files import find_bots
from interpreter.diagnostics.wording import Wording

_log = logging.getLogger("interpreter.server")


class Newcomers:
    """Knows which bots some paths named when the server was started."""

    def __init__(self, paths: Sequence[str], served: Sequence[Path], language: str) -> None:
        self._paths = paths
        self._served = frozenset(served)
        self._language = language

    def mention(self) -> None:
        """Log a line for each bot that is there now and not served."""
        found: list[Path] = []
        with suppress(OSError):  # a folder that is being changed
            found, _ = find_bots(self._paths)
        for path in found:
            if path not in self._served:
                said = Wording(
                    f"{path} is new: it is not served before a restart", f"{path} 是新增的机器人：重启后才会提供服务"
                )
                _log.warning("%s", said.say(self._language))
