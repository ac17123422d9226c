"""DL408: `^` on the first alternative only and `$` on the last only, as in `/^是|否$/`."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.regexes import RuleRegex, every_node, parts
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.types.regex_tree import Assertion, Choice, Node

CODE = "DL408"

_STARTS = ("^", r"\A")
_ENDS = ("$", r"\z")


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Where both stand, once each, at the outer ends: one alone may be meant."""
    for regex in subject.regexes:
        node = regex.placed.node
        if not isinstance(node, Choice):
            continue
        bound = [each for each in every_node(node) if isinstance(each, Assertion) and each.re2 in _STARTS + _ENDS]
        if len(bound) != 2 or bound[0].re2 not in _STARTS or bound[1].re2 not in _ENDS:
            continue
        first, last = parts(node.branches[0]), parts(node.branches[-1])
        if first and first[0] is bound[0] and last and last[-1] is bound[1]:
            yield _half_bound(regex, node, bound[0], bound[1])


def _half_bound(regex: RuleRegex, choice: Choice, start: Node, end: Node) -> Diagnostic:
    source = regex.placed.source
    first, last = regex.placed.written(choice.branches[0]), regex.placed.written(choice.branches[-1])
    opening, closing = regex.placed.written(start), regex.placed.written(end)
    inside = regex.placed.place(start)[1], regex.placed.place(end)[0]
    return Diagnostic(
        CODE,
        regex.span(start),
        Wording(
            f"`{opening}` binds `{first}` only, and `{closing}` binds `{last}` only",
            f"`{opening}` 只作用于 `{first}`，`{closing}` 只作用于 `{last}`",
        ),
        label=Wording("of the first alternative", "只属于第一个备选"),
        related=(Label(regex.span(end), Wording("of the last alternative", "只属于最后一个备选")),),
        help=Wording("put the alternatives into a group", "把备选放进一个分组"),
        fix=regex.mend(*inside, f"(?:{source[slice(*inside)]})"),
    )
