"""A tree as plain data, with the types that YAML 1.2's core schema gives to plain scalars.

The language itself reads scalars as text and lets each place say what they are; this is what everyone else sees in the
file: an editor, or a JSON Schema validator.
"""

from __future__ import annotations

import re

from interpreter.source.tree import Mapping, Node, Scalar, Sequence

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


def to_plain(tree: Node) -> Plain:
    """A tree as JSON data; keys are texts. The reader bounds how deep a tree can be."""
    match tree:
        case Scalar(is_plain=True):
            return type_plain(tree.text)
        case Scalar():
            return tree.text
        case Sequence():
            return [to_plain(item) for item in tree.items]
        case Mapping():
            return {entry.key.text: to_plain(entry.value) for entry in tree.entries}


def type_plain(text: str) -> bool | int | float | str | None:
    """What a plain scalar is in YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema)."""
    if text in _WORDS:
        return _WORDS[text]
    if _DECIMAL.match(text):
        # Python refuses to read whole numbers of thousands of digits
        return int(text) if len(text) <= _LONGEST_WHOLE else float(text)
    if found := _OCTAL_OR_HEX.match(text):
        return int(found[0], 0)
    if _FLOAT.match(text):
        return float(text)
    return _SPECIAL.get(text.casefold(), text) if _SPECIAL_FORM.match(text) else text


_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DECIMAL = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL_OR_HEX = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_SPECIAL_FORM = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_SPECIAL = {".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan")}
_LONGEST_WHOLE = 4_000
