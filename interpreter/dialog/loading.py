"""Loading a bot of one file or several: reading, checking the structure, merging, building.

File access comes as an argument, so that nothing here touches a disk. Names of imported files are relative to the file
that imports them, are written with forward slashes, and stay within the folder of the bot.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable

from msgspec import Struct, field

from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.build import build_bot
from interpreter.dialog.leaves import as_items
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.structure import check_structure
from interpreter.source.spans import Span
from interpreter.source.tree import Mapping, Node, Scalar

Read = Callable[[str], tuple[Node | None, tuple[Diagnostic, ...]]]
"""Reads a file by name. For one without any text to point at (it is not there): no tree, and perhaps a reason."""


def load_bot(name: str, read: Read) -> tuple[Bot | None, tuple[Diagnostic, ...]]:
    """The model of the bot in a file, and all there is to say about its files."""
    tree, diagnostics = read(name)
    if tree is None:
        return None, diagnostics
    loading = _Loading(read, _folder(name), list(diagnostics))
    loading.check(tree, imported=False)
    loading.follow(tree, "", (_base(name),))
    bot, findings = build_bot(tree, imported=tuple(loading.imported))
    files = (tree.span.file.name, *(file.span.file.name for file in loading.imported))
    said = {_place(diagnostic) for diagnostic in loading.diagnostics}
    new = [finding for finding in findings if _place(finding) not in said]
    return bot, in_order([*loading.diagnostics, *new], files)


def in_order(diagnostics: Iterable[Diagnostic], files: tuple[str, ...] = ()) -> tuple[Diagnostic, ...]:
    """Diagnostics by file and place, each code once at a place.

    Args:
        diagnostics: In the order of the stages that gave them.
        files: Names of files, the first one's diagnostics first; others follow by name.
    """
    rank = {name: position for position, name in enumerate(files)}
    kept: dict[tuple[str, int, int, str], Diagnostic] = {}
    for diagnostic in diagnostics:
        kept.setdefault((*_place(diagnostic), diagnostic.code), diagnostic)
    return tuple(sorted(kept.values(), key=lambda item: (rank.get(item.span.file.name, len(rank)), _place(item))))


def _place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    span = diagnostic.span
    return span.file.name, span.start, span.end


class _Loading(Struct):
    """The imported files of one bot, as they are found."""

    read: Read
    folder: str
    diagnostics: list[Diagnostic]
    imported: list[Mapping] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def check(self, tree: Node, *, imported: bool) -> None:
        self.diagnostics += check_structure(tree, imported=imported)

    def follow(self, tree: Node, folder: str, chain: tuple[str, ...]) -> None:
        """Read what a file imports; `chain` are the files that led here, the last one being the file itself."""
        imports = tree.get("imports") if isinstance(tree, Mapping) else None
        for item in as_items(imports):
            if isinstance(item, Mapping):
                self._say(_no_packs(item))
            elif isinstance(item, Scalar) and item.text:
                self._import(item, folder, chain)

    def _import(self, item: Scalar, folder: str, chain: tuple[str, ...]) -> None:
        name = posixpath.normpath(posixpath.join(folder, item.text))
        if is_outside(item.text, name):
            self._say(_outside(item))
        elif name in chain:
            self._say(_circle(item, (*chain[chain.index(name) :], name)))
        elif name not in self.seen:
            self.seen.add(name)
            self._read(item, name, chain)

    def _read(self, item: Scalar, name: str, chain: tuple[str, ...]) -> None:
        tree, diagnostics = self.read(self.folder + name)
        if tree is None and not any(diagnostic.span.file.text for diagnostic in diagnostics):
            self._say(_missing(item, diagnostics))
            return
        self.diagnostics += diagnostics
        if tree is None:
            return
        self.check(tree, imported=True)
        if isinstance(tree, Mapping):
            self.imported.append(tree)
            self.follow(tree, posixpath.dirname(name), (*chain, name))

    def _say(self, diagnostic: Diagnostic) -> None:
        self.diagnostics.append(diagnostic)


def _folder(name: str) -> str:
    return re.split(r"[^/\\]*\Z", name)[0]


def _base(name: str) -> str:
    return re.split(r"[/\\]", name)[-1]


def is_outside(written: str, name: str) -> bool:
    """Whether an imported name is absolute, leaves the bot's folder or is written the Windows way."""
    return written.startswith("/") or "\\" in written or ":" in written or name.split("/", maxsplit=1)[0] == ".."


def _outside(item: Scalar) -> Diagnostic:
    return _bad_import(
        item.span,
        Wording(f"`{item.text}` is not inside the bot's folder", f"`{item.text}` 不在机器人的文件夹内"),
        Wording(
            "write a name relative to this file, with `/` between folders", "请写相对于本文件的文件名，文件夹之间用 `/`"
        ),
    )


def _circle(item: Scalar, names: tuple[str, ...]) -> Diagnostic:
    way = " → ".join(names)
    return _bad_import(item.span, Wording(f"these files import each other: {way}", f"这些文件互相导入：{way}"))


def _missing(item: Scalar, reasons: tuple[Diagnostic, ...]) -> Diagnostic:
    notes = tuple(reason.message for reason in reasons)
    message = Wording(f"`{item.text}` cannot be read", f"无法读取 `{item.text}`")
    return Diagnostic("DL112", item.span, message, notes=notes)


def _no_packs(item: Mapping) -> Diagnostic:
    return _bad_import(
        item.span,
        Wording("packs cannot be imported yet", "暂不支持导入机器人包"),
        Wording(
            "only files of this bot can be imported: `imports: [faq.yaml]`", "目前只能导入文件：`imports: [faq.yaml]`"
        ),
    )


def _bad_import(span: Span, message: Wording, help: Wording | None = None) -> Diagnostic:
    return Diagnostic("DL112", span, message, help=help)
