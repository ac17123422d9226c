"""Reading an expression: limits first, then the grammar, and where it refuses, an explanation an author can act on."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from msgspec.structs import replace

from interpreter.diagnostics.diagnostic import Problem
from interpreter.diagnostics.wording import Wording
from interpreter.expr.literals import RefusedError
from interpreter.expr.tree import KEYWORDS, Field, Name, Node

MAX_LENGTH = 4_000
"""The longest expression, in characters."""
MAX_NESTING = 64
"""How many brackets may stand within one another."""

Problems = tuple[Problem, ...]

_PATH = re.compile(r"\s*([^\W\d]\w*(?:\.[^\W\d]\w*){0,20})\s*")
_OPENING = re.compile(r"[(\[{]")


@functools.lru_cache(maxsize=4096)
def parse_expression(text: str) -> tuple[Node | None, Problems]:
    """The tree of an expression, and what is wrong with it; without a tree when it cannot be read."""
    path = read_path(text)
    if path is not None:
        return path, ()
    too_large = _limits(text)
    if too_large is not None:
        return None, (too_large,)
    node, problems = _read(text)
    if not problems:
        return node, ()
    from interpreter.expr.fullwidth import plain_punctuation

    plain, full_width = plain_punctuation(text)
    if full_width is None:
        return None, problems
    node, problems = _read(plain)
    return node, (full_width, *_outside(full_width, problems))


def read_path(text: str, offset: int = 0) -> Node | None:
    """The tree of `name` or `name.field`, which need no grammar; None for everything else."""
    found = _PATH.fullmatch(text)
    if found is None:
        return None
    root, *fields = found.group(1).split(".")
    if root in KEYWORDS:
        return None
    start = offset + found.start(1)
    end = start + len(root)
    node: Node = Name(root, start, end)
    for field in fields:
        end += 1 + len(field)
        node = Field(node, field, start, end)
    return node


def _limits(text: str) -> Problem | None:
    if len(text) > MAX_LENGTH:
        return Problem(
            "DL217",
            MAX_LENGTH,
            len(text),
            Wording(
                f"the expression has {len(text)} characters, more than {MAX_LENGTH}",
                f"表达式有 {len(text)} 个字符，超过 {MAX_LENGTH} 个",
            ),
        )
    if len(_OPENING.findall(text)) <= MAX_NESTING:
        return None
    from interpreter.expr.lexemes import nesting

    if nesting(text) <= MAX_NESTING:
        return None
    return Problem(
        "DL217",
        0,
        len(text),
        Wording(f"more than {MAX_NESTING} brackets within one another", f"括号嵌套超过 {MAX_NESTING} 层"),
    )


def _read(text: str) -> tuple[Node | None, Problems]:
    from interpreter.expr.lalr import Refused
    from interpreter.expr.syntax import read_syntax

    try:
        return read_syntax(text), ()
    except RefusedError as refused:
        return None, (_in_context(refused.problem, text),)
    except Refused:
        from interpreter.expr.authority import unexpected_word
        from interpreter.expr.explain import explain

        unexpected = unexpected_word(text)
        return None, explain(text, unexpected.start, unexpected.expected)


def _in_context(problem: Problem, text: str) -> Problem:
    """A mended chain of comparisons keeps together after `not`."""
    if problem.code == "DL208" and problem.replacement and text[: problem.start].rstrip().endswith("not"):
        return replace(problem, replacement=f"({problem.replacement})")
    return problem


def _outside(full_width: Problem, problems: Iterable[Problem]) -> Problems:
    """Further problems; those within the mended range are left to be mended in the next round."""
    return tuple(
        problem
        if problem.end <= full_width.start or problem.start >= full_width.end
        else replace(problem, replacement=None)
        for problem in problems
    )
