"""Comments that silence findings: `# dialog-lint: ignore DL303 the reason`.

Behind a line such a comment speaks of that line, on a line of its own of the next one, and above everything else in a
file of the whole file. A place inside a text of several lines is silenced where the text begins or ends. A comment
that names no code, an unknown one or one that nothing here is found for, and one without a reason, is itself a finding.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from interpreter.diagnostics.codes import CODES
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.source.spans import SourceFile, Span
from interpreter.source.tree import Mapping, Node, Scalar
from interpreter.source.tree import Sequence as SequenceNode

CODE = "DL016"
MARK = "dialog-lint:"

# Patterns for `re` to compile once one of them is needed: most files hold no such comment.
_COMMENT = r"(?<!\S)#+[ \t]*dialog-lint:[ \t]*(?P<verb>[^\s#,:]*)(?P<rest>[^\r\n]*)"
_CODE = r"[ \t:,，、]*(?P<code>(?i:DL[0-9][0-9A-Z]*))"
_VERBS = ("ignore", "disable", "noqa", "skip", "off", "silence", "suppress")
_EXAMPLE = "# dialog-lint: ignore DL303"

_STAYS = Wording("an error that keeps the bot from running cannot be ignored", "机器人因此无法运行的错误不能用注释忽略")


class IgnoreComment(Struct, frozen=True, eq=False):
    """One comment; `line` is the line it speaks of, None for the whole file."""

    span: Span
    line: int | None
    verb: Span
    codes: tuple[tuple[str, Span], ...]
    reason: str

    def reaches(self, line: int) -> bool:
        """Whether it speaks of a line."""
        return self.line is None or self.line == line

    @property
    def is_understood(self) -> bool:
        """Whether it says `ignore` and what."""
        return self.verb.file.text[self.verb.start : self.verb.end] == "ignore" and bool(self.codes)


class FileIgnores(Struct, frozen=True, eq=False):
    """The comments of one file, and its texts of several lines by where they begin."""

    file: SourceFile
    comments: tuple[IgnoreComment, ...]
    long_texts: tuple[tuple[int, int], ...]

    def lines_of(self, span: Span) -> tuple[int, ...]:
        """The lines where a comment reaches a place."""
        index = bisect_right(self.long_texts, (span.start, len(self.file.text))) - 1
        if index >= 0:
            start, end = self.long_texts[index]
            if start <= span.start < end:
                return span.line, self.file.line_column(start)[0], self.file.line_column(end)[0]
        return (span.line,)


def read_ignores(file: SourceFile, tree: Node | None) -> FileIgnores | None:
    """The comments of a file; None of one that has none, as JSON cannot."""
    if MARK not in file.text or tree is None or file.name.lower().endswith(".json"):
        return None
    scalars = sorted(_scalars(tree), key=lambda scalar: scalar.span.start)
    inside = [_content(scalar) for scalar in scalars]
    head = scalars[0].span.start if scalars else len(file.text)
    comments = tuple(
        _comment(file, found, head) for found in re.finditer(_COMMENT, file.text) if _is_outside(found, inside)
    )
    if not comments:
        return None
    spans = ((scalar.span.start, scalar.span.end) for scalar in scalars)
    long_texts = tuple(dict.fromkeys(each for each in spans if "\n" in file.text[each[0] : each[1]].rstrip()))
    return FileIgnores(file, comments, long_texts)


def silence(findings: Iterable[Diagnostic], ignores: Sequence[FileIgnores], *, complete: bool) -> Iterator[Diagnostic]:
    """The findings that no comment silences, and what is wrong with the comments.

    Args:
        findings: All findings of a bot.
        ignores: The comments of its files.
        complete: Whether every check has run. If not, the bot has errors; they stay, and no comment is called idle.
    """
    by_file = {each.file.name: each for each in ignores}
    used: set[tuple[int, str]] = set()
    for finding in findings:
        comments = _reaching(finding, by_file.get(finding.span.file.name))
        used.update((id(comment), finding.code) for comment in comments)
        if not comments:
            yield finding
        elif finding.is_error and not complete:
            yield replace(finding, notes=(*finding.notes, _STAYS))
    for of_file in ignores:
        for comment in of_file.comments:
            yield from _judge(comment, used, complete=complete)


def _reaching(finding: Diagnostic, ignores: FileIgnores | None) -> list[IgnoreComment]:
    if ignores is None:
        return []
    lines = ignores.lines_of(finding.span)
    return [
        comment
        for comment in ignores.comments
        if comment.is_understood
        and any(map(comment.reaches, lines))
        and any(code == finding.code for code, _ in comment.codes)
    ]


# ---------------------------------------------------------------------------------------------------- reading


def _scalars(tree: Node) -> Iterator[Scalar]:
    pending, seen = [tree], set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case Scalar():
                yield node
            case SequenceNode(items=items):
                pending.extend(items)
            case Mapping(entries=entries):
                for entry in entries:
                    pending += (entry.key, entry.value)


def _content(scalar: Scalar) -> tuple[int, int]:
    """Where a `#` belongs to the text: of a block scalar, below the line with its `|` or `>`."""
    start, end = scalar.span.start, scalar.span.end
    if scalar.style in ("literal", "folded"):
        below = scalar.span.file.text.find("\n", start, end)
        start = below + 1 if below >= 0 else end
    return start, end


def _is_outside(found: re.Match[str], inside: Sequence[tuple[int, int]]) -> bool:
    index = bisect_right(inside, (found.start(), found.end() + 1)) - 1
    return index < 0 or found.start() >= inside[index][1]


def _comment(file: SourceFile, found: re.Match[str], head: int) -> IgnoreComment:
    number, column = file.line_column(found.start())
    is_alone = not file.line_text(number)[: column - 1].strip()
    line: int | None = number
    if is_alone:
        line = None if found.start() < head else _next_line(file, number)
    codes = []
    position = found.start("rest")
    while match := re.compile(_CODE).match(file.text, position, found.end()):
        codes.append((match["code"].upper(), Span(file, match.start("code"), match.end("code"))))
        position = match.end()
    reason = file.text[position : found.end()].strip(" \t:：,，-–—()（）")
    end = found.start() + len(found[0].rstrip())
    verb = Span(file, found.start("verb"), found.end("verb"))
    return IgnoreComment(Span(file, found.start(), end), line, verb, tuple(codes), reason)


def _next_line(file: SourceFile, number: int) -> int:
    """The line below a comment that holds something else than comments."""
    for other in range(number + 1, len(file.line_starts) + 1):
        text = file.line_text(other).strip()
        if text and not text.startswith("#"):
            return other
    return number


# ---------------------------------------------------------------------------------------------------- judging


def _judge(comment: IgnoreComment, used: set[tuple[int, str]], *, complete: bool) -> Iterator[Diagnostic]:
    """What is wrong with a comment."""
    if not comment.is_understood:
        yield _not_understood(comment)
        return
    unknown = {code for code, _ in comment.codes if code not in CODES}
    idle = {code for code, _ in comment.codes if complete and (id(comment), code) not in used} - unknown
    removes_all = all(code in unknown | idle for code, _ in comment.codes)
    for index, (code, span) in enumerate(comment.codes):
        if code in unknown:
            yield _removable(comment, index, span, removes_all, _unknown(code))
        elif code in idle:
            yield _removable(comment, index, span, removes_all, _idle(code))
    if not comment.reason and not removes_all:
        yield Diagnostic(
            CODE,
            comment.span,
            Wording("this comment does not say why", "这条注释没有写理由"),
            help=Wording("write the reason after the code", "在代码后面写上理由"),
        )


def _not_understood(comment: IgnoreComment) -> Diagnostic:
    verb = comment.verb
    word = verb.file.text[verb.start : verb.end]
    if word in ("", "ignore"):
        message = Wording("this comment names no code to ignore", "这条注释没有写要忽略的代码")
    else:
        message = Wording(f"`dialog-lint: {word}` is not understood", f"无法理解 `dialog-lint: {word}`")
    fix = None
    if word != "ignore" and comment.codes and nearest(word, _VERBS):
        text = verb.file.text
        shown = text[comment.span.start : verb.start] + "ignore" + text[verb.end : comment.span.end]
        fix = Fix(shown, (Edit(verb, "ignore"),), Applicability.SAFE)
    wanted = Wording(f"write `{_EXAMPLE} and the reason`", f"写成 `{_EXAMPLE} 理由`")
    return Diagnostic(CODE, comment.span, message, help=None if fix else wanted, fix=fix)


def _unknown(code: str) -> Wording:
    return Wording(f"there is no code `{code}`", f"没有代码 `{code}`")


def _idle(code: str) -> Wording:
    return Wording(f"there is no {code} here to ignore", f"这里没有需要忽略的 {code}")


def _removable(comment: IgnoreComment, index: int, span: Span, removes_all: bool, message: Wording) -> Diagnostic:
    edit = _without_comment(comment) if removes_all else _without_code(comment, index)
    text = span.file.text
    before, after = text[comment.span.start : edit.span.start], text[edit.span.end : comment.span.end]
    shown = f"- {text[comment.span.start : comment.span.end]}" if removes_all else before + after
    return Diagnostic(CODE, span, message, fix=Fix(shown, (edit,), Applicability.SAFE))


def _without_comment(comment: IgnoreComment) -> Edit:
    """Take a comment out, with its line when nothing else stands there."""
    file, start, end = comment.span.file, comment.span.start, comment.span.end
    line = comment.span.line
    first = file.line_starts[line - 1]
    if not file.text[first:start].strip():
        last = file.line_starts[line] if line < len(file.line_starts) else len(file.text)
        return Edit(Span(file, first, last), "")
    return Edit(Span(file, first + len(file.text[first:start].rstrip()), end), "")


def _without_code(comment: IgnoreComment, index: int) -> Edit:
    """Take one code of several out, with what divides it from its neighbour."""
    spans = [span for _, span in comment.codes]
    span = spans[index]
    if index + 1 < len(spans):
        return Edit(Span(span.file, span.start, spans[index + 1].start), "")
    return Edit(Span(span.file, spans[index - 1].end, span.end), "")
