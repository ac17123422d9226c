"""DL115: a word that stands for two things of one entity."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Entity
from interpreter.source.tree import Scalar
from interpreter.types.folding import fold, strip_closing

CODE = "DL115"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Names and synonyms, folded as answers are: letter case, width and closing punctuation make no difference."""
    for entity in subject.bot.entities.values():
        yield from _ambiguous(entity)


def _ambiguous(entity: Entity) -> Iterator[Diagnostic]:
    names = [(word, thing) for word, thing in entity.words if word.text == thing]
    synonyms = [(word, thing) for word, thing in entity.words if word.text != thing]
    meant: dict[str, tuple[Scalar, str]] = {}
    for word, thing in (*names, *synonyms):
        folded = fold(word.text)
        first, other = meant.setdefault(strip_closing(folded) or folded, (word, thing))
        if other != thing:
            yield _means_two(word, thing, first, other)


def _means_two(word: Scalar, thing: str, first: Scalar, other: str) -> Diagnostic:
    text = word.text
    return Diagnostic(
        CODE,
        word.span,
        Wording(f"`{text}` means `{other}` already", f"`{text}` 已经表示 `{other}`"),
        label=Wording(f"so it never means `{thing}`", f"所以永远不会表示 `{thing}`"),
        related=(Label(first.span, Wording(f"it means `{other}` here", f"在这里表示 `{other}`")),),
        help=Wording("give it to one of the two only", "请只把它留给其中一个"),
    )
