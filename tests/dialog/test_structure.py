from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.diagnostics.codes import CODES
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic
from interpreter.dialog.shapes import ByItems, ByKeys, ByKind, Fields, ListOf, Locales, Shape
from interpreter.dialog.shapes_bot import BOT, SHAPES
from interpreter.dialog.structure import check_structure
from interpreter.source.reader import read_text
from interpreter.source.spans import SourceFile, Span
from interpreter.source.tree import Entry, Mapping, Node, Scalar, Sequence

ROOT = Path(__file__).parents[2]
HEAD = "dialog: 1\nname: demo\n"


class Case(NamedTuple):
    name: str
    source: str
    expected: str

    @property
    def head(self) -> str:
        return "" if self.source.startswith("dialog:") else HEAD


def read_cases() -> Iterator[Case]:
    """The chunks `### name`, YAML, `---`, what is said of it."""
    for chunk in (ROOT / "tests/data/dialog/structure.txt").read_text("utf-8").split("### ")[1:]:
        name, _, rest = chunk.partition("\n")
        source, _, expected = rest.partition("---\n")
        yield Case(name, source, expected.strip("\n"))


CASES = pytest.mark.parametrize("case", list(read_cases()), ids=lambda case: case.name)


def check(text: str, *, imported: bool = False) -> tuple[Diagnostic, ...]:
    tree, problems = read_text("bot.yaml", text)
    assert tree is not None
    assert [problem for problem in problems if problem.kind != "anchor-unused"] == []
    return check_structure(tree, imported=imported)


@CASES
def test_what_is_said_of_a_structure(case: Case) -> None:
    said = [show(diagnostic, case.head.count("\n")) for diagnostic in check(case.head + case.source)]
    assert "\n".join(said) == case.expected


def test_mappings_with_the_keys_of_one_before_are_looked_into() -> None:
    rules = "".join(f"  r{n}: {{pattern: a, anywhere: {value}}}\n" for n, value in enumerate(("true", "no", "[]")))
    found = check(f"{HEAD}rules:\n{rules}")
    assert [diagnostic.span.line for diagnostic in found] == [5, 6]


def test_what_is_wrong_with_the_keys_of_several_mappings_is_said_of_each() -> None:
    found = check(f"{HEAD}rules:\n" + "".join(f"  r{n}: {{patern: a, reply: b}}\n" for n in range(3)))
    assert [diagnostic.span.line for diagnostic in found] == [4, 5, 6]


def test_the_keys_of_a_locale_map_may_be_those_of_another_mapping() -> None:
    found = check(f"{HEAD}rules:\n  a: {{pattern: a, reply: {{zh: a, en: []}}}}\n  b: {{zh: a, en: []}}\n")
    assert [diagnostic.span.line for diagnostic in found][:1] == [4]
    assert {diagnostic.span.line for diagnostic in found} == {4, 5}


def show(diagnostic: Diagnostic, head: int) -> str:
    span = diagnostic.span
    parts = [diagnostic.message.en]
    parts += [f"[{diagnostic.label.en}]"] if diagnostic.label else []
    parts += [f"= {diagnostic.help.en}"] if diagnostic.help else []
    parts += [f"= fix: {diagnostic.fix.shown}"] if diagnostic.fix else []
    return f"{diagnostic.code} {span.line - head}:{span.column} {' '.join(parts)}"


@CASES
def test_everything_is_said_in_chinese_too(case: Case) -> None:
    for diagnostic in check(case.head + case.source):
        wordings = (diagnostic.message, diagnostic.label, diagnostic.help)
        assert all(any("一" <= letter <= "鿿" for letter in wording.zh) for wording in wordings if wording)


@pytest.mark.parametrize("path", sorted(ROOT.glob("bots/*/*.yaml")), ids=lambda path: path.parent.name)
def test_bots_that_are_shared_have_the_right_structure(path: Path) -> None:
    assert [str(diagnostic.span) for diagnostic in check(path.read_text("utf-8"))] == []


def test_a_fix_mends_what_it_was_said_of() -> None:
    text = (
        HEAD + "failure: {zh: 坏了, en: wrong, try again}\nrules: {a: {replly: x, anywhere: yes}, b: {message: imge}}\n"
    )
    mended = apply_fixes(text, check(text))
    assert check(mended) == ()
    assert 'en: "wrong, try again"' in mended


def apply_fixes(text: str, diagnostics: tuple[Diagnostic, ...]) -> str:
    edits = [edit for diagnostic in diagnostics if diagnostic.fix for edit in diagnostic.fix.edits]
    assert all(item.fix and item.fix.applicability is Applicability.SAFE for item in diagnostics)
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def test_a_conflict_shows_the_key_it_excludes() -> None:
    (diagnostic,) = check(HEAD + "rules: {a: {wait: s, goto: rules.a}}")
    (label,) = diagnostic.related
    assert label.span.file.text[label.span.start : label.span.end] == "wait"


def test_an_imported_file_needs_neither_version_nor_name() -> None:
    assert check("rules: {hi: 你好}", imported=True) == ()
    assert [diagnostic.code for diagnostic in check("ruls: {hi: 你好}", imported=True)] == ["DL011"]


@pytest.mark.parametrize("text", ["[]", "hello", "''"])
def test_a_file_that_is_no_map_is_of_the_wrong_shape(text: str) -> None:
    assert [diagnostic.code for diagnostic in check(text)] == ["DL013"]


def test_json_is_checked_like_yaml() -> None:
    tree, _ = read_text("bot.json", '{"dialog": 1, "name": "demo", "rules": {"hi": {"replly": "x", "again": true}}}')
    assert tree is not None
    assert [diagnostic.code for diagnostic in check_structure(tree)] == ["DL011"]


# ---------------------------------------------------------------------------------------------------- any tree at all

NOWHERE = Span(SourceFile("bot.yaml", ""), 0, 0)

WORDS = """
dialog name rules reply do if else choose states choices menu items for zh fallback text image video id news with call
send template mock given domains guard
"""
words = st.sampled_from(WORDS.split())


def as_map(entries: dict[str, Node]) -> Mapping:
    return Mapping(tuple(Entry(Scalar(key, NOWHERE), value) for key, value in entries.items()), NOWHERE, flow=True)


trees = st.recursive(
    words.map(lambda text: Scalar(text, NOWHERE)),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: Sequence(tuple(items), NOWHERE))
        | st.dictionaries(words, inner, max_size=4).map(as_map)
    ),
    max_leaves=20,
)


@given(trees, st.booleans())
def test_any_tree_ends_in_diagnostics(tree: Node, imported: bool) -> None:
    assert all(diagnostic.code in CODES for diagnostic in check_structure(tree, imported=imported))


def test_a_very_deep_tree_is_checked_without_recursion() -> None:
    reply: Node = Scalar("x", NOWHERE)
    for _ in range(5_000):
        reply = Sequence((reply,), NOWHERE)
    bot = {"dialog": Scalar("1", NOWHERE), "name": Scalar("demo", NOWHERE), "failure": reply}
    assert check_structure(as_map(bot)) == ()


# ---------------------------------------------------------------------------------------------------- the tables


def test_a_key_that_tells_a_shape_is_known_to_no_other_shape_of_the_choice() -> None:
    """Otherwise the author's order of keys would decide what a mapping is."""
    for choice in every_choice():
        for word, chosen in choice.by_word.items():
            others = [
                case.shape for case in choice.cases if case.shape is not chosen and isinstance(case.shape, Fields)
            ]
            assert [shape.title.en for shape in others if word in shape.by_name] == []


def test_only_keys_of_a_mapping_are_apart_or_needed() -> None:
    for shape in (shape for shape in every_shape() if isinstance(shape, Fields)):
        named = {name for group in shape.apart for side in group for name in side} | set(shape.any_of)
        named |= {name for need in shape.needs for name in (need.key, *need.others)}
        assert named <= shape.by_name.keys()


def every_choice() -> Iterator[ByKeys]:
    return (shape for shape in every_shape() if isinstance(shape, ByKeys))


def every_shape() -> list[Shape]:
    found: dict[int, Shape] = {}
    left: list[Shape | None] = [BOT, *SHAPES.values()]
    while left:
        shape = left.pop()
        if shape is not None and id(shape) not in found:
            found[id(shape)] = shape
            left += inside(shape)
    return list(found.values())


def inside(shape: Shape) -> list[Shape | None]:
    match shape:
        case Fields(keys=keys, rest=rest):
            return [rest, *(key.shape for key in keys)]
        case ByKeys(cases=cases, otherwise=otherwise):
            return [otherwise, *(case.shape for case in cases)]
        case ByKind():
            return [shape.scalar, shape.list, shape.map]
        case ByItems(shape=steps, otherwise=replies):
            return [steps, replies]
        case ListOf(item=item) | Locales(item=item):
            return [item]
        case _:
            return []
