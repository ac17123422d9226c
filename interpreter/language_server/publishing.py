"""Diagnostics and fixes as the protocol has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lsprotocol import types

from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit
from interpreter.diagnostics.fixing import edits_by_file
from interpreter.diagnostics.wording import Wording
from interpreter.source.spans import Span

SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
SOURCE = "dialog-lint"

ToRange = Callable[[Span], types.Range]
ToUri = Callable[[str], str]


def to_protocol(diagnostic: Diagnostic, language: str, to_range: ToRange, to_uri: ToUri) -> types.Diagnostic:
    """A diagnostic, with its label, notes and help below its message."""
    lines = [diagnostic.message.say(language)]
    lines += [each.say(language) for each in (diagnostic.label, *diagnostic.notes, diagnostic.way_out) if each]
    if diagnostic.fix is not None:
        lines.append(_FIX.say(language) + diagnostic.fix.shown)
    return types.Diagnostic(
        range=to_range(diagnostic.span),
        severity=SEVERITIES[diagnostic.severity],
        code=diagnostic.code,
        source=SOURCE,
        message="\n".join(lines),
        related_information=[
            types.DiagnosticRelatedInformation(
                types.Location(to_uri(label.span.file.name), to_range(label.span)), label.text.say(language)
            )
            for label in diagnostic.related
        ],
    )


def quick_fixes(
    diagnostics: Iterable[Diagnostic], file: str, start: int, end: int, language: str, to_range: ToRange, to_uri: ToUri
) -> Iterator[types.CodeAction]:
    """The fixes of what was found within a range of a file."""
    for diagnostic in diagnostics:
        fix, span = diagnostic.fix, diagnostic.span
        if fix is None or not fix.edits or span.file.name != file or span.end < start or end < span.start:
            continue
        yield types.CodeAction(
            title=_FIX.say(language) + fix.shown,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[to_protocol(diagnostic, language, to_range, to_uri)],
            is_preferred=fix.applicability is Applicability.SAFE,
            edit=to_workspace_edit(fix.edits, to_range, to_uri),
        )


def fix_all(
    diagnostics: Iterable[Diagnostic], file: str, language: str, to_range: ToRange, to_uri: ToUri
) -> types.CodeAction | None:
    """Everything in a file that may be mended without asking."""
    edits = edits_by_file(diagnostics).get(file)
    if not edits:
        return None
    return types.CodeAction(
        title=_ALL.say(language),
        kind=types.CodeActionKind.SourceFixAll,
        edit=to_workspace_edit(edits, to_range, to_uri),
    )


def to_workspace_edit(edits: Iterable[Edit], to_range: ToRange, to_uri: ToUri) -> types.WorkspaceEdit:
    """Edits by file."""
    changes: dict[str, list[types.TextEdit]] = {}
    for edit in edits:
        changes.setdefault(to_uri(edit.span.file.name), []).append(types.TextEdit(to_range(edit.span), edit.text))
    return types.WorkspaceEdit(changes=changes)


_FIX = Wording("fix: ", "修复：")
_ALL = Wording("fix all that is safe to fix", "修复所有可安全修复的问题")
