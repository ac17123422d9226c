"""Which findings `dialog-lint` reports, and which of them count: `--select`, `--ignore`, `--fail-on`, `--baseline`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from interpreter.cli.boundary import UsageError
from interpreter.diagnostics.codes import CODES, Severity
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.fingerprints import fingerprints
from interpreter.diagnostics.render import in_order
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


class Choice(Struct, frozen=True):
    """Codes as they were given, whole or as beginnings (`DL3`); nothing selected means everything."""

    selected: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def takes(self, code: str) -> bool:
        """Whether findings of a code are reported."""
        return (not self.selected or code.startswith(self.selected)) and not code.startswith(self.ignored or ("-",))

    def takes_finding(self, finding: Diagnostic) -> bool:
        """Whether a finding is reported."""
        return self.takes(finding.code)


def read_choice(selected: Sequence[str] | None, ignored: Sequence[str] | None) -> Choice:
    """The choice that `--select` and `--ignore` make.

    Raises:
        UsageError: there is no such code.
    """
    return Choice(tuple(_codes(selected or ())), tuple(_codes(ignored or ())))


def read_code(word: str) -> str:
    """A single code, given as `DL303`, `dl303` or by its name.

    Raises:
        UsageError: there is no such code.
    """
    code = _by_name().get(word.strip().lower(), word.strip().upper())
    if code not in CODES:
        raise _unknown(word)
    return code


def _codes(words: Iterable[str]) -> Iterator[str]:
    by_name = _by_name()
    for word in (part.strip() for given in words for part in given.replace("，", ",").split(",")):
        if not word:
            continue
        code = by_name.get(word.lower(), word.upper())
        if not any(known.startswith(code) for known in CODES):
            raise _unknown(word)
        yield code


def _by_name() -> dict[str, str]:
    return {code.name: code.code for code in CODES.values()}


def _unknown(word: str) -> UsageError:
    family = [code for code in CODES if code.startswith(word[:3].upper())]
    near = nearest(word, (*_by_name(), *family, *CODES))
    meant, meant_zh = (f"; did you mean {near}?", f"；是不是 {near}？") if near else ("", "")
    return UsageError(
        Wording(
            f"no check has the code `{word}`{meant} (--list-rules shows all)",
            f"没有代码 `{word}`{meant_zh}（--list-rules 可列出全部）",
        )
    )


def fails(findings: Iterable[Diagnostic], level: str) -> bool:
    """Whether there is a finding of a severity, or of a worse one."""
    counted = _ORDER[: _ORDER.index(Severity(level)) + 1]
    return any(finding.severity in counted for finding in findings)


def read_baseline(path: Path) -> frozenset[str]:
    """The fingerprints of an earlier report, written by `--format json` (or `jsonl`, or `gitlab`).

    Raises:
        UsageError: the file is not there, or is no such report.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise _no_baseline(path) from None
    import json

    try:
        report = json.loads(text)
    except ValueError:
        report = _lines(text, path)
    findings = report.get("diagnostics", [report]) if isinstance(report, dict) else report
    if not isinstance(findings, list) or not all(isinstance(each, dict) and "fingerprint" in each for each in findings):
        raise _no_baseline(path)
    return frozenset(str(each["fingerprint"]) for each in findings)


def _lines(text: str, path: Path) -> list[object]:
    import json

    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        raise _no_baseline(path) from None


def _no_baseline(path: Path) -> UsageError:
    return UsageError(
        Wording(
            f"{path}: not a report of findings; write one with --format json --output {path}",
            f"{path}：不是结果文件，可用 --format json --output {path} 生成",
        )
    )


def not_in_baseline(findings: Iterable[Diagnostic], known: frozenset[str]) -> list[Diagnostic]:
    """The findings that an earlier report did not have."""
    ordered = in_order(findings)
    if not known:
        return ordered
    return [each for each, mark in zip(ordered, fingerprints(ordered), strict=True) if mark not in known]
