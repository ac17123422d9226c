"""Comparing what a bot said with what a test expects: literal text in which `*` stands for anything."""

from __future__ import annotations

from interpreter.types.regexes import compile_regex


def matches(expected: str, said: str) -> bool:
    r"""Whether a reply is as expected: `*` is any text, line breaks too, `\*` is itself."""
    first, *rest = split_stars(expected)
    if not rest:
        return said == first
    last = rest.pop()
    if not said.startswith(first) or len(said) < len(first) + len(last) or not said.endswith(last):
        return False
    position, end = len(first), len(said) - len(last)
    for part in rest:
        found = said.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def split_stars(expected: str) -> list[str]:
    """The literal parts between the stars; one part when there is no star."""
    parts, current, escaped = [], [], False
    for letter in expected:
        if escaped:
            current.append(letter if letter in "*\\" else "\\" + letter)
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == "*":
            parts.append("".join(current))
            current = []
        else:
            current.append(letter)
    parts.append("".join(current) + ("\\" if escaped else ""))
    return parts


def regex_of(line: str) -> tuple[str, str] | None:
    """Pattern and flags of an expectation that is `/regex/`; None for any other."""
    if not line.startswith("/"):
        return None
    body, slash, flags = line[1:].rpartition("/")
    return (body, flags) if slash and set(flags) <= set("ims") else None


def finds(pattern: tuple[str, str], said: str) -> bool:
    """Whether a regular expression finds something in a reply; one that cannot be read finds nothing."""
    compiled = compile_regex(*pattern)
    return compiled is not None and compiled.search(said) is not None
