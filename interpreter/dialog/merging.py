"""Making one tree of a bot's file and the files it imports."""

from __future__ import annotations

from collections.abc import Sequence

from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.source.tree import Entry, Mapping, Node

MERGED = (
    "vars",
    "services",
    "entities",
    "texts",
    "media",
    "domains",
    "rules",
    "states",
    "flows",
    "menu",
    "renamed",
    "tests",
)
"""The maps of a bot that imported files add to."""

_OWN = ("dialog", "name", "version", "description", "imports", "pack")
"""What every file says for itself."""


def merge(tree: Mapping, imported: Sequence[Mapping]) -> tuple[Mapping, tuple[Diagnostic, ...]]:
    """The bot's tree with the maps of its imported files after its own; a name that stands twice is kept once."""
    if not imported:
        return tree, ()
    diagnostics: list[Diagnostic] = []
    for file in imported:
        diagnostics += [_out_of_place(entry) for entry in file.entries if entry.key.text not in (*MERGED, *_OWN)]
    entries = [entry for entry in tree.entries if entry.key.text not in MERGED]
    for section in MERGED:
        found = [entry for file in (tree, *imported) if (entry := file.entry(section)) is not None]
        if found:
            entries.append(Entry(found[0].key, _merged(found, diagnostics)))
    return Mapping(tuple(entries), tree.span), tuple(diagnostics)


def _merged(sections: Sequence[Entry], diagnostics: list[Diagnostic]) -> Node:
    maps = [section.value for section in sections if isinstance(section.value, Mapping)]
    if len(maps) < 2:
        return maps[0] if maps else sections[0].value
    kept: dict[str, Entry] = {}
    for entry in (entry for item in maps for entry in item.entries):
        first = kept.setdefault(entry.key.text, entry)
        if first is not entry:
            diagnostics.append(_twice(first, entry))
    return Mapping(tuple(kept.values()), maps[0].span)


def _twice(first: Entry, second: Entry) -> Diagnostic:
    name = second.key.text
    return Diagnostic(
        "DL112",
        second.key.span,
        Wording(f"`{name}` is defined in two files", f"`{name}` 在两个文件中都有定义"),
        related=(Label(first.key.span, Wording("first defined here", "首次定义在这里")),),
        help=Wording(
            "names are shared by all files of a bot; rename one", "一个机器人的所有文件共用名称，请改其中一个"
        ),
    )


def _out_of_place(entry: Entry) -> Diagnostic:
    key = entry.key.text
    return Diagnostic(
        "DL112",
        entry.key.span,
        Wording(f"`{key}` counts only in the bot's own file", f"`{key}` 只能写在机器人的主文件里"),
        help=Wording("move it there, or delete it here", "请移到主文件，或从这里删去"),
    )
