"""The finding itself."""

from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.source.spans import SourceFile, Span


def test_severity_is_that_of_the_code() -> None:
    place = Span(SourceFile("a", ""), 0, 0)
    error, info = (Diagnostic(code, place, Wording("x", "某")) for code in ("DL001", "DL018"))
    assert (error.severity, error.is_error) == (Severity.ERROR, True)
    assert (info.severity, info.is_error) == (Severity.INFO, False)
