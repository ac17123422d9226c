from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from support.bots import compile_path, compile_text
from support.talks import BOTS, ROOT

from interpreter.compiler.late import Known, LateClosure, LateCondition, LateText, known
from interpreter.compiler.storing import CompiledBot, read_bot, write_bot
from interpreter.expr.inference import infer
from interpreter.expr.parser import parse_expression
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.expr.walk import walk
from interpreter.types.kinds import IntType, ListType, TextType

EVERY_BOT = sorted({*BOTS, *ROOT.glob("examples/*.*"), *ROOT.glob("examples/*/bot.yaml")})
Late = LateClosure | LateText


def late_parts(value: object) -> Iterator[Late]:
    """Everything in a program that is compiled when it is first evaluated."""
    if isinstance(value, Late):
        yield value
    elif hasattr(type(value), "__match_args__"):
        for name in type(value).__match_args__:
            yield from late_parts(getattr(value, name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from late_parts(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from late_parts(item)


@pytest.mark.parametrize("path", EVERY_BOT, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_expression_of_a_bot_can_be_compiled_before_and_after_it_was_stored(path: Path) -> None:
    program = compile_path(path).program
    assert program is not None
    again = read_bot(write_bot(CompiledBot(program, (), {}, 0))).program
    ours, theirs = list(late_parts(program)), list(late_parts(again))
    assert [type(part) for part in ours] == [type(part) for part in theirs]
    for part in (*ours, *theirs):
        assert callable(part.compile())


def test_conditions_stay_conditions() -> None:
    program = compile_text("dialog: 1\nname: t\nvars: {n: int = 0}\nrules: {a: {if: n > 0, reply: b}}\n").program
    assert program is not None
    assert [type(part) for part in late_parts(program.root)] == [LateCondition]
    assert [type(part) for part in late_parts(program.routines)] == []


SCOPE = Scope(
    {
        "numbers": Binding(ListType(IntType()), Storage.SESSION),
        "word": Binding(TextType(), Storage.LOCAL, may_be_unset=True),
        "other": Binding(TextType(), Storage.LOCAL),
    }
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1", set()),
        ('word ?? "none"', {"word"}),
        ("[n * 2 for n in numbers if n > 1][0:2]", {"numbers"}),
        ('{"a": other}[word]', {"other", "word"}),
        ('upper(trim(other)) + "x"', {"other"}),
    ],
)
def test_what_is_known_of_an_expression_is_all_that_its_closure_needs(text: str, names: set[str]) -> None:
    node, _ = parse_expression(text)
    assert node is not None
    typed = infer(node, SCOPE)
    kept = known(typed)
    assert set(kept.bindings) == names
    again = kept.typed()
    assert {again.types.get(id(each)) for each in walk(node)} == {typed.types.get(id(each)) for each in walk(node)}
    assert LateClosure(typed).__reduce__() == (LateClosure, (kept,))
    assert LateClosure(kept).__reduce__()[1][0] is kept
    assert isinstance(kept, Known)
