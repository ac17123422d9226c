"""Reading a text with `$(expression)` inside.

A hole ends at the closing bracket that belongs to it: round brackets nest, and those within quotes do not count.
`$$(` is a literal `$(`. Most holes are `$(name)` or `$(a.b)` and are read by the regex that finds them.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording
from interpreter.expr.parser import MAX_LENGTH, parse_expression, read_path
from interpreter.expr.tree import KEYWORDS, Hole, Name, Node, Template
from interpreter.expr.walk import moved

Problems = tuple[Problem, ...]

_HOLE = re.compile(r"\$\$\(|\$\((?:(\s*[^\W\d]\w*(?:\.[^\W\d]\w*)*\s*)\))?")
_FAR = 4 * MAX_LENGTH
"""How far a closing bracket is looked for; an expression as long would be refused."""
# Patterns for `re` to compile once one of them is needed: most holes are a name.
_WITH_QUOTES = r"""(?s:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|[()）]"""
_BRACKETS = r"[()）]"


def parse_template(text: str) -> tuple[Template, Problems]:
    """The template a text is; a hole that cannot be read is left out and reported."""
    if "$(" not in text:
        return Template((text,) if text else ()), ()
    parts: list[str | Hole] = []
    problems: list[Problem] = []
    position = 0
    literal = ""
    while found := _HOLE.search(text, position):
        literal += text[position : found.start()]
        if found.group() == "$$(":
            literal += "$("
            position = found.end()
            continue
        node, position, wrong = _read_hole(text, found)
        problems += wrong
        if node is not None:
            parts += (
                (literal, Hole(node, found.start(), position)) if literal else (Hole(node, found.start(), position),)
            )
            literal = ""
    literal += text[position:]
    holes = tuple([part for part in parts if isinstance(part, Hole)])
    return Template((*parts, literal) if literal else tuple(parts), holes), tuple(problems)


def _read_hole(text: str, found: re.Match[str]) -> tuple[Node | None, int, Problems]:
    """The expression of a hole, where the hole ends, and what is wrong with it."""
    if found.group(1) is not None:
        node = _name(found) or read_path(found.group(1), found.start(1))
        if node is not None:
            return node, found.end(), ()
    opening = found.start() + 2
    closing = _closing(text, opening)
    if closing is None:
        return None, len(text), (_unclosed(found.start()),)
    node, problems = parse_expression(text[opening:closing])
    wrong = tuple(replace(each, start=each.start + opening, end=each.end + opening) for each in problems)
    if text[closing] == "）":
        wrong += (_full_width(closing),)
    return node and moved(node, opening), closing + 1, wrong


def _name(found: re.Match[str]) -> Node | None:
    """The expression of a hole that is one name, as most are."""
    name = found.group(1)
    return Name(name, *found.span(1)) if name.isidentifier() and name not in KEYWORDS else None


def _closing(text: str, opening: int) -> int | None:
    """The offset of the bracket that closes a hole; a stray quote within it does not hide the bracket."""
    for pattern in (_WITH_QUOTES, _BRACKETS):
        depth = 1
        full_width = None
        for found in re.compile(pattern).finditer(text, opening, opening + _FAR):
            match found.group():
                case "(":
                    depth += 1
                case ")":
                    depth -= 1
                case "）" if depth == 1 and full_width is None:
                    full_width = found.start()
            if depth == 0:
                return found.start()
        if full_width is not None:
            return full_width
    return None


def _unclosed(start: int) -> Problem:
    return Problem(
        "DL200",
        start,
        start + 2,
        Wording("`$(` is never closed", "`$(` 没有闭合"),
        help=Wording("a literal `$(` is written `$$(`", "要写字面的 `$(`，请写成 `$$(`"),
    )


def _full_width(start: int) -> Problem:
    return Problem(
        "DL212",
        start,
        start + 1,
        Wording("`$(` is closed by a full-width bracket", "`$(` 用全角括号闭合了"),
        label=Wording("write )", "写成 )"),
        replacement=")",
    )
