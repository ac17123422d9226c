"""What can be the name of a variable: of a slot, a group of a regular expression, an argument."""

from __future__ import annotations

import re

RESERVED = frozenset({"and", "or", "not", "in", "if", "else", "for", "true", "false", "null"})
"""The words of the expression language."""

_NAME = re.compile(r"[^\W\d]\w*")


def is_name(text: str) -> bool:
    """Whether a text is letters, digits and underscores of any script, no digit first, and no reserved word."""
    return text not in RESERVED and _NAME.fullmatch(text) is not None and text.isidentifier()
