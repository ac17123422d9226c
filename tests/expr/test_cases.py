"""The cases of tests/data/expr, through parsing, inference and closures."""

from __future__ import annotations

import pytest
from expr.chunks import Chunk, draw, read_chunks, read_lines
from expr.naive import Walker
from expr.world import SCOPE, make_env

from interpreter.diagnostics.codes import CODES
from interpreter.expr.closures import closure, text_closure
from interpreter.expr.inference import Typed, infer, infer_template
from interpreter.expr.parser import parse_expression
from interpreter.expr.templates import parse_template
from interpreter.types.kinds import show
from interpreter.values import Fault, Value, equal, kind_of

PROBLEMS = ("syntax", "names", "operators", "comparisons", "conditions", "narrowing", "collections", "calls")
CHUNKS = [chunk for name in PROBLEMS for chunk in read_chunks(f"problems/{name}.txt")]
MENDED = [chunk for chunk in CHUNKS if any(problem.mended is not None for problem in chunk.problems)]
TEMPLATES = read_chunks("templates.txt")
VALUES = [case for name in ("operators", "parts") for case in read_lines(f"values/{name}.txt", "=>")]


def typed(text: str) -> Typed:
    node, problems = parse_expression(text)
    assert node is not None, problems
    return infer(node, SCOPE)


def value_of(text: str) -> Value:
    found = typed(text)
    assert not found.problems
    return closure(found)(make_env())


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_an_expression_has_its_value(text: str, expected: str) -> None:
    value, wanted = value_of(text), value_of(expected)
    assert equal(value, wanted), (value, wanted)
    assert kind_of(value) == kind_of(wanted)


@pytest.mark.parametrize(("text", "kind"), read_lines("values/faults.txt", "=>"))
def test_an_expression_ends_in_its_fault(text: str, kind: str) -> None:
    with pytest.raises(Fault) as caught:
        value_of(text)
    assert caught.value.kind == kind
    assert caught.value.message


@pytest.mark.parametrize(("text", "expected"), [*VALUES, *read_lines("values/faults.txt", "=>")])
def test_the_walker_agrees(text: str, expected: str) -> None:
    walker, node = Walker(SCOPE, make_env()), typed(text).node
    if (text, expected) in VALUES:
        assert equal(walker.value(node), value_of(expected))
    elif expected != "budget":
        with pytest.raises(Fault) as caught:
            walker.value(node)
        assert caught.value.kind == expected


@pytest.mark.parametrize(("text", "expected"), read_lines("types.txt", "::"))
def test_an_expression_has_its_type(text: str, expected: str) -> None:
    found = typed(text)
    assert not [problem for problem in found.problems if CODES[problem.code].severity == "error"]
    assert show(found.type) == expected


@pytest.mark.parametrize("chunk", CHUNKS, ids=lambda chunk: chunk.title)
def test_an_expression_has_its_problems(chunk: Chunk) -> None:
    node, problems = parse_expression(chunk.text)
    if node is not None:
        problems = (*problems, *infer(node, SCOPE).problems)
    assert draw(problems) == chunk.problems


@pytest.mark.parametrize("chunk", MENDED, ids=lambda chunk: chunk.title)
def test_the_mends_of_an_expression_lead_to_one_that_is_better(chunk: Chunk) -> None:
    text = chunk.text
    for problem in sorted(chunk.problems, key=lambda each: -each.start):
        if problem.mended is not None:
            text = text[: problem.start] + problem.mended + text[problem.end :]
    node, problems = parse_expression(text)
    if node is not None:
        problems = (*problems, *infer(node, SCOPE).problems)
    assert len(problems) < len(chunk.problems) or {p.code for p in problems} != {p.code for p in chunk.problems}


@pytest.mark.parametrize("chunk", TEMPLATES, ids=lambda chunk: chunk.title)
def test_a_text_says_what_it_says(chunk: Chunk) -> None:
    template, problems = parse_template(chunk.text)
    found = infer_template(template, SCOPE)
    assert draw((*problems, *found.problems)) == chunk.problems
    if not chunk.problems:
        assert [f"= {text_closure(found)(make_env())}"] == list(chunk.more)


@pytest.mark.parametrize("title", [chunk.title for chunk in CHUNKS])
def test_the_title_of_a_case_is_its_own(title: str) -> None:
    assert [chunk.title for chunk in CHUNKS].count(title) == 1
