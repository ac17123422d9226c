"""What something that is gone is probably called now, and the line under `renamed` that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from interpreter.diagnostics.diagnostic import Applicability, Edit, Fix
from interpreter.diagnostics.suggest import nearest
from interpreter.dialog.model.bot import Bot
from interpreter.source.quoting import quote
from interpreter.source.spans import Span

ALIKE = 0.6
"""How much of its text must be the same for something to be taken for the same thing."""
_MOST_COMPARED = 4_000
_CANDIDATES = 50
_PLAIN = re.compile(r"[A-Za-z_\u3400-\u9fff][\w./\u3400-\u9fff-]*\Z")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something the old bot does not have: its whole name, where its name stands, and its text."""

    path: str
    name: Span
    body: str


@dataclass(frozen=True, slots=True)
class Guess:
    """The candidate that most resembles what is gone. It is sure when no other comes near and the text agrees."""

    candidate: Candidate
    is_sure: bool


def text_of(span: Span) -> str:
    """What stands in a range."""
    return span.file.text[span.start : span.end]


def guess(path: str, body: str, candidates: Iterable[Candidate]) -> Guess | None:
    """What is probably meant: the candidate whose text, or else whose name, is nearest; or the only one there is."""
    every = list(candidates)[:_CANDIDATES]
    ranked = sorted(((_likeness(body, each.body), each) for each in every), key=lambda pair: -pair[0])
    if ranked and ranked[0][0] >= ALIKE:
        others = [score for score, _ in ranked[1:] if score >= ranked[0][0]]
        return Guess(ranked[0][1], is_sure=not others)
    name = path.rpartition(".")[2]
    near = nearest(name, (each.path.rpartition(".")[2] for each in every))
    alike = [each for each in every if each.path.rpartition(".")[2] == near] or (every if len(every) == 1 else [])
    return Guess(alike[0], is_sure=False) if alike else None


def _likeness(one: str, other: str) -> float:
    if not one.strip() or not other.strip():
        return 0.0
    matcher = SequenceMatcher(None, one[:_MOST_COMPARED], other[:_MOST_COMPARED], autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0


def rename_fix(bot: Bot, old: str, found: Guess) -> Fix:
    """Add the old and the new name to `renamed`."""
    entry = f"{_key(old)}: {_key(found.candidate.path)}"
    edit = _added(bot, entry)
    applicability = Applicability.SAFE if found.is_sure else Applicability.UNSAFE
    return Fix(f"renamed: {{{entry}}}", (edit,) if edit else (), applicability)


def _key(name: str) -> str:
    return name if _PLAIN.match(name) else quote(name)


def _added(bot: Bot, entry: str) -> Edit | None:
    """The edit that adds an entry; None in JSON, and where `renamed` is written in an unusual way."""
    file = bot.span.file
    if file.name.lower().endswith(".json"):
        return None
    text = file.text
    newline = "\r\n" if "\r\n" in text else "\n"
    mine = [(old, new) for old, new in bot.renames if old.span.file is file]
    if not mine:
        if re.search(r"^renamed\s*:", text, re.MULTILINE):
            return None
        end = Span(file, len(text), len(text))
        return Edit(end, ("" if text.endswith("\n") or not text else newline) + f"renamed:{newline}  {entry}{newline}")
    old, new = mine[-1]
    line = text.rfind("\n", 0, old.span.start) + 1
    indent = text[line : old.span.start]
    if indent.strip():  # `renamed: {a: b}` in one line
        return Edit(Span(file, new.span.end, new.span.end), f", {entry}")
    stop = text.find("\n", new.span.end)
    end = Span(file, stop, stop) if stop >= 0 else Span(file, len(text), len(text))
    return Edit(end, f"{newline}{indent}{entry}")
