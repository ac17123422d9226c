"""The tables of Lark's parser, made from the grammar beforehand: making them takes longer than checking most bots.

They stand in `grammar.json`, which `python -m interpreter.expr.parse_tables` writes (`make grammar`; a test says when
that is due), and hold for one version of Lark; with any other, the grammar itself is read.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import lark
from lark import Lark, Token, Transformer
from lark.grammar import Rule
from lark.lexer import TerminalDef

_GRAMMAR, _STORED = "grammar.lark", "grammar.json"
_Tables = dict[str, Any]  # what Lark makes of itself


def make_parser(builder: Transformer[Token, Any] | None = None) -> Lark:
    """The parser of expressions; a builder makes what it likes of them while they are parsed."""
    stored = stored_tables()
    if stored["lark"] != lark.__version__:
        return from_grammar(builder)
    tables = _with_numbers(stored["tables"])
    tables["data"]["options"]["transformer"] = builder
    return Lark.load(tables)


def from_grammar(builder: Transformer[Token, Any] | None = None) -> Lark:
    """The same without the stored tables."""
    return Lark(grammar_text(), parser="lalr", lexer="contextual", transformer=builder)


def grammar_text() -> str:
    """The grammar."""
    return _read(_GRAMMAR)


def stored_tables() -> _Tables:
    """The tables, with the version of Lark and the grammar from which they were made."""
    stored: _Tables = json.loads(_read(_STORED))
    return stored


def new_tables() -> _Tables:
    """What should be stored."""
    data, memo = from_grammar().memo_serialize([TerminalDef, Rule])
    return {"lark": lark.__version__, "grammar": grammar_text(), "tables": {"data": data, "memo": memo}}


def _with_numbers(tables: _Tables) -> _Tables:
    """The tables with the numbers of states and terminals for keys, which JSON has as texts."""
    parser = tables["data"]["parser"]["parser"]
    parser["tokens"] = _numbered(parser["tokens"])
    parser["states"] = {state: _numbered(actions) for state, actions in _numbered(parser["states"]).items()}
    tables["memo"] = _numbered(tables["memo"])
    return tables


def _numbered(table: dict[str, Any]) -> dict[int, Any]:
    return {int(number): entry for number, entry in table.items()}


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


if __name__ == "__main__":
    written = json.dumps(new_tables(), ensure_ascii=False, separators=(",", ":"))
    Path(__file__).with_name(_STORED).write_text(written + "\n", "utf-8")
