"""DL403: a repetition within a repetition that alone makes up the outer one, such as `(a+)*`.

An engine that backtracks tries every way to share the text out between the two, which are exponentially many. Here it
takes linear time all the same, but it says nothing that one repetition would not say.
"""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.regexes import RuleRegex, every_node, parts, shortest
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.types.regex_tree import Choice, Group, Node, Repeat

CODE = "DL403"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The outermost of each nest."""
    for regex in subject.regexes:
        reported: set[int] = set()
        for node in every_node(regex.placed.node):
            if isinstance(node, Repeat) and node.high is None and id(node) not in reported:
                within = _alone(node.body)
                if within is not None:
                    reported.update(id(below) for below in every_node(node))
                    yield _nested(regex, node, within)


def _alone(node: Node) -> Repeat | None:
    """An unbounded repetition that can be all that a node takes."""
    match node:
        case Repeat(high=None):
            return node
        case Repeat(body=body) | Group(body=body):
            return _alone(body)
        case Choice(branches=branches):
            return next((found for branch in branches if (found := _alone(branch))), None)
        case _:
            pieces = parts(node)
            if len(pieces) < 2:
                return None
            needed = [piece for piece in pieces if shortest(piece)]
            if len(needed) > 1:
                return None
            return next((found for piece in needed or pieces if (found := _alone(piece))), None)


def _nested(regex: RuleRegex, outer: Repeat, within: Repeat) -> Diagnostic:
    start, _ = regex.placed.place(within)
    after_body = regex.placed.place(within.body)[1]
    end = regex.placed.place(within)[1]
    shown = regex.placed.source[start:end]
    is_plus = within.low == 1
    return Diagnostic(
        CODE,
        regex.span(outer),
        Wording("a repetition is repeated", "重复里又套了重复"),
        label=Wording("linear here, exponential in engines that backtrack", "在这里是线性时间，在回溯引擎中是指数时间"),
        related=(Label(regex.span(within), Wording(f"`{shown}` repeats already", f"`{shown}` 本身已经在重复")),),
        help=Wording("one repetition says the same: drop the inner or the outer one", "一层重复就够了：去掉里层或外层"),
        fix=regex.mend(after_body, end, "") if is_plus else None,
    )
