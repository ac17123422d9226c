"""Every block of the documentation is checked: bots are compiled and their tests run, expressions are evaluated.

A fenced `yaml` block is a bot, or a part of one that gets `dialog: 1` and `name: doc` when it has no `dialog`. What
follows the word says more: `yaml error DL101` must have exactly these findings, `yaml file faq.yaml` is a file that the
next bot may import. A `talk` block after a bot is a test of it; a `text` block after a bot with mistakes is what the
linter says about them. A line of an `expr` block is `expression → value`, `expression → error DL204`, or
`expression → failure arithmetic`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from support.bots import Compiled, compile_files, compile_text

from interpreter.diagnostics.render import render_text
from interpreter.expr.env import EVALUATION_BUDGET
from interpreter.expr.parser import MAX_LENGTH, MAX_NESTING
from interpreter.machine import bounds, limits
from interpreter.machine.conversation import Conversation
from interpreter.machine.simulation import text_message
from interpreter.patterns.notation import MAX_PATTERN
from interpreter.patterns.subject import MAX_SUBJECT
from interpreter.runtime.bodies import MAX_BODY
from interpreter.source import faults
from interpreter.transcripts.report import failure_report
from interpreter.transcripts.running import run_suite
from interpreter.values import MAX_INT, MAX_ITEMS, MAX_SIZE, MAX_TEXT, Value, equal

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md")])
CHINESE = [document for document in DOCUMENTS if document.name.endswith(".zh-CN.md")]
NOW = datetime(2026, 1, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

HOST = """\
dialog: 1
name: doc
vars:
  result: any
  n: int?
  name: text = "小明"
  data: 'any = {"a": {"b": 1}, "list": [1, 2]}'
failure: $(error.kind)
"""
"""The bot in which the expressions of the documents are evaluated."""

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<word>\w+)(?P<rest>[^\n]*)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
_HEADING = re.compile(r"^#{1,4} (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_NUMBER = re.compile(r"\d+(?:[,.]\d+)*")
_PART = re.compile(r"\n(?=\n|\||- |\d+\. )")


@dataclass(frozen=True)
class Block:
    document: Path
    line: int
    word: str
    rest: tuple[str, ...]
    body: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"


def blocks(*words: str) -> list[Block]:
    return [block for document in DOCUMENTS for block in blocks_of(document) if block.word in words]


def blocks_of(document: Path) -> Iterator[Block]:
    text = document.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        indent = match["indent"]
        body = "".join(line.removeprefix(indent) for line in match["body"].splitlines(keepends=True))
        yield Block(document, text.count("\n", 0, match.start()) + 1, match["word"], tuple(match["rest"].split()), body)


def completed(text: str) -> str:
    return text if re.search(r"^dialog:", text, re.MULTILINE) else f"dialog: 1\nname: doc\n{text}"


def files_before(block: Block) -> dict[str, str]:
    """The files that stand directly before a bot in its document."""
    files: dict[str, str] = {}
    for other in blocks_of(block.document):
        if other.line == block.line:
            return files
        if other.rest[:1] == ("file",):
            files[other.rest[1]] = other.body
        else:
            files.clear()
    return files


def block_after(block: Block) -> Block | None:
    """The block that follows another in its document."""
    following = [other for other in blocks_of(block.document) if other.line > block.line]
    return following[0] if following else None


def with_talk(block: Block) -> str:
    """A bot, with the conversation that stands after it as a test."""
    following = block_after(block)
    if following is None or following.word != "talk":
        return completed(block.body)
    lines = "".join(f"      {line}\n" for line in following.body.splitlines())
    return f"{completed(block.body)}tests:\n  shown:\n    talk: |\n{lines}"


BOTS = [block for block in blocks("yaml") if block.rest[:1] != ("file",)]
EXPRESSIONS = [
    (f"{block}+{number}", line)
    for block in blocks("expr")
    for number, line in enumerate(block.body.splitlines(), start=1)
    if line.strip()
]


@pytest.mark.parametrize("block", BOTS, ids=str)
def test_a_bot_compiles_and_its_conversations_hold(block: Block) -> None:
    name = "bot.yaml"
    compiled = compile_files({**files_before(block), name: with_talk(block)}, name)
    wanted = list(block.rest[1:]) if block.rest[:1] == ("error",) else []
    assert compiled.codes == wanted, "\n".join(
        f"{item.code} {item.span} {item.message.en}" for item in compiled.diagnostics
    )
    if not wanted:
        run_tests(compiled)
    elif (following := block_after(block)) is not None and following.word == "text":
        language = "zh" if "zh" in block.document.name else "en"
        assert render_text(compiled.diagnostics, language, colour=False).strip() == following.body.strip()


def run_tests(compiled: Compiled) -> None:
    assert compiled.program is not None
    assert compiled.suite is not None
    failures = [
        failure_report(verdict, verdict.failure, "en", colour=False)
        for verdict in run_suite(compiled.program, compiled.suite)
        if verdict.failure is not None
    ]
    assert not failures, "\n\n".join(failures)


@pytest.mark.parametrize("line", [line for _, line in EXPRESSIONS], ids=[name for name, _ in EXPRESSIONS])
def test_an_expression_has_the_value_that_stands_there(line: str) -> None:
    expression, arrow, wanted = (part.strip() for part in line.partition("→"))
    assert arrow, line
    if wanted.startswith("error "):
        assert host(expression).codes == [wanted.removeprefix("error ")]
    elif wanted.startswith("failure "):
        assert evaluate(expression) == ("failure", wanted.removeprefix("failure "))
    else:
        found, value = evaluate(expression)
        assert found == "value", value
        assert equal(value, evaluate(wanted)[1]), value


def host(expression: str) -> Compiled:
    """A bot that evaluates an expression; `n`, `name` and `data` are there to be read."""
    assignment = json.dumps(f"result = {expression}", ensure_ascii=False)
    return compile_text(f"{HOST}rules: {{go: {{set: {assignment}, reply: ok}}}}\n")


def evaluate(expression: str) -> tuple[str, Value]:
    compiled = host(expression)
    assert compiled.program is not None, [(item.code, item.message.en) for item in compiled.diagnostics]
    conversation = Conversation(compiled.program, NOW)
    message = text_message("go", user="u", account="bot", time=int(NOW.timestamp()), id="1")
    said = "".join(getattr(reply, "text", "") for reply in conversation.receive(message).replies)
    if said != "ok":
        return "failure", said
    return "value", conversation.session("u").vars["result"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))
    for link in _LINK.findall(text):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        assert target.exists(), link
        if anchor:
            assert anchor in anchors_of(target), link


def anchors_of(document: Path) -> list[str]:
    """The anchors of headings, as GitHub makes them, in their order."""
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))
    return [re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in _HEADING.findall(text)]


@pytest.mark.parametrize("chinese", CHINESE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_links_to_its_twin_and_else_to_pages_of_its_language(chinese: Path) -> None:
    english = chinese.with_name(in_english(chinese.name))
    assert {page for page in linked_pages(english) if page.endswith(".zh-CN.md")} == {chinese.name}
    twins = {page: chinese.parent / page.replace(".md", ".zh-CN.md") for page in linked_pages(chinese)}
    assert {page for page, twin in twins.items() if twin.exists()} == {english.name}


def linked_pages(document: Path) -> set[str]:
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))
    return {page for page in (link.partition("#")[0] for link in _LINK.findall(text)) if page.endswith(".md")}


def in_english(name: str) -> str:
    """The name of the English page that a page belongs to."""
    return name.replace(".zh-CN.md", ".md")


def test_the_limits_of_the_specification_are_those_of_the_code() -> None:
    text = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    promised = {
        "size of a file, bytes": faults.MAX_BYTES,
        "nesting of a file": faults.MAX_DEPTH,
        "nodes of a file": faults.MAX_NODES,
        "nodes that aliases may add up to": faults.MAX_EXPANDED,
        "length of a pattern, characters": MAX_PATTERN,
        "part of a message that patterns see, characters": MAX_SUBJECT,
        "length of an expression, characters": MAX_LENGTH,
        "nesting of an expression": MAX_NESTING,
        "steps of one evaluation": EVALUATION_BUDGET,
        "steps of all evaluations of a turn": limits.STEP_BUDGET,
        "largest whole number": MAX_INT,
        "length of a text, characters": MAX_TEXT,
        "items of a list or map": MAX_ITEMS,
        "size of a variable, characters": MAX_SIZE,
        "size of all that is remembered of a user, bytes as JSON": bounds.MAX_SESSION,
        "nesting of a variable": limits.VALUE_DEPTH,
        "size of a list that `each` goes through, characters": limits.LIST_SIZE,
        "depth of named texts in one another": limits.TEXT_DEPTH,
        "instructions of a turn": limits.INSTRUCTION_BUDGET,
        "transitions of a turn (`goto`, `wait`)": limits.TRANSITION_BUDGET,
        "depth of calls": limits.CALL_DEPTH,
        "replies of a turn": limits.REPLY_LIMIT,
        "body of a service's answer, bytes": MAX_BODY,
    }
    missing = [f"| {name} | {value:,} |" for name, value in promised.items() if f"| {name} | {value:,} |" not in text]
    assert not missing


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_a_readme_begins_with_a_bot_of_ten_lines_and_its_conversation(name: str) -> None:
    bot, talk, *_ = blocks_of(ROOT / name)
    assert (bot.word, talk.word) == ("yaml", "talk")
    assert len(bot.body.splitlines()) <= 10


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("README.md", "README.zh-CN.md"),
        ("docs/writing-bots.md", "docs/writing-bots.zh-CN.md"),
        ("docs/linting.md", "docs/linting.zh-CN.md"),
        ("docs/deploying.md", "docs/deploying.zh-CN.md"),
        ("docs/coming-from-webot.md", "docs/coming-from-webot.zh-CN.md"),
        ("docs/language.md", "docs/language.zh-CN.md"),
        ("docs/functions.md", "docs/functions.zh-CN.md"),
        ("examples/menu/README.md", "examples/menu/README.zh-CN.md"),
        ("examples/qrcode/README.md", "examples/qrcode/README.zh-CN.md"),
        ("examples/notify/README.md", "examples/notify/README.zh-CN.md"),
    ],
)
def test_both_languages_say_the_same_things(english: str, chinese: str) -> None:
    shapes = []
    for name in (english, chinese):
        text = (ROOT / name).read_text(encoding="utf-8")
        bare = _FENCE.sub("", text)
        counts = [len(re.findall(pattern, bare, re.MULTILINE)) for pattern in (r"^#+ ", r"^- ", r"^\|", r"^\d\. ")]
        commands = [re.sub(r"\s*#.*", "", block.body) for block in blocks_of(ROOT / name) if block.word == "bash"]
        shapes.append((counts, commands, [block.word for block in blocks_of(ROOT / name)]))
    assert shapes[0] == shapes[1]


def test_both_languages_of_the_specification_stand_side_by_side() -> None:
    english, chinese = (outline(ROOT / "docs" / name) for name in ("language.md", "language.zh-CN.md"))
    for part, other in zip(english, chinese, strict=False):
        assert part.shape == other.shape, f"{part.words}\n\n{other.words}"
    assert len(english) == len(chinese)


@dataclass(frozen=True)
class Part:
    """A heading, a paragraph, an item of a list, a row of a table or a block, and what no language changes of it."""

    words: str
    shape: tuple[object, ...]


def outline(document: Path) -> list[Part]:
    """The parts of a document in their order."""
    inside = blocks_of(document)
    bare = _FENCE.sub("\n```\n", document.read_text(encoding="utf-8"))
    parts = (part.strip() for part in _PART.split(bare))
    return [block_part(next(inside)) if part == "```" else written_part(document, part) for part in parts if part]


def block_part(block: Block) -> Part:
    """A block as it stands, but for what the linter says, which is said in the language of the page."""
    return Part(str(block), (block.word, block.rest, "" if block.word == "text" else block.body))


def written_part(document: Path, words: str) -> Part:
    """A piece of prose: what it is, its code, its numbers, and where its links lead."""
    kind = re.match(r"#*|- |\d+\. ", words)
    cells = len(re.findall(r"(?<!\\)\|", words)) if words.startswith("|") else 0
    numbers = _NUMBER.findall(_LINK.sub("", _CODE.sub("", words)))
    links = sorted(place_of(document, link) for link in _LINK.findall(words))
    return Part(words, (kind and kind[0], cells, set(_CODE.findall(words)), set(numbers), links))


def place_of(document: Path, link: str) -> tuple[str, int]:
    """Where a link leads: a page, whatever its language, and the number of the heading there."""
    name, _, anchor = link.partition("#")
    target = document.parent / name if name else document
    return in_english(name), anchors_of(target).index(anchor) if anchor else -1


def test_what_the_readme_says_about_speed_was_measured() -> None:
    table = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| [≥≤] [\d.]+ \| ([\d.]+) \| (?:yes|no) \| ([\d.]*) \|", table)
    found = {figure for row in rows for figure in row}
    for name in ("README.md", "README.zh-CN.md"):
        said = re.findall(r"([\d.]+) ×", (ROOT / name).read_text(encoding="utf-8"))
        assert len(said) >= 13, name
        assert set(said) <= found, name


def test_the_documents_hold_blocks_to_check() -> None:
    assert len(BOTS) > 30
    assert len(EXPRESSIONS) > 40
