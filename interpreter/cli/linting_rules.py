"""`dialog-lint --list-rules` and `--explain`: what the linter can find."""

from __future__ import annotations

from interpreter.cli.linting_choice import Choice
from interpreter.diagnostics.codes import CODES
from interpreter.diagnostics.pages import explain_code
from interpreter.diagnostics.render import severity_word

__all__ = ["explain_code", "list_rules"]


def list_rules(choice: Choice, language: str) -> str:
    """A line for each code: the code, its severity, its name, its title."""
    rows = [
        (code.code, severity_word(code.severity, language), code.name, code.title.say(language))
        for code in CODES.values()
        if choice.takes(code.code)
    ]
    severities = max((len(row[1]) for row in rows), default=0)
    names = max((len(row[2]) for row in rows), default=0)
    return "".join(
        f"{code}  {severity:<{severities}}  {name:<{names}}  {title}\n" for code, severity, name, title in rows
    )
