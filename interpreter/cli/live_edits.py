"""What an edit of a bot that is served does to conversations under way: told when the bot is taken anew.

The check is that of `dialog-lint --against`. It needs the bot as it was, so the text of its files is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from interpreter.cli.caching import ReadyBot
from interpreter.source.files import read_file

_log = logging.getLogger("interpreter.server")

_MOST_LINES = 20


class LiveEdits:
    """Knows the text of each bot as it runs."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._texts: dict[Path, Mapping[str, str]] = {}

    def is_served(self, bot: ReadyBot) -> None:
        """A bot runs as its files say now."""
        self._texts[bot.path] = _texts_of(bot)

    def is_taken_anew(self, bot: ReadyBot) -> None:
        """A bot was read again without errors: log a line for each thing it breaks, and mind its files from now on."""
        before, now = self._texts.get(bot.path), _texts_of(bot)
        self._texts[bot.path] = now
        if before and now and before != now:
            try:
                self._tell(bot.path, before, now)
            except Exception:  # what is told about an edit must not keep it from being taken
                _log.exception("what an edit does to conversations could not be told by a mistake of this program")

    def _tell(self, path: Path, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        from interpreter.cli.loading import load_model
        from interpreter.diagnostics.formats import render_short
        from interpreter.edits.comparison import compare_bots

        old, new = load_model(path, before), load_model(path, now)
        if old is None or new is None:
            return
        lines = render_short(compare_bots(old, new), self._language).splitlines()
        for line in lines[:_MOST_LINES]:
            _log.warning("%s", line)


def _texts_of(bot: ReadyBot) -> Mapping[str, str]:
    """The text of a bot's files by their names; nothing of a bot one of whose files cannot be read any more."""
    files = {name: read_file(Path(name), name)[0] for name in bot.sources}
    return {name: file.text for name, file in files.items() if file} if all(files.values()) else {}
