"""What a finding is known by from one run to the next, wherever its line has moved to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from interpreter.diagnostics.diagnostic import Diagnostic


def fingerprints(findings: Iterable[Diagnostic]) -> list[str]:
    """One for each finding, in their order: equal findings of a file are told apart by their number.

    A fingerprint does not change with the language, with lines that come or go elsewhere, or with indentation.
    """
    seen: Counter[str] = Counter()
    made = []
    for finding in findings:
        known = _known_by(finding)
        seen[known] += 1
        made.append(_digest(f"{known}\0{seen[known]}"))
    return made


def _known_by(finding: Diagnostic) -> str:
    file, span = finding.span.file, finding.span
    line = file.line_text(span.line).strip()
    return "\0".join((finding.code, file.name.replace("\\", "/"), line, file.text[span.start : span.end]))


def _digest(text: str) -> str:
    import hashlib  # takes OpenSSL along

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
