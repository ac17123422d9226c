"""The syntax tree of a regular expression, and what can be told from it without running it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct


class Char(Struct, frozen=True):
    """One character that stands for itself."""

    char: str


class Chars(Struct, frozen=True):
    r"""One character of a set: a class, `\d`, `.`; `re2` is how RE2 writes it."""

    re2: str


class Assertion(Struct, frozen=True):
    r"""A place without a character: `^ $ \b \B \A \z`; `re2` is how RE2 writes it."""

    re2: str


class Group(Struct, frozen=True):
    """A group; `index` counts from 1, None in one that does not capture; `flags` are set within it (`i`, `-s`)."""

    body: Node
    index: int | None = None
    name: str | None = None
    flags: str = ""


class Series(Struct, frozen=True):
    """One after the other."""

    parts: tuple[Node, ...]


class Choice(Struct, frozen=True):
    """Either of several branches."""

    branches: tuple[Node, ...]


class Repeat(Struct, frozen=True):
    """A repetition; `high` is None without an upper bound."""

    body: Node
    low: int
    high: int | None
    lazy: bool


Node = Char | Chars | Assertion | Group | Series | Choice | Repeat


class PlacedRegex(Struct, frozen=True, eq=False):
    """The tree of an expression, its flags, and where in the source each of its nodes stands."""

    source: str
    node: Node
    flags: str
    _places: Mapping[int, tuple[int, int]]

    def place(self, node: Node) -> tuple[int, int]:
        """Where a node of the tree begins and ends."""
        return self._places[id(node)]

    def written(self, node: Node) -> str:
        """A node of the tree as its author wrote it."""
        start, end = self.place(node)
        return self.source[start:end]


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


def print_re2(node: Node) -> str:
    """A tree in the notation of RE2."""
    match node:
        case Char(char=char):
            return escape(char)
        case Chars(re2=re2) | Assertion(re2=re2):
            return re2
        case Group(body=body, name=str(name)):
            return f"(?P<{name}>{print_re2(body)})"
        case Group(body=body, index=int()):
            return f"({print_re2(body)})"
        case Group(body=body, flags=flags):
            return f"(?{flags}:{print_re2(body)})"
        case Series(parts=parts):
            return "".join([escape(part.char) if isinstance(part, Char) else print_re2(part) for part in parts])
        case Choice(branches=branches):
            return "|".join(map(print_re2, branches))
        case Repeat(body=body, low=low, high=high, lazy=lazy):
            inner = print_re2(body)
            return (inner if isinstance(body, (Char, Chars, Group)) else f"(?:{inner})") + _times(low, high, lazy=lazy)


def escape_text(text: str) -> str:
    """A text that stands for itself, in the notation of RE2."""
    return "".join(map(escape, text))


def escape(char: str) -> str:
    """A character that stands for itself, in the notation of RE2, inside of classes and outside."""
    if char in _PLAIN:
        return char
    if char.isascii() and char.isprintable() and char != " ":
        return "\\" + char
    return char if char.isprintable() else f"\\x{{{ord(char):x}}}"


def _times(low: int, high: int | None, *, lazy: bool) -> str:
    match (low, high):
        case (0, None):
            written = "*"
        case (1, None):
            written = "+"
        case (0, 1):
            written = "?"
        case (_, None):
            written = f"{{{low},}}"
        case _:
            written = f"{{{low},{high}}}" if low != high else f"{{{low}}}"
    return written + "?" * lazy


def groups(node: Node, *, optional: bool = False) -> Iterator[tuple[Group, bool]]:
    """The capturing groups in order, each with whether it may stay out of a match."""
    match node:
        case Group(body=body):
            if node.index is not None:
                yield node, optional
            yield from groups(body, optional=optional)
        case Series(parts=parts):
            for part in parts:
                if not isinstance(part, (Char, Chars, Assertion)):
                    yield from groups(part, optional=optional)
        case Choice(branches=branches):
            for branch in branches:
                yield from groups(branch, optional=True)
        case Repeat(body=body, low=low):
            yield from groups(body, optional=optional or low == 0)


def repeats(node: Node) -> int:
    """How often counted repetitions make RE2 write down the most repeated part: `(a{3}){5}` is 15."""
    match node:
        case Group(body=body):
            return repeats(body)
        case Series(parts=nodes) | Choice(branches=nodes):
            return max(map(repeats, nodes), default=1)
        case Repeat(body=body, low=low, high=high):
            return repeats(body) * max(low, high or 0, 1)
        case _:
            return 1


def required_literals(node: Node) -> tuple[str, ...]:
    """Case-folded texts one of which is in the case-folded form of every text that matches; none when unknown.

    Only letters whose case is beyond doubt count: ASCII, and those without case such as Chinese characters.
    """
    match node:
        case Group(body=body):
            return required_literals(body)
        case Series(parts=parts):
            others = [required_literals(part) for part in parts if not isinstance(part, (Char, Chars, Assertion))]
            return _best([*((run,) for run in _runs(parts)), *others])
        case Choice(branches=branches):
            found = [required_literals(branch) for branch in branches]
            return tuple(dict.fromkeys(text for texts in found for text in texts)) if all(found) else ()
        case Repeat(body=body, low=low) if low > 0:
            return required_literals(body)
        case Char(char=char) if _is_settled(char):
            return (char.casefold(),)
        case _:
            return ()


def _runs(parts: tuple[Node, ...]) -> list[str]:
    runs = [""]
    for part in parts:
        if isinstance(part, Char) and _is_settled(part.char):
            runs[-1] += part.char.casefold()
        elif not isinstance(part, Assertion):
            runs.append("")
    return [run for run in runs if run]


def _best(candidates: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The set whose shortest text is longest; of equals the smaller."""
    return max(
        (texts for texts in candidates if texts), key=lambda texts: (min(map(len, texts)), -len(texts)), default=()
    )


def _is_settled(char: str) -> bool:
    return char.isascii() or "\u3040" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff"
