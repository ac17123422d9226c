"""What the tests of the package share: trees from YAML, outlines of models, and chunks kept in `tests/data/dialog`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import Struct

from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.dialog.build import build_bot
from interpreter.dialog.leaves import Leaves
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.leaves import Duration, Expression, Name, PatternLeaf, Text
from interpreter.dialog.model.replies import Say
from interpreter.source.reader import read_text
from interpreter.source.tree import Node, Scalar
from interpreter.types import kinds

DATA = Path(__file__).parents[1] / "data" / "dialog"


@dataclasses.dataclass(frozen=True)
class Chunk:
    """One chunk of a data file: a name, YAML, and what is expected of it."""

    name: str
    source: str
    expected: str


def read_chunks(path: Path) -> Iterator[Chunk]:
    """The chunks `### name`, YAML, `---`, expectation."""
    for chunk in path.read_text("utf-8").split("### ")[1:]:
        name, _, rest = chunk.partition("\n")
        source, _, expected = rest.partition("---\n")
        yield Chunk(name, source, expected.strip("\n"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test with the argument `chunk` every chunk of the data file named like its module."""
    if "chunk" in metafunc.fixturenames:
        module = Path(str(metafunc.module.__file__)).stem.removeprefix("test_")
        chunks = list(read_chunks(DATA / f"{module}.txt"))
        metafunc.parametrize("chunk", chunks, ids=[chunk.name for chunk in chunks])


@pytest.fixture
def tree() -> Callable[[str], Node]:
    """Reads YAML that has nothing wrong with it."""

    def read(text: str) -> Node:
        node, problems = read_text("bot.yaml", text)
        assert node is not None
        assert problems == ()
        return node

    return read


@pytest.fixture
def leaves() -> Leaves:
    """A reader of leaves for a bot with the entity `cities`, in two languages."""
    return Leaves(frozenset({"cities"}), ("zh", "en"))


@pytest.fixture
def build(tree: Callable[[str], Node]) -> Callable[[str], tuple[Bot, tuple[Diagnostic, ...]]]:
    """Builds a bot from all of its file but the head."""

    def build(text: str) -> tuple[Bot, tuple[Diagnostic, ...]]:
        bot, diagnostics = build_bot(tree(f"dialog: 1\nname: demo\n{text}"))
        assert bot is not None
        return bot, diagnostics

    return build


@pytest.fixture
def outline() -> Callable[..., str]:
    """Writes a part of a model, one line per item, and what was said about it."""

    def outline(part: object, diagnostics: tuple[Diagnostic, ...] | list[Diagnostic] = ()) -> str:
        items = part if isinstance(part, tuple) else (part,)
        said = [f"! {item.code} {item.span.line}:{item.span.column} {item.message.en}" for item in diagnostics]
        return "\n".join([*map(_show, items), *said])

    return outline


def _show(part: object) -> str:
    match part:
        case Name(text=text):
            return text
        case Expression(scalar=scalar, offset=offset, node=node):
            return "{" + scalar.text[offset + node.start : offset + node.end] + "}"
        case Text(scalar=scalar) | PatternLeaf(scalar=scalar) | (Scalar() as scalar):
            return repr(scalar.text)
        case Say(text=text):
            return _show(text)
        case Duration(value=timedelta() as value):
            return f"{value.total_seconds():g}s"
        case kinds.AnyType() | kinds.TextType() | kinds.IntType() | kinds.OptionalType() | kinds.EntityType():
            return kinds.show(part)
        case tuple():
            return "[" + ", ".join(map(_show, part)) + "]"
        case Mapping():
            return "{" + ", ".join(f"{key}: {_show(value)}" for key, value in part.items()) + "}"
        case Struct():
            fields = (
                (name, getattr(part, name))
                for name in part.__struct_fields__
                if name not in ("span", "type_span", "scalar", "node")
            )
            shown = ", ".join(f"{name}={_show(value)}" for name, value in fields if not _is_default(value))
            return f"{type(part).__name__}({shown})"
        case _:
            return repr(part)


def _is_default(value: object) -> bool:
    return value is None or value is False or value in ((), {})
