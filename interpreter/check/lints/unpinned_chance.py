"""Tests that expect what only chance can say, though chance is not given: they hold today and fail tomorrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from interpreter.check.lints.replies import parts_of, within
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import TalkLine, Test
from interpreter.dialog.model.replies import OneOf, Reply, Say

CODE = "DL802"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Each expected reply of one line that stands in random lists and nowhere else."""
    tests = [test for test in subject.bot.tests if all(name.text != "random" for name, _ in test.given)]
    if not tests:
        return
    by_chance = _only_by_chance(subject)
    for test in tests:
        for line in _whole_replies(test):
            picked = by_chance.get(line.text.strip())
            if picked is not None:
                yield _unpinned(line, picked)


def _only_by_chance(subject: Subject) -> Mapping[str, OneOf]:
    """The texts that are said only as a pick among several."""
    found: dict[str, OneOf] = {}
    chosen: set[int] = set()
    for reply in subject.replies:
        if isinstance(reply, OneOf) and reply.mode in ("random", "shuffle") and _varies(reply):
            for item in reply.items:
                chosen.update(id(inner) for inner in within(item))
                if isinstance(item, Say) and not item.text.template.holes:
                    found.setdefault(item.text.scalar.text.strip(), reply)
    sure = {
        reply.text.scalar.text.strip()
        for reply in subject.replies
        if isinstance(reply, Say) and id(reply) not in chosen
    }
    return {text: reply for text, reply in found.items() if text not in sure}


def _varies(reply: Reply) -> bool:
    texts = {part.text.scalar.text.strip() if isinstance(part, Say) else str(id(part)) for part in parts_of(reply)}
    return len(texts) > 1


def _whole_replies(test: Test) -> Iterator[TalkLine]:
    """The expectations of one line, without wildcards."""
    lines: list[TalkLine | None] = [None, *test.lines, None]
    for index, (before, line) in enumerate(pairwise(lines), 1):
        after = lines[index + 1] if index + 1 < len(lines) else None
        alone = not any(other is not None and other.kind == "expect" for other in (before, after))
        if line is not None and line.kind == "expect" and alone and "*" not in line.text:
            yield line


def _unpinned(line: TalkLine, picked: OneOf) -> Diagnostic:
    return Diagnostic(
        CODE,
        line.span,
        Wording(
            "this reply is picked at random, and the test does not pin it", "这条回复是随机选出的，而测试没有固定它"
        ),
        related=(Label(picked.span, Wording("one of these is said", "从这里随机选一条")),),
        help=Wording(
            "give `random` under `given`: 0 picks the first, or expect `*`",
            "请在 `given` 里给定 `random`（0 选第一条），或期望 `*`",
        ),
    )
