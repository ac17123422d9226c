"""Values that YAML tore at a comma: `{en: wrong, try again}` is a map with a key `try again` and nothing under it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.wrong_values import shown
from interpreter.source.spans import Span
from interpreter.source.tree import Entry, Mapping, Scalar


def torn_values(node: Mapping, unknown: Sequence[Entry]) -> tuple[list[Diagnostic], list[Entry]]:
    """What to say of the keys that are the rest of torn values, once per value, and the unknown keys that are not."""
    strange = {id(entry) for entry in unknown}
    torn: list[tuple[Entry, list[Entry]]] = []
    whole: Entry | None = None
    for entry in node.entries if node.flow else ():
        if id(entry) not in strange or not _is_bare(entry):
            whole = entry
        elif whole is not None and _is_plain_text(whole):
            if not torn or torn[-1][0] is not whole:
                torn.append((whole, []))
            torn[-1][1].append(entry)
            strange.remove(id(entry))
    return [_torn(first, rest) for first, rest in torn], [entry for entry in unknown if id(entry) in strange]


def _is_plain_text(entry: Entry) -> bool:
    return isinstance(entry.value, Scalar) and entry.value.is_plain and not entry.value.is_empty


def _is_bare(entry: Entry) -> bool:
    """Whether it is a key without a colon."""
    span = entry.key.span
    after = span.file.text[span.end : span.end + 64].lstrip()
    return entry.key.is_plain and isinstance(entry.value, Scalar) and entry.value.is_empty and after[:1] in (",", "}")


def _torn(whole: Entry, rest: Sequence[Entry]) -> Diagnostic:
    file = whole.key.span.file
    span = Span(file, whole.value.span.start, rest[-1].key.span.end)
    written = file.text[span.start : span.end]
    name, key = whole.key.text, shown(rest[0].key.text)
    quoted = json.dumps(written, ensure_ascii=False)
    fix = Fix(f"{name}: {quoted}", (Edit(span, quoted),), Applicability.SAFE) if "\n" not in written else None
    return Diagnostic(
        "DL011",
        rest[0].key.span,
        Wording(
            f"YAML ended the text of `{name}` at a comma, so `{key}` is a key",
            f"YAML 在逗号处截断了 `{name}` 的文本，于是 `{key}` 成了一个键",
        ),
        label=Wording("a comma inside { } ends a value", "{ } 中的逗号会结束一个值"),
        help=Wording("quote the whole text", "请给整段文本加上引号"),
        fix=fix,
    )
