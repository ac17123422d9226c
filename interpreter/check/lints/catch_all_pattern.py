"""DL405: a pattern that every message matches.

Among the root rules it leaves nothing to later rules and to `fallback`. In a state it is reported only when it captures
nothing: with a capture it is a way to take the whole message.
"""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.answering import always_answers
from interpreter.check.lints.regexes import RuleRegex, branches, parts, shortest, takes_any
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import PatternLeaf
from interpreter.dialog.model.rules import Rule
from interpreter.patterns.tree import Phrase, Slot
from interpreter.types.kinds import TextType
from interpreter.types.regex_tree import Assertion, Char, Chars, Choice, Group, Node, Repeat

CODE = "DL405"

_STARTS = frozenset(("^", r"\A"))
_ENDS = frozenset(("$", r"\z"))


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Rules that answer under no other condition."""
    root = {id(rule) for rule in subject.root_rules}
    for regex in subject.regexes:
        if _takes_everything(regex):
            yield from _report(regex.rule, regex.leaf, subject, is_root=id(regex.rule) in root)
    for rule in subject.rules:
        for leaf in rule.trigger.patterns:
            if isinstance(leaf.pattern, Phrase) and leaf.pattern.captures and _is_only_a_slot(leaf.pattern):
                yield from _report(rule, leaf, subject, is_root=id(rule) in root)


def _report(rule: Rule, leaf: PatternLeaf, subject: Subject, *, is_root: bool) -> Iterator[Diagnostic]:
    takes_part = leaf.pattern.captures or leaf.pattern.groups
    if not always_answers(rule, subject.bot) or (takes_part and not is_root):
        return
    yield Diagnostic(
        CODE,
        leaf.scalar.span,
        Wording("every message matches this pattern", "任何消息都匹配这个模式"),
        label=Wording(
            "no later rule and no `fallback` gets its turn" if is_root else "no later rule gets its turn",
            "后面的规则和 `fallback` 都轮不到" if is_root else "后面的规则都轮不到",
        ),
        help=Wording(
            "answer what no rule takes in `fallback`; the whole message is `$(text)`",
            "没有规则匹配时的回答写在 `fallback` 里；整条消息是 `$(text)`",
        )
        if is_root
        else Wording(
            "write `otherwise` for what no rule takes, or `message: text` for any text",
            "没有规则匹配时的回答写在 `otherwise` 里；任意文本写 `message: text`",
        ),
    )


def _is_only_a_slot(phrase: Phrase) -> bool:
    return any(
        len(variant) == 1
        and isinstance(slot := variant[0], Slot)
        and isinstance(slot.type, TextType)
        and slot.type.form is None
        and slot.type.digits is None
        for variant in phrase.variants
    )


def _takes_everything(regex: RuleRegex) -> bool:
    if regex.pattern.required:
        return False
    return any(_matches_all(list(_flat(branch))) for branch in branches(_unwrapped(regex.placed.node)))


def _unwrapped(node: Node) -> Node:
    while isinstance(node, Group) and not node.flags:
        node = node.body
    return node


def _flat(node: Node) -> Iterator[Node]:
    """What follows one another, groups opened."""
    for part in parts(node):
        if isinstance(part, Group) and not part.flags and not isinstance(part.body, Choice):
            yield from _flat(part.body)
        else:
            yield part


def _matches_all(pieces: list[Node]) -> bool:
    from_start = to_end = False
    while pieces and isinstance(pieces[0], Assertion) and pieces[0].re2 in _STARTS:
        from_start, pieces = True, pieces[1:]
    while pieces and isinstance(pieces[-1], Assertion) and pieces[-1].re2 in _ENDS:
        to_end, pieces = True, pieces[:-1]
    if any(_asserts(piece) for piece in pieces):
        return False
    needed = [piece for piece in pieces if shortest(piece)]
    if from_start and to_end:
        return len(needed) <= 1 and any(_goes_on(piece) and needed in ([], [piece]) for piece in pieces)
    return not needed or (len(needed) == 1 and _is_one_of_any(needed[0], even_blanks=from_start or to_end))


def _asserts(node: Node) -> bool:
    """Whether a place such as `^` must be somewhere in it; within an option it need not be."""
    match node:
        case Assertion():
            return True
        case Group(body=body):
            return _asserts(body)
        case Repeat(body=body, low=low):
            return low > 0 and _asserts(body)
        case Char() | Chars():
            return False
        case _:
            return any(_asserts(piece) for piece in (node.branches if isinstance(node, Choice) else parts(node)))


def _goes_on(node: Node) -> bool:
    """`.*`, `.+`."""
    return (
        isinstance(node, Repeat)
        and node.high is None
        and node.low <= 1
        and isinstance(node.body, Chars)
        and takes_any(node.body.re2, even_blanks=True)
    )


def _is_one_of_any(node: Node, *, even_blanks: bool) -> bool:
    """One character, whichever it is, and perhaps more."""
    if isinstance(node, Repeat) and node.low == 1:
        node = node.body
    return isinstance(node, Chars) and takes_any(node.re2, even_blanks=even_blanks)
