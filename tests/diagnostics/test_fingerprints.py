"""Fingerprints stay while findings move."""

from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.fingerprints import fingerprints
from interpreter.diagnostics.wording import Wording
from interpreter.source.spans import SourceFile, Span


def finding(text: str, piece: str, code: str = "DL101") -> Diagnostic:
    start = text.index(piece)
    return Diagnostic(code, Span(SourceFile("bot.yaml", text), start, start + len(piece)), Wording("en", "zh"))


def test_lines_above_and_indentation_do_not_matter() -> None:
    assert fingerprints([finding("a: b\n", "b")]) == fingerprints([finding("# new\n\n   a: b\n", "b")])


def test_another_line_code_or_place_does() -> None:
    every = [finding("a: b", "b"), finding("a: b", "a"), finding("a: bb", "b"), finding("a: b", "b", "DL102")]
    assert len(set(fingerprints(every))) == len(every)


def test_equal_findings_are_numbered() -> None:
    same = finding("a: b\n", "b")
    first, second = fingerprints([same, same])
    assert first != second
    assert fingerprints([same]) == [first]
