"""Faults in both languages: every message that the source makes has a Chinese form."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import interpreter
from interpreter.diagnostics.fault_words import fault_words

ROOT = Path(interpreter.__file__).parent
RAISED = {"Fault", "Failed", "EffectFailed", "HostRefused", "BodyUnreadable"}
LATIN = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")


def messages() -> Iterator[str]:
    """The messages of all faults in the source, with `7` for what is filled in."""
    for path in sorted(ROOT.rglob("*.py")):
        if path.name == "constants.py":  # its faults are caught while compiling
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED:
                texts = [text for part in node.args if (text := sample(part)) is not None]
                if texts and " " in texts[-1]:
                    yield texts[-1]


def sample(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "x7" for part in parts)
        case _:
            return None


MESSAGES = sorted(set(messages()) - {"x7: x7", "x7, this is x7"})


def test_there_are_messages() -> None:
    assert len(MESSAGES) > 80


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_has_a_chinese_form(message: str) -> None:
    said = fault_words("type", message)
    assert said.en == message
    assert said.zh.startswith("类型不符：")
    assert not LATIN.search(said.zh)


@pytest.mark.parametrize(
    ("kind", "message", "chinese"),
    [
        ("arithmetic", "division by zero", "运算错误：除数为零"),
        ("unset", "`n` has not been set yet", "尚未设置：`n` 还没有设置"),
        ("type", "`+` cannot take int and text", "类型不符：`+` 不能用于 int 和 text"),
        ("argument", "pad: `fill` is empty", "参数错误：pad：`fill` 是空的"),
        (
            "argument",
            "`round` takes number as `x`, this is text",
            "参数错误：`round` 的参数应为 number（`x`），实为 text",
        ),
        ("network", "the mock of s.o failed: division by zero", "网络错误：s.o 的 mock 出错：除数为零"),
        ("refused", "s.o: a.example is not a declared host", "拒绝访问：s.o：a.example 不是声明过的主机"),
        ("range", "something else", "超出范围：something else"),
        ("odd", "x" * 2000, "x" * 2000),
    ],
)
def test_a_fault_in_chinese(kind: str, message: str, chinese: str) -> None:
    assert fault_words(kind, message).zh == chinese
