"""The tables of codes in `docs/linting*.md`, which `python -m interpreter.diagnostics.document` writes from the codes.

What stands around a table, outside of its two marks, is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from interpreter.diagnostics.codes import CODES, Code
from interpreter.diagnostics.pages import find_page
from interpreter.diagnostics.render import severity_word
from interpreter.diagnostics.wording import Wording

DOCUMENTS = {"en": Path("docs", "linting.md"), "zh": Path("docs", "linting.zh-CN.md")}
"""Where the tables are, by language."""

_TABLE = re.compile(r"(?<=<!-- codes -->\n).*?(?=<!-- /codes -->)", re.DOTALL)
_HEAD = Wording("| code | severity | name | what it is |", "| 代码 | 级别 | 名称 | 含义 |")
_FAMILIES = {
    "DL0": Wording("The file", "文件"),
    "DL1": Wording("Names", "名称"),
    "DL2": Wording("Expressions", "表达式"),
    "DL3": Wording("The course of a dialog", "对话的走向"),
    "DL4": Wording("Patterns", "模式"),
    "DL5": Wording("WeChat", "微信"),
    "DL6": Wording("Texts", "文本"),
    "DL7": Wording("Security", "安全"),
    "DL8": Wording("Tests", "测试"),
    "DL9": Wording("Edits of a running bot (`--against`)", "修改运行中的机器人（`--against`）"),
}


def with_table(document: str, language: str) -> str:
    """A document with its table as the codes are now."""
    return _TABLE.sub(lambda _: "\n".join((*_tables(language), "")), document)


def _tables(language: str) -> Iterator[str]:
    for family, codes in groupby(CODES.values(), key=lambda code: code.code[:3]):
        yield f"\n### {_FAMILIES[family].say(language)}\n"
        yield _HEAD.say(language)
        yield "|---|---|---|---|"
        yield from (_row(code, language) for code in codes)
    yield ""


def _row(code: Code, language: str) -> str:
    linked = f"[{code.code}](diagnostics/{code.code}.md)" if find_page(code.code) else code.code
    title = code.title.say(language).replace("|", "\\|")
    return f"| {linked} | {severity_word(code.severity, language)} | `{code.name}` | {title} |"


if __name__ == "__main__":
    for spoken, path in DOCUMENTS.items():
        path.write_text(with_table(path.read_text(encoding="utf-8"), spoken), encoding="utf-8")
