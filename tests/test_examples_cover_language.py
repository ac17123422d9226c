"""Together the examples use every construct of the language: a construct nobody shows is a construct nobody finds."""

from __future__ import annotations

from functools import cache
from inspect import getmembers, isclass
from pathlib import Path
from types import ModuleType

from support.bots import compile_path
from support.language import all_constructs, nodes_of, tree_of, used_constructs

from interpreter.dialog.model import bot, leaves, messages, replies, rules, services, steps
from interpreter.dialog.shapes_bot import BOT
from interpreter.dialog.talk import EXPECTS, REQUESTS, SENDS
from interpreter.expr import tree as expr_tree
from interpreter.patterns import tree as pattern_tree
from interpreter.types import kinds
from interpreter.types.notation import BUILT_IN_TYPES

EXAMPLES = Path(__file__).parent.parent / "examples"

LATER = {
    # packs
    ("a bot", "pack"),
    *(("a pack", key) for key in ("name", "version", "licence", "description", "inputs", "permissions")),
    *(("an imported pack", key) for key in ("pack", "as", "with")),
    *(("the permissions of a pack", key) for key in ("services", "api", "env")),
    # what an account may do, and encryption
    ("a bot", "accounts"),
    *(("an account", key) for key in ("type", "aes_key")),
    *(("an account", key) for key in ("encryption", "agent_id", "slow", "notice")),
    *(("a type of account", word) for word in ("official", "wecom")),
    ("a kind of account", "subscription"),
    *(("a mode of encryption", word) for word in ("plain", "compatible", "safe")),
    *(("a way to answer late", word) for word in ("hold", "push", "later")),
}
"""Constructs that the schema knows and no bot can use yet."""

UNWRITTEN = {
    kinds.ErrorType,  # types without notation
    kinds.NullType,
    kinds.RecordType,
}

MODEL = (bot, leaves, messages, replies, rules, services, steps)
OPERATORS = {"or", "and", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "??", "+", "-", "*", "/", "//", "%"}


def bot_files() -> list[Path]:
    return sorted([*EXAMPLES.glob("*.yaml"), *EXAMPLES.glob("*.json"), *EXAMPLES.glob("*/bot.yaml")])


@cache
def all_nodes() -> tuple[object, ...]:
    return tuple(node for path in bot_files() for node in nodes_of(compile_path(path).bot))


def classes_of(module: ModuleType) -> set[type]:
    return {member for _, member in getmembers(module, isclass) if member.__module__ == module.__name__}


def test_there_are_enough_examples() -> None:
    assert len(bot_files()) >= 14


def test_every_key_and_word_of_the_tables_is_used() -> None:
    files = [*EXAMPLES.rglob("*.yaml"), *EXAMPLES.rglob("*.json")]
    used = [item for path in files for item in used_constructs(BOT, tree_of(path))]
    used_rows = {(id(row), construct[1]) for row, construct in used}
    missing = {
        construct
        for row, construct in all_constructs()
        if construct not in LATER and (id(row), construct[1]) not in used_rows
    }
    assert missing == set()


def test_what_is_left_for_later_is_in_the_tables_and_unused() -> None:
    files = [*EXAMPLES.rglob("*.yaml"), *EXAMPLES.rglob("*.json")]
    assert {construct for _, construct in all_constructs()} >= LATER
    assert not LATER & {construct for path in files for _, construct in used_constructs(BOT, tree_of(path))}


def test_every_kind_of_node_occurs() -> None:
    seen = {type(node) for node in all_nodes()}
    wanted = {cls for module in (*MODEL, pattern_tree, kinds, expr_tree) for cls in classes_of(module)}
    assert wanted - seen - UNWRITTEN == set()


def test_every_operator_occurs() -> None:
    seen = {node.operator for node in all_nodes() if isinstance(node, (expr_tree.Binary, expr_tree.Unary))}
    assert {*OPERATORS, "not"} - seen == set()


def test_every_pattern_notation_occurs() -> None:
    phrases = [node for node in all_nodes() if isinstance(node, pattern_tree.Phrase)]
    assert {phrase.mode for phrase in phrases} == {"contains", "exact", "typo"}
    slots = [node for node in all_nodes() if isinstance(node, pattern_tree.Slot)]
    assert {slot.greedy for slot in slots} == {True, False}
    consents = [node for node in all_nodes() if isinstance(node, pattern_tree.Consent)]
    assert {consent.yes for consent in consents} == {True, False}


def test_every_type_is_used() -> None:
    seen = [node for node in all_nodes() if type(node) in classes_of(kinds)]
    assert {name for name, kind in BUILT_IN_TYPES.items() if name != "list" and kind not in seen} == set()


def test_every_line_of_a_test_is_used() -> None:
    lines = [node for node in all_nodes() if isinstance(node, bot.TalkLine)]
    assert {line.kind for line in lines} == {"send", "expect", "clock", "check", "request"}
    assert any(line.user for line in lines)
    words = {(line.kind, line.text.split()[0].lstrip("@")) for line in lines if line.text.startswith("@")}
    assert {word for kind, word in words if kind == "send"} >= SENDS.keys()
    assert {word for kind, word in words if kind == "expect"} >= set(EXPECTS)
    requests = {line.text.split()[0] for line in lines if line.kind == "request"}
    assert requests == REQUESTS.keys()
