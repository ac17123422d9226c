"""YAML as it is read: the same as other readers read it, and every broken file explained."""

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from interpreter.source import yaml_reader
from interpreter.source.building import TreeBuilder
from interpreter.source.faults import MAX_BYTES, MAX_NODES, ReadProblem
from interpreter.source.files import read_file
from interpreter.source.reader import read_source, read_text
from interpreter.source.spans import SourceFile
from interpreter.source.tree import Mapping, Node, Scalar, Sequence
from interpreter.source.yaml_events import drive_fast, drive_pure

DATA = Path(__file__).parent.parent / "data" / "source"
BROKEN = sorted((DATA / "broken").glob("*.yaml"))


def plain(node: Node | None) -> object:
    match node:
        case Scalar():
            return node.text
        case Mapping():
            return {entry.key.text: plain(entry.value) for entry in node.entries}
        case Sequence():
            return [plain(item) for item in node.items]
    return None


def composed(node: object) -> object:
    """What ruamel.yaml, the authority, makes of a file, before it resolves scalars."""
    match node:
        case ScalarNode():
            return node.value
        case SequenceNode():
            return [composed(item) for item in node.value]
        case MappingNode():
            return {composed(key): composed(value) for key, value in node.value}
    return None


def read(text: str) -> object:
    tree, problems = read_text("x.yaml", text)
    assert not problems
    return plain(tree)


def authority(text: str) -> object:
    return composed(YAML(typ="safe", pure=True).compose(text))


def kinds(text: str) -> list[str]:
    return [problem.kind for problem in read_text("x.yaml", text)[1]]


def listed(problem: ReadProblem) -> str:
    mend = f" -> {problem.mend.text!r}" if problem.mend else ""
    return f"{problem.span} {problem.kind}{mend}"


@pytest.mark.parametrize("path", sorted((DATA / "samples").glob("*.yaml")), ids=lambda path: path.name)
def test_a_sample_reads_as_the_authority_reads_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert read(text) == authority(text)
    assert read(text.replace("\n", "\r\n")) == authority(text)


WORDS = st.text(st.sampled_from("ab你 :#-'\"\\\n\t,[]{}&*!%@😀"), max_size=12)
TREES = st.recursive(WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4))


@settings(max_examples=200, deadline=None)
@given(TREES, st.sampled_from([None, False, True]), st.sampled_from([None, "'", '"', "|", ">"]))
def test_a_written_tree_reads_as_it_was(tree: object, flow: bool | None, style: str | None) -> None:
    text = yaml.dump(tree, default_flow_style=flow, default_style=style, allow_unicode=True, width=20)
    assert read(text) == authority(text) == tree


def spans(node: Node) -> list[tuple[int, int, str]]:
    own = [(node.span.start, node.span.end, type(node).__name__)]
    match node:
        case Mapping():
            return own + [part for entry in node.entries for part in (*spans(entry.key), *spans(entry.value))]
        case Sequence():
            return own + [part for item in node.items for part in spans(item)]
    return own


@settings(max_examples=100, deadline=None)
@given(TREES, st.sampled_from([None, "'", '"', "|", ">"]))
def test_both_parsers_lead_to_the_same_tree(tree: object, style: str | None) -> None:
    text = yaml.dump(tree, default_style=style, allow_unicode=True, width=20)
    fast, slow = (TreeBuilder(SourceFile("x.yaml", text)) for _ in range(2))
    assert drive_fast(text, fast) is None
    assert drive_pure(text, slow) is None
    first, second = fast.finish(), slow.finish()
    assert first is not None
    assert second is not None
    assert plain(first) == plain(second) == tree
    assert spans(first) == spans(second)


def test_scalars_stay_what_the_author_wrote() -> None:
    text = "a: [no, 010, 1_000, 12:30, 2024-01-01, ~, 0x1F, 1.10, .inf, null, =, int?, https://a.b]"
    assert plain(read_text("x.yaml", text)[0]) == {"a": text[4:-1].split(", ")}


def test_an_alias_is_the_anchored_node_itself() -> None:
    tree, problems = read_text("x.yaml", "a: &x [1, 2]\nb: *x\n*x : 3\n")
    assert isinstance(tree, Mapping)
    assert tree.get("a") is tree.get("b")
    assert [problem.kind for problem in problems] == ["complex-key"]


def test_spans_cover_what_was_written() -> None:
    text = "a: &x !!str 你好\nb:\n  - c: 'd'\n    e: [f, {g: h}]\n  - |\n    i\n"
    tree, _ = read_text("x.yaml", text)
    assert isinstance(tree, Mapping)

    assert [text[start:end] for start, end, _ in spans(tree)] == [
        text,
        "a",
        "你好",
        "b",
        text[text.index("- c") :],
        "c: 'd'\n    e: [f, {g: h}]",
        "c",
        "'d'",
        "e",
        "[f, {g: h}]",
        "f",
        "{g: h}",
        "g",
        "h",
        "|\n    i\n",
    ]


def test_an_empty_value_stands_behind_its_colon() -> None:
    tree, _ = read_text("x.yaml", "a:\nb: ''\n")
    assert isinstance(tree, Mapping)
    first, second = tree.get("a"), tree.get("b")
    assert isinstance(first, Scalar)
    assert isinstance(second, Scalar)
    assert first.is_empty
    assert not second.is_empty
    assert (first.span.start, first.span.end) == (2, 2)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_explained_at_its_place(path: Path) -> None:
    expected = [
        line
        for line in (DATA / "broken.txt").read_text(encoding="utf-8").splitlines()
        if line.startswith((f"{path.name}:", f"{path.name} "))
    ]
    file, problems = read_file(path, path.name)
    tree = None
    if file is not None:
        tree, problems = read_source(file)
    verdict = f"{path.name} {'tree' if tree is not None else 'no tree'}"
    assert [*map(listed, problems), verdict] == expected
    assert problems


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_an_offered_mend_makes_its_problem_go(path: Path) -> None:
    file, _ = read_file(path, path.name)
    problems = read_source(file)[1] if file is not None else ()
    for problem in problems:
        if problem.mend is not None and file is not None:
            span = problem.mend.span
            mended = file.text[: span.start] + problem.mend.text + file.text[span.end :]
            left = [other.kind for other in read_text("x.yaml", mended)[1]]
            assert left.count(problem.kind) < [other.kind for other in problems].count(problem.kind)


def test_a_mended_text_is_read_with_its_places() -> None:
    text = "a: 价格: 5 元\nb: 'it's $(x)'\nc: $(y)\n"
    tree, problems = read_text("x.yaml", text)
    assert [problem.kind for problem in problems] == ["colon-in-text", "text-after-quote"]
    assert isinstance(tree, Mapping)
    for key, part in (("a", "5"), ("b", "$(x)"), ("c", "$(y)")):
        scalar = tree.get(key)
        assert isinstance(scalar, Scalar)
        start = scalar.text.index(part)
        span = scalar.place(start, start + len(part))
        assert text[span.start : span.end] == part


def test_what_only_one_parser_accepts_is_accepted() -> None:
    assert read("a: &可爱 1\nb: *可爱\n") == {"a": "1", "b": "1"}
    assert read('a: "\\ud83d\\ude00"\n') == {"a": "😀"}
    assert read("{a: {url: https://a.b, n: int?}}") == {"a": {"url": "https://a.b", "n": "int?"}}


def test_line_separators_are_characters_like_others() -> None:
    assert read("a: 一\u2028二\x85三\u2029四\n") == {"a": "一\u2028二\x85三\u2029四"}


def test_only_the_first_slips_are_listed() -> None:
    problems = kinds("".join(f"k{number}: @v\n" for number in range(50)))
    assert problems.count("reserved-start") == 20
    assert problems[-1] == "not-yaml"


GENERATED = {
    "200,000 brackets": ("[" * 200_000, "too-deep"),
    "200,000 braces": ("{" * 200_000, "too-deep"),
    "a flow of keys": ("a: " + "{?" * 50_000, "too-deep"),
    "dashes": ("- " * 100_000, "too-deep"),
    "questions": ("? " * 100_000, "too-deep"),
    "a deep block": ("".join(" " * depth + "a:\n" for depth in range(1_000)), "too-deep"),
    "too many values": ("[" + "a," * (MAX_NODES + 1) + "]", "too-many-nodes"),
    "too many lists": ("[" + "[]," * (MAX_NODES + 1) + "]", "too-many-nodes"),
    "a huge file": ("a: b\n" * (MAX_BYTES // 5 + 1), "too-big"),
    "an open quote": ('a: "' + "x y\n" * 500_000, "unclosed-quote"),
    "an open quote, one line": ("a: '" + "x" * 3_000_000, "unclosed-quote"),
    "an open bracket": ("a: [" + "b, " * 50_000, "unclosed-bracket"),
    "a long line": ("a: " + " " * 3_000_000 + "@", "not-yaml"),
    "tabs": ("\ta: 1\n" * 100_000, "tab"),
    "stars": ("*" * 1_000_000, "not-yaml"),
    "colons": ("a: b: c\n" * 100_000, "colon-in-text"),
    "control characters": ("a: " + "\x01" * 500_000, "control-character"),
    "every odd character": ("a: " + "".join(map(chr, [*range(1, 9), *range(0xD800, 0xE000)])), "control-character"),
    "no stand-in left": ("a: \ud800" + "".join(map(chr, range(0x10F000, 0x10FFFD))), "control-character"),
    "many duplicates": ("a: 1\n" * 50_000, "duplicate-key"),
}


@pytest.mark.parametrize("name", GENERATED)
def test_hostile_text_is_answered_with_a_problem(name: str) -> None:
    text, kind = GENERATED[name]
    _, problems = read_text("x.yaml", text)
    assert kind in [problem.kind for problem in problems]
    assert len(problems) <= 1_100
    assert all(problem.span.line >= 1 and problem.span.column >= 1 for problem in problems)


NASTY = st.text(st.sampled_from("ab: \n\t-?[]{},&*!|>%@`'\"#\\<.：\u3000\ufeff\0\ud800\r\x85你"), max_size=60)


@settings(max_examples=400, deadline=None)
@given(NASTY)
def test_no_text_raises_and_no_tree_without_problem_is_missing(text: str) -> None:
    tree, problems = read_text("x.yaml", text)
    assert tree is not None or problems
    for problem in problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(problem.span.file.text)
    nodes = [tree] if tree is not None else []
    while nodes:
        node = nodes.pop()
        assert 0 <= node.span.start <= node.span.end <= len(node.span.file.text)
        match node:
            case Scalar():
                node.place(0, len(node.text))
            case Mapping():
                nodes += (part for entry in node.entries for part in (entry.key, entry.value))
            case Sequence():
                nodes += node.items


@settings(max_examples=150, deadline=None)
@given(NASTY)
@example("\r!\x85")
def test_what_the_authority_reads_is_read(text: str) -> None:
    try:
        expected = authority(text)
    except Exception:  # it has many ways to refuse
        return
    tree, problems = read_text("x.yaml", text)
    syntax = [problem for problem in problems if problem.kind in ("not-yaml", "colon-in-text", "indentation")]
    assert not syntax
    if isinstance(expected, str):  # libyaml and YAML 1.2 differ on a file that is one block text, which is no bot
        return
    if not problems and "\ud800" not in text and not set(text) & set("\x85\r"):
        assert plain(tree) == expected


def test_the_reader_works_without_the_fast_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert read("a: [b, {c: 'd'}]\n") == {"a": ["b", {"c": "d"}]}
    assert kinds("a: @b\nc: d: e\n") == ["reserved-start", "colon-in-text"]
    assert kinds("a: 'b") == ["unclosed-quote"]


def test_a_long_file_gets_no_second_opinion() -> None:
    filler = "".join(f"k{number}: value\n" for number in range(20_000))
    assert len(filler) > yaml_reader.PURE_BUDGET
    assert kinds(filler + "last: @you\n") == ["reserved-start"]
