"""Which fixes are taken when several touch one place."""

from __future__ import annotations

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.fixing import apply_edits, edits_by_file
from interpreter.diagnostics.wording import Wording
from interpreter.source.spans import SourceFile, Span

FILE = SourceFile("bot.yaml", "one two three four")
SAFE, UNSAFE = Applicability.SAFE, Applicability.UNSAFE


def mend(start: int, end: int, text: str, applicability: Applicability = SAFE) -> Diagnostic:
    span = Span(FILE, start, end)
    return Diagnostic("DL003", span, Wording("x", "x"), fix=Fix(text, (Edit(span, text),), applicability))


def mended(*diagnostics: Diagnostic) -> str:
    return apply_edits(FILE.text, edits_by_file(diagnostics, (SAFE, UNSAFE)).get(FILE.name, ()))


def test_fixes_of_different_places_are_all_taken() -> None:
    assert mended(mend(8, 13, "3"), mend(0, 3, "1"), mend(4, 7, "2"), mend(18, 18, "!")) == "1 2 3 four!"


def test_of_two_fixes_that_overlap_the_first_is_taken() -> None:
    assert mended(mend(0, 7, "1 2"), mend(4, 13, "2 3")) == "1 2 three four"
    assert mended(mend(0, 3, "1"), mend(0, 3, "2")) == "1 two three four"
    assert mended(mend(3, 3, ","), mend(3, 3, ";")) == "one, two three four"
    assert mended(mend(0, 3, "1"), mend(3, 3, ",")) == "1 two three four"


def test_a_fix_that_covers_those_before_it_is_taken_in_their_place() -> None:
    assert mended(mend(0, 3, "1"), mend(4, 7, "2"), mend(0, 13, "all"), mend(14, 18, "4")) == "all 4"


def test_a_fix_that_covers_only_some_of_those_before_it_is_not_taken() -> None:
    assert mended(mend(0, 3, "1"), mend(4, 9, "2"), mend(0, 7, "both")) == "1 2hree four"


def test_a_fix_that_is_less_safe_does_not_take_the_place_of_a_safe_one() -> None:
    assert mended(mend(4, 7, "2"), mend(0, 13, "all", UNSAFE)) == "one 2 three four"
    assert mended(mend(4, 7, "2", UNSAFE), mend(0, 13, "all", UNSAFE)) == "all four"
