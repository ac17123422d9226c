"""The pages that explain codes: `docs/diagnostics/DLxxx.md`, which the package brings along as `interpreter/pages`.

A page says the same in both languages, one after the other; a reader is shown one of them. Headings and examples are
shared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from interpreter.diagnostics.codes import CODES
from interpreter.diagnostics.render import severity_word
from interpreter.diagnostics.wording import Wording

_PACKAGE = Path(__file__).parents[1]
FOLDERS = (_PACKAGE / "pages", _PACKAGE.parent / "docs" / "diagnostics")
"""Where pages are: in an installed package, in a checkout."""

_HEADINGS = {
    "Wrong": Wording("Wrong", "错误的写法"),
    "Right": Wording("Right", "正确的写法"),
    "Before": Wording("Before the edit", "修改前"),
}
_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE_SPAN = re.compile(r"`[^`]*`")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def find_page(code: str, folders: Iterable[Path] = FOLDERS) -> str | None:
    """The page of a code as it is written, in Markdown; None when there is none."""
    for folder in folders:
        path = folder / f"{code}.md"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return None


def explain_code(code: str, language: str, folders: Iterable[Path] = FOLDERS) -> str:
    """What a code means, for a terminal; of a code without a page, its title."""
    known = CODES[code]
    head = f"{code} {known.name} ({severity_word(known.severity, language)}): {known.title.say(language)}"
    page = find_page(code, folders)
    return "\n\n".join((head, *(_shown(page, language) if page else ()))) + "\n"


def summary(page: str, language: str) -> str:
    """The first paragraph of a page in a language, as one line."""
    for part in _parts(page):
        if not part.startswith(("#", "```")) and _is_chinese(part) == (language == "zh"):
            return " ".join(part.split())
    return ""


def _shown(page: str, language: str) -> Iterator[str]:
    for part in _parts(page):
        if part.startswith("# "):
            continue
        if part.startswith("#"):
            title = part.lstrip("# ")
            yield _HEADINGS[title].say(language) if title in _HEADINGS else title
        elif part.startswith("```"):
            yield "\n".join(f"    {line}".rstrip() for line in part.splitlines()[1:-1])
        elif _is_chinese(part) == (language == "zh"):
            yield part


def _parts(page: str) -> Iterator[str]:
    """Headings, paragraphs and fenced blocks, in order."""
    position = 0
    for fence in _FENCE.finditer(page):
        yield from _paragraphs(page[position : fence.start()])
        yield fence[0]
        position = fence.end()
    yield from _paragraphs(page[position:])


def _paragraphs(text: str) -> Iterator[str]:
    return (part.strip() for part in re.split(r"\n\s*\n", text) if part.strip())


def _is_chinese(paragraph: str) -> bool:
    """Whether a paragraph is in Chinese, whatever it quotes."""
    said = _CODE_SPAN.sub("", paragraph)
    return len(_CHINESE.findall(said)) > len(_LATIN_WORD.findall(said))
