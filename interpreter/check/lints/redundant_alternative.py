"""DL409: an alternative that stands twice, or whose messages another alternative takes already."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from interpreter.check.lints.alternatives import Alternative, alternatives_of, inner_spans, plain_text
from interpreter.check.lints.mending import mend
from interpreter.check.lints.regexes import RuleRegex, every_node, literal
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Fix, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import PatternLeaf
from interpreter.dialog.model.rules import Rule
from interpreter.patterns.tree import Mode, Phrase, Variant
from interpreter.source.spans import Span
from interpreter.types.folding import fold
from interpreter.types.regex_tree import Choice, Group, Node

CODE = "DL409"

_TWICE = Wording("`{}` stands twice", "`{}` 重复出现")


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Within the patterns of one rule; between rules it is a matter of their order."""
    regexes: dict[int, list[RuleRegex]] = {}
    for regex in subject.regexes:
        regexes.setdefault(id(regex.rule), []).append(regex)
    for rule in subject.rules:
        yield from _phrases(rule)
        yield from _regexes(regexes.get(id(rule), []))


# ---------------------------------------------------------------------------------------------------- phrases


class _Known(Struct):
    """The alternatives of a rule by what they take."""

    whole: dict[tuple[Mode, Variant], list[Alternative]] = field(default_factory=dict)
    contained: dict[str, list[Alternative]] = field(default_factory=dict)
    lengths: set[int] = field(default_factory=set)

    def add(self, alternative: Alternative) -> None:
        for way in alternative.ways:
            self.whole.setdefault((alternative.mode, way), []).append(alternative)
            text = plain_text(way)
            if alternative.mode == "contains" and text is not None:
                self.contained.setdefault(text, []).append(alternative)
                self.lengths.add(len(text))

    def taker(self, alternative: Alternative, gone: set[int]) -> Alternative | None:
        """An alternative that takes all this one takes; the nearest before it, of several."""
        takers: dict[int, Alternative] | None = None
        for way in alternative.ways:
            found = {id(other): other for other in self._takers(alternative.mode, way) if id(other) not in gone}
            found.pop(id(alternative), None)
            takers = found if takers is None else {key: other for key, other in takers.items() if key in found}
            if not takers:
                return None
        return next(iter(takers.values())) if takers else None

    def _takers(self, mode: Mode, way: Variant) -> Iterator[Alternative]:
        yield from self.whole.get((mode, way), ())
        text = plain_text(way)
        if text is None:
            return
        if mode == "exact":
            yield from self.whole.get(("typo", way), ())
        if mode == "typo":
            return
        for length in sorted(self.lengths):
            for start in range(len(text) - length + 1):
                yield from self.contained.get(text[start : start + length], ())


def _phrases(rule: Rule) -> Iterator[Diagnostic]:
    patterns = rule.trigger.patterns
    if len(patterns) < 2 and not any("|" in leaf.scalar.text for leaf in patterns):
        return
    known = _Known()
    every: list[Alternative] = []
    for leaf in patterns:
        if isinstance(leaf.pattern, Phrase):
            every += alternatives_of(leaf, leaf.pattern)
            yield from _within_brackets(rule, leaf, leaf.pattern)
    if len(every) < 2:
        return
    for alternative in every:
        known.add(alternative)
    gone: set[int] = set()
    for alternative in reversed(every):  # of two that take the same, the later one goes
        taker = known.taker(alternative, gone)
        if taker is not None:
            gone.add(id(alternative))
            yield _redundant(rule, alternative, taker)


def _redundant(rule: Rule, alternative: Alternative, taker: Alternative) -> Diagnostic:
    shown, other = alternative.text.strip(), taker.text.strip()
    is_twice = set(alternative.ways) == set(taker.ways) and alternative.mode == taker.mode
    return Diagnostic(
        CODE,
        alternative.span,
        _fill(_TWICE, shown)
        if is_twice
        else Wording(
            f"`{other}` takes every message that `{shown}` takes", f"`{shown}` 能匹配的消息，`{other}` 都已匹配"
        ),
        related=(Label(taker.span, Wording(f"`{other}` stands here", f"`{other}` 在这里")),),
        help=Wording(f"leave `{shown}` out", f"请去掉 `{shown}`")
        if is_twice or alternative.mode != "contains"
        else Wording(
            f"leave `{shown}` out; `={other}` would take that text alone",
            f"请去掉 `{shown}`；`={other}` 只匹配这几个字本身",
        ),
        fix=None if alternative.is_alone else _removal(rule, alternative.leaf, alternative.start, alternative.end),
    )


def _within_brackets(rule: Rule, leaf: PatternLeaf, phrase: Phrase) -> Iterator[Diagnostic]:
    text = leaf.scalar.text
    for spans in inner_spans(text, 0 if phrase.mode == "contains" else 1):
        seen: dict[str, Span] = {}
        for start, end in spans:
            option = fold(text[start:end])
            if option in seen and option:
                yield Diagnostic(
                    CODE,
                    leaf.scalar.place(start, end),
                    _fill(_TWICE, text[start:end].strip()),
                    related=(Label(seen[option], Wording("it stands here", "第一次在这里")),),
                    fix=_removal(rule, leaf, start, end),
                )
            seen.setdefault(option, leaf.scalar.place(start, end))


def _removal(rule: Rule, leaf: PatternLeaf, start: int, end: int) -> Fix:
    """Leave out an alternative and a bar beside it. A pattern that is the rule's name is also what others call it."""
    first, last = (start - 1, end) if leaf.scalar.text[start - 1 : start] == "|" else (start, end + 1)
    is_name = leaf.scalar.span.start == rule.name.span.start
    return mend(leaf.scalar, first, last, "", Applicability.UNSAFE if is_name else Applicability.SAFE)


# ---------------------------------------------------------------------------------------------------- regexes


def _regexes(regexes: list[RuleRegex]) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, str], PatternLeaf] = {}
    for regex in regexes:
        key = (regex.placed.source, regex.placed.flags)
        if key in seen:
            span = seen[key].scalar.span
            yield Diagnostic(
                CODE,
                regex.leaf.scalar.span,
                _fill(_TWICE, regex.leaf.scalar.text),
                related=(Label(span, Wording("it stands here", "第一次在这里")),),
                help=Wording("leave it out", "请去掉它"),
            )
            continue
        seen[key] = regex.leaf
        for node in every_node(regex.placed.node) if "|" in regex.placed.source else ():
            if isinstance(node, Choice):
                yield from _branches(regex, node)


def _branches(regex: RuleRegex, choice: Choice) -> Iterator[Diagnostic]:
    """Equal branches; at an open end also texts that hold an earlier one."""
    is_open = _body(regex.placed.node) is choice
    ignores_case = "i" in regex.placed.flags
    for index, branch in enumerate(choice.branches):
        for earlier in choice.branches[:index]:
            taken = _is_taken(branch, earlier, is_open=is_open, ignores_case=ignores_case)
            if taken is not None:
                yield _redundant_branch(regex, branch, earlier, taken)
                break


def _body(node: Node) -> Node:
    while isinstance(node, Group) and not node.flags:
        node = node.body
    return node


def _is_taken(branch: Node, earlier: Node, *, is_open: bool, ignores_case: bool) -> Wording | None:
    text, other = literal(branch), literal(earlier)
    if text is not None and other is not None and ignores_case:
        text, other = text.casefold(), other.casefold()
    if branch == earlier or (text is not None and text == other):
        return _TWICE
    if is_open and text and other and other in text:
        return Wording("`{other}` takes every message that `{}` takes", "`{}` 能匹配的消息，`{other}` 都已匹配")
    return None


def _redundant_branch(regex: RuleRegex, branch: Node, earlier: Node, said: Wording) -> Diagnostic:
    shown, other = regex.placed.written(branch), regex.placed.written(earlier)
    start, end = regex.placed.place(branch)
    return Diagnostic(
        CODE,
        regex.span(branch),
        _fill(Wording(said.en.replace("{other}", other), said.zh.replace("{other}", other)), shown),
        related=(Label(regex.span(earlier), Wording(f"`{other}` stands here", f"`{other}` 在这里")),),
        fix=regex.mend(start - 1, end, ""),
    )


def _fill(wording: Wording, shown: str) -> Wording:
    return Wording(wording.en.replace("{}", shown), wording.zh.replace("{}", shown))
