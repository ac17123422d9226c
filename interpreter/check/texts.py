"""Named texts: they are said in places that share no locals, and must not say one another in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.findings import Findings
from interpreter.check.replies import check_reply
from interpreter.check.routine import Routine
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.replies import ByLocale, OneOf, Reply, Say
from interpreter.expr.tree import Field, Name
from interpreter.expr.walk import walk

_MAX_SHOWN = 8
"""How many texts of a circle a message names."""


def check_texts(findings: Findings) -> None:
    """Every entry of `texts`."""
    texts = findings.symbols.bot.texts
    routine = Routine(findings)
    for reply in texts.values():
        check_reply(reply, findings.symbols.base, routine)
    reported: set[str] = set()
    for name in texts:
        _follow(name, findings, reported)


def _follow(start: str, findings: Findings, done: set[str]) -> None:
    """Depth-first from one text; a text met again on its own path says itself."""
    texts = findings.symbols.bot.texts
    path: dict[str, Iterator[tuple[str, Text]]] = {}
    if start not in done:
        path[start] = _said_by(texts[start])
    while path:
        last = next(reversed(path))
        step = next(path[last], None)
        if step is None:
            del path[last]
            done.add(last)
            continue
        name, text = step
        if name in path:
            findings.report(_circle(list(path), name, text))
        elif name in texts and name not in done:
            path[name] = _said_by(texts[name])


def _circle(path: list[str], name: str, text: Text) -> Diagnostic:
    circle = [*path[path.index(name) :], name]
    names = circle if len(circle) <= _MAX_SHOWN else [*circle[: _MAX_SHOWN - 2], "…", name]
    shown = " → ".join(each if each == "…" else f"texts.{each}" for each in names)
    return Diagnostic(
        "DL305",
        text.scalar.span,
        Wording(f"endless loop: this text says itself ({shown})", f"死循环：这段文本引用了自己（{shown}）"),
    )


def _said_by(reply: Reply) -> Iterator[tuple[str, Text]]:
    """The texts that a text says, each with the place where it does."""
    match reply:
        case Say(text=text):
            for hole in text.template.holes:
                for node in walk(hole.node):
                    if isinstance(node, Field) and isinstance(node.target, Name) and node.target.name == "texts":
                        yield node.name, text
        case OneOf(items=items):
            for item in items:
                yield from _said_by(item)
        case ByLocale(replies=replies):
            for item in replies.values():
                yield from _said_by(item)
        case _:
            return
