"""Quotes around a text, so that YAML reads it as it stands."""

from __future__ import annotations

import re

from interpreter.source.drafts import TextEdit


def quote(text: str) -> str:
    """A text of one line in quotes that leave it as it is."""
    return f'"{text}"' if '"' not in text and "\\" not in text else "'" + text.replace("'", "''") + "'"


def quoted(text: str, start: int, end: int) -> tuple[TextEdit, ...]:
    """The edits that put quotes around a range, so that it reads as it stands."""
    inner = text[start:end]
    if quote(inner)[0] == '"':
        return ((start, start, '"'), (end, end, '"'))
    doubled = ((found.start(), found.start(), "'") for found in re.finditer("'", inner))
    return (
        (start, start, "'"),
        *((start + first, start + last, quote) for first, last, quote in doubled),
        (end, end, "'"),
    )
