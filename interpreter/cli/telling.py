"""What a server says outside of its log, in the form its log has: for people in sentences, for programs in JSON."""

from __future__ import annotations

import logging
import signal
import sys
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import dataclass

from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.server.environment import Environment

_log = logging.getLogger("interpreter.server")


@dataclass(frozen=True, slots=True)
class Teller:
    """Says things on standard error before there is a log."""

    language: str
    in_json: bool = False
    in_colour: bool = False

    def tell(self, wording: Wording, level: int = logging.WARNING, *, by: str = "") -> None:
        """Say a sentence; `by` is what it begins with where it is not a line of JSON."""
        said = wording.say(self.language)
        sys.stderr.write(json_line(said, level) if self.in_json else f"{by}{said}\n")

    def refuse(self, findings: Iterable[Diagnostic]) -> None:
        """Say what is wrong with a bot."""
        from interpreter.diagnostics.formats import render_short
        from interpreter.diagnostics.render import render_text

        found = tuple(findings)
        if not self.in_json:
            sys.stderr.write(render_text(found, self.language, colour=self.in_colour))
            return
        for line in render_short(found, self.language).splitlines():
            sys.stderr.write(json_line(line, logging.ERROR))


def wants_json(arguments: Namespace, environment: Environment) -> bool:
    """Whether the log is to be JSON, as far as that is known before all settings are."""
    found = environment.find("DIALOG_LOG_FORMAT")
    return (arguments.log_format or (found.value if found else "")) == "json"


def stopped_by(number: signal.Signals) -> Wording:
    """Somebody has stopped the server."""
    return Wording(f"stopped by {number.name}", f"已由 {number.name} 停止")


def json_line(said: str, level: int = logging.INFO) -> str:
    """A line as the JSON log has it."""
    from interpreter.server.log_lines import JsonLines
    from interpreter.server.secrecy import SECRETS

    return f"{JsonLines(SECRETS).format(_record(said, level))}\n"


def text_line(said: str, level: int = logging.INFO) -> str:
    """A line as the log of text has it."""
    from interpreter.server.log_lines import TextLines
    from interpreter.server.secrecy import SECRETS

    return f"{TextLines(SECRETS).format(_record(said, level))}\n"


def _record(said: str, level: int) -> logging.LogRecord:
    return _log.makeRecord(_log.name, level, "", 0, "%s", (said,), None)
