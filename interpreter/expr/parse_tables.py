"""The tables of the grammar, made by Lark beforehand: to make them takes longer than to check most bots.

They stand in `grammar.json`, which `python -m interpreter.expr.parse_tables` writes (`make grammar`; a test says when
that is due). What follows the grammar is read by them without Lark.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from interpreter.expr.lalr import END, Rule, State, Tables

if TYPE_CHECKING:
    import lark.grammar

_GRAMMAR, _STORED = "grammar.lark", "grammar.json"


def stored_tables() -> Tables:
    """The tables as they are stored."""
    return msgspec.json.decode(_read(_STORED), type=Tables)


def new_tables() -> Tables:
    """What should be stored."""
    import lark
    from lark.parsers.lalr_analysis import Shift

    grammar = _read(_GRAMMAR).decode()
    parser = lark.Lark(grammar, parser="lalr", lexer="contextual")
    made = parser.parser.parser._parse_table  # it shows its tables in no other way
    numbers = {rule: number for number, rule in enumerate(parser.rules)}
    order = sorted(made.states, key=lambda state: state != made.start_states["start"])
    places = {state: place for place, state in enumerate(order)}
    states = []
    for state in order:
        actions, after = {}, {}
        for symbol, (action, goal) in sorted(made.states[state].items()):
            if not symbol.isupper():
                after[str(symbol)] = places[goal]
            else:
                actions[str(symbol)] = places[goal] if action is Shift else ~numbers[goal]
        if state == made.end_states["start"]:
            actions[END] = 0  # where it leads to makes no difference
        states.append(State(actions, after))
    terminals = sorted(
        parser.terminals,
        key=lambda each: (-each.priority, -each.pattern.max_width, -len(each.pattern.value), each.name),
    )
    return Tables(
        lark.__version__,
        grammar,
        {str(each.name): each.pattern.to_regexp() for each in terminals},
        tuple(map(str, parser.ignore_tokens)),
        tuple(map(_rule, parser.rules)),
        tuple(states),
    )


def _rule(rule: lark.grammar.Rule) -> Rule:
    name = str(rule.origin.name)
    is_handed_on = rule.options.expand1 and not rule.alias and len(rule.expansion) == 1
    make = None if is_handed_on or name.startswith("_") else str(rule.alias or name)
    return Rule(name, len(rule.expansion), tuple(_takes(rule)), make, is_handed_on)


def _takes(rule: lark.grammar.Rule) -> Iterator[int | None]:
    """The parts of a rule, every word among them: the grammar names them all; None for every `[…]` that is left out."""
    marks = "".join(str(int(is_left_out)) for is_left_out in rule.options.empty_indices)
    left_out = [len(marks) for marks in marks.split("0")] if marks else [0] * (len(rule.expansion) + 1)
    for index, symbol in enumerate(rule.expansion):
        yield from [None] * left_out[index]
        is_several = not symbol.is_term and symbol.name.startswith("_")
        yield ~index if is_several else index
    yield from [None] * left_out[-1]


def _read(name: str) -> bytes:
    return Path(__file__).with_name(name).read_bytes()


if __name__ == "__main__":
    Path(__file__).with_name(_STORED).write_bytes(msgspec.json.encode(new_tables()) + b"\n")
