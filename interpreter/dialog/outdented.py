"""Keys that stand beside the key they belong under: `order:` and, no deeper, its `pattern:` and `reply:`."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.shapes import ByKind, Fields, Ref, Shape
from interpreter.dialog.wrong_values import listed
from interpreter.source.spans import Span
from interpreter.source.tree import Entry, Mapping, Scalar

_AT_MOST = 6


def outdented_keys(node: Mapping, inner: Fields) -> list[tuple[Entry, list[Entry]]]:
    """The entries of a map of such things under which nothing stands, each with the keys of one that follow it."""
    found: list[tuple[Entry, list[Entry]]] = []
    owner: Entry | None = None
    for entry in () if node.flow else node.entries:
        if owner is not None and entry.key.text in inner.by_name:
            if not found or found[-1][0] is not owner:
                found.append((owner, []))
            found[-1][1].append(entry)
        else:
            owner = entry if isinstance(entry.value, Scalar) and entry.value.is_empty else None
    return found


def fields_inside(shape: Shape | None, named: ReadOnly[str, Shape]) -> Fields | None:
    """The mapping with known keys that may stand at a place, if there is one kind of it."""
    while isinstance(shape, Ref):
        shape = named[shape.name]
    match shape:
        case ByKind(map=inner):
            return fields_inside(inner, named)
        case Fields(rest=None):
            return shape
        case _:
            return None


def outdented_names(node: Mapping, shape: Fields) -> list[tuple[Entry, list[Entry]]]:
    """The same for keys of which the author's own names belong under: `rules:` and, at the margin, `hello: hi`."""
    found: list[tuple[Entry, list[Entry]]] = []
    owner: Entry | None = None
    for entry in () if node.flow else node.entries:
        known = shape.by_name.get(entry.key.text)
        if known is None and owner is not None:
            if not found or found[-1][0] is not owner:
                found.append((owner, []))
            found[-1][1].append(entry)
        elif known is not None:
            is_empty = isinstance(entry.value, Scalar) and entry.value.is_empty
            owner = entry if is_empty and known.name in _TAKING_NAMES else None
    return found


_TAKING_NAMES = ("rules", "vars", "states", "flows", "texts", "entities", "tests", "services")


def not_indented(owner: Entry, children: Sequence[Entry]) -> Diagnostic:
    """What to say of an entry whose keys stand beside it."""
    keys = listed([entry.key.text for entry in children][:_AT_MOST])
    name = owner.key.text
    return Diagnostic(
        "DL013",
        owner.key.span,
        Wording(f"nothing is indented under `{name}`", f"`{name}` 之下没有缩进的内容"),
        label=Wording("to YAML this key is empty", "YAML 认为这个键是空的"),
        related=(
            Label(
                children[0].key.span,
                Wording(f"this stands beside `{name}`, not under it", f"它与 `{name}` 并列，而不在其下"),
            ),
        ),
        help=Wording(f"indent what belongs to it: {keys}", f"把属于它的内容缩进：{keys}"),
        fix=_indented(children),
    )


def _indented(children: Sequence[Entry]) -> Fix:
    file = children[0].key.span.file
    start, stop = children[0].key.span.start, children[-1].value.span.end
    edits = []
    place = file.text.rfind("\n", 0, start) + 1
    while 0 < place <= max(start, stop - 1):
        if file.text[place : place + 1] not in ("\n", "\r"):
            edits.append(Edit(Span(file, place, place), "  "))
        place = file.text.find("\n", place) + 1
    line, _ = file.line_column(start)
    return Fix(f"  {file.line_text(line)}", tuple(edits), Applicability.UNSAFE)
