"""Prints findings for a terminal: the sentence, the lines it is about, carets under them, and the way out.

    error[DL101]: no state is named `gues`
      --> bot.yaml:42:13
    42 |       wait: gues
       |             ^^^^ did you mean `guess`?
       = fix: wait: guess  (--fix)

Carets stand in terminal cells, of which a Chinese character takes two. What a file holds is not trusted: characters
that a terminal obeys or hides are written as escapes. Long lines are cut around the carets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from interpreter.diagnostics.cells import escaped, excerpt
from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Fix
from interpreter.diagnostics.wording import Wording
from interpreter.source.spans import SourceFile, Span

MAX_OF_ONE_CODE = 20
"""How many findings of one code are printed in full; the rest is a count."""

_SEVERITIES = {
    Severity.ERROR: Wording("error", "错误"),
    Severity.WARNING: Wording("warning", "警告"),
    Severity.INFO: Wording("info", "提示"),
}
_FIX, _HELP, _NOTE = Wording("fix", "改为"), Wording("help", "建议"), Wording("note", "说明")
_FLAGS = {Applicability.SAFE: "  (--fix)", Applicability.UNSAFE: "  (--fix=all)", Applicability.MANUAL: ""}
_COLOURS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}
_BOLD, _BLUE, _GREEN = "1", "1;34", "1;32"


def severity_word(severity: Severity, language: str) -> str:
    """`error` or `错误`, and so on."""
    return _SEVERITIES[severity].say(language)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Findings by file and place; equal ones keep their order."""
    return sorted(diagnostics, key=lambda finding: (finding.span.file.name, finding.span.start, finding.code))


def render_text(diagnostics: Iterable[Diagnostic], language: str = "en", colour: bool = False) -> str:
    """All findings in full, in order of file and place; at most twenty of one code."""
    printer = _Printer(language, colour)
    counts: Counter[str] = Counter()
    blocks: list[str] = []
    for finding in in_order(diagnostics):
        counts[finding.code] += 1
        if counts[finding.code] <= MAX_OF_ONE_CODE:
            blocks.append("\n".join(printer.finding(finding)))
    for code, count in sorted(counts.items()):
        if count > MAX_OF_ONE_CODE:
            blocks.append(printer.remainder(code, count - MAX_OF_ONE_CODE))
    return "\n\n".join(blocks) + "\n" if blocks else ""


class _Mark(Struct, frozen=True):
    """A place to underline, and what is said at it."""

    span: Span
    text: str
    primary: bool


class _Printer(Struct, frozen=True):
    """Prints single findings in one language."""

    language: str
    colour: bool

    def finding(self, finding: Diagnostic) -> Iterator[str]:
        """The lines of one finding."""
        severity = finding.severity
        head = f"{severity_word(severity, self.language)}[{finding.code}]"
        yield self._paint(_COLOURS[severity], head) + self._paint(_BOLD, f": {self._say(finding.message)}")
        marks = [_Mark(finding.span, self._say(finding.label) if finding.label else "", True)]
        marks += (_Mark(label.span, self._say(label.text), False) for label in finding.related)
        gutter = max(len(str(mark.span.line)) for mark in marks)
        files = list(dict.fromkeys(mark.span.file for mark in marks))
        for file in files:
            place = next(mark.span for mark in marks if mark.span.file is file)
            arrow = "-->" if file is finding.span.file else ":::"
            yield " " * gutter + self._paint(_BLUE, arrow) + " " + escaped(str(place))
            yield from self._snippet(file, [mark for mark in marks if mark.span.file is file], gutter, severity)
        yield from self._advice(finding, gutter)

    def remainder(self, code: str, count: int) -> str:
        """How many findings of a code were left out."""
        return Wording(f"… and {count} more of {code}", f"…… {code} 另有 {count} 处").say(self.language)

    def _say(self, wording: Wording) -> str:
        return escaped(wording.say(self.language))

    def _paint(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour else text

    def _snippet(self, file: SourceFile, marks: Sequence[_Mark], gutter: int, severity: Severity) -> Iterator[str]:
        if not file.text:
            return
        bar = self._paint(_BLUE, "|")
        last = 0
        for number in sorted({mark.span.line for mark in marks}):
            if last and number > last + 1:
                yield "..."
            last = number
            here = [mark for mark in marks if mark.span.line == number]
            line = file.line_text(number)
            start = file.line_starts[number - 1]
            ranges = [_columns(mark.span, start, len(line)) for mark in here]
            shown, carets = excerpt(line, ranges)
            yield self._paint(_BLUE, f"{number:>{gutter}}") + f" {bar} {shown}".rstrip()
            for mark, (indent, width) in zip(here, carets, strict=True):
                style, sign = (_COLOURS[severity], "^") if mark.primary else (_BLUE, "-")
                under = self._paint(style, f"{sign * width} {mark.text}".rstrip())
                yield f"{'':{gutter}} {bar} {' ' * indent}{under}"

    def _advice(self, finding: Diagnostic, gutter: int) -> Iterator[str]:
        edge = " " * (gutter + 1) + self._paint(_BLUE, "=")
        if finding.fix is not None:
            yield f"{edge} {self._paint(_GREEN, _FIX.say(self.language))}: {_shown(finding.fix)}"
        if (help := finding.way_out) is not None:
            yield f"{edge} {self._paint(_BOLD, _HELP.say(self.language))}: {self._say(help)}"
        for note in finding.notes:
            yield f"{edge} {self._paint(_BOLD, _NOTE.say(self.language))}: {self._say(note)}"


def _shown(fix: Fix) -> str:
    return escaped(fix.shown) + (_FLAGS[fix.applicability] if fix.edits else "")


def _columns(span: Span, line_start: int, line_length: int) -> tuple[int, int]:
    """The part of a span on its first line, in characters of that line."""
    first = min(span.start - line_start, line_length)
    return first, max(first, min(span.end - line_start, line_length))
