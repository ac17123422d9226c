"""The forms in which findings leave the program. `FORMATS` lists them by name; a new one is a function and a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from interpreter.diagnostics.annotations import render_github, render_gitlab
from interpreter.diagnostics.cells import escaped
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.json_forms import render_json, render_json_lines
from interpreter.diagnostics.junit import render_junit
from interpreter.diagnostics.render import in_order, render_text, severity_word
from interpreter.diagnostics.sarif import render_sarif

Renderer = Callable[[Iterable[Diagnostic], str], str]
"""Prints findings in a language (`zh` or `en`); nothing for no findings, unless the form has a frame."""


def render_short(diagnostics: Iterable[Diagnostic], language: str = "en") -> str:
    """One line for each: `file:line:column: error DL101 message`."""
    return "".join(
        f"{escaped(str(finding.span))}: {severity_word(finding.severity, language)} {finding.code} "
        f"{escaped(finding.message.say(language))}\n"
        for finding in in_order(diagnostics)
    )


FORMATS: dict[str, Renderer] = {
    "text": render_text,
    "short": render_short,
    "json": render_json,
    "jsonl": render_json_lines,
    "sarif": render_sarif,
    "github": render_github,
    "gitlab": render_gitlab,
    "junit": render_junit,
}
"""The forms by the names that the command line knows."""
