"""The server itself: requests of the protocol, answered from the bots that are open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from interpreter.language_server.checked import Check, Checked
from interpreter.language_server.completion import complete
from interpreter.language_server.hover import hover
from interpreter.language_server.outline import outline
from interpreter.language_server.positions import to_offset, to_range
from interpreter.language_server.projects import Project, Projects
from interpreter.language_server.publishing import fix_all, quick_fixes, to_protocol, to_workspace_edit
from interpreter.language_server.renaming import RefusedError, rename, renameable
from interpreter.language_server.signatures import signature_at
from interpreter.source.reader import read_source
from interpreter.source.spans import SourceFile, Span

REQUEST_FAILED = -32803
"""The protocol's code for a request that was understood and cannot be fulfilled."""


PlaceParams = (
    types.HoverParams | types.DefinitionParams | types.ReferenceParams | types.PrepareRenameParams | types.RenameParams
)
"""Requests about one place."""


class BotServer(LanguageServer):
    """A language server for bots.

    Args:
        check: Checks a bot.
        language: What it speaks to a client that doesn't say its locale.
        version: The interpreter's version.
        follows_client: Whether the client's locale decides on the language.
    """

    def __init__(self, check: Check, language: str, version: str, *, follows_client: bool = True) -> None:
        super().__init__("dialog-lint", version, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.language = language
        self.follows_client = follows_client
        self._projects = Projects(check)
        self._said: dict[Path, set[str]] = {}
        """The files about which something was said, by bot."""
        self._shown: dict[Path, Checked] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------------------------------------------ places

    def texts(self) -> dict[Path, str]:
        """What the open files hold."""
        documents = self.workspace.text_documents.values()
        return {path_of(document.uri): document.source.removeprefix("\ufeff") for document in documents}

    def range(self, span: Span) -> types.Range:
        """A span as the client counts."""
        return to_range(span, self._encoding)

    def uri(self, name: str) -> str:
        """The address of a file, as the client wrote it if it has it open."""
        path = Path(name)
        for document in self.workspace.text_documents.values():
            if path_of(document.uri) == path:
                return str(document.uri)
        found: str | None = from_fs_path(str(path.absolute()))
        return found or name

    @property
    def _encoding(self) -> str:
        """How the client counts characters; enumerations of the protocol are texts."""
        return self.workspace.position_encoding or types.PositionEncodingKind.Utf16

    def project(self, uri: str) -> Project | None:
        """The bot that an open file belongs to."""
        return self._projects.of(path_of(uri))

    def file(self, project: Project, uri: str) -> SourceFile:
        """An open file as it is now."""
        path = path_of(uri)
        return SourceFile(project.name_of(path), self.texts().get(path, ""))

    def offset(self, file: SourceFile, position: types.Position) -> int:
        """The offset of a place of the client."""
        return to_offset(file, position, self._encoding)

    async def cursor(self, params: PlaceParams) -> Cursor | None:
        """The place that a request is about, in the bot as it is now."""
        project = self.project(params.text_document.uri)
        if project is None:
            return None
        checked = await project.current(self.texts)
        await asyncio.to_thread(lambda: checked.index)  # of a large bot that takes a while
        file = self.file(project, params.text_document.uri)
        return Cursor(checked, file, self.offset(file, params.position))

    # ------------------------------------------------------------------------------------------------ diagnostics

    def rearrange(self) -> None:
        """Files were opened, closed or saved."""
        for project in self._projects.arrange(self.texts()):
            for name in self._said.pop(project.main, ()):
                self._publish(name, [])
            self._shown.pop(project.main, None)
        for project in self._projects.all():
            self._start(project)

    def changed(self, uri: str) -> None:
        """A file was edited."""
        project = self.project(uri)
        if project is None:
            self.rearrange()
        else:
            project.touch()
            self._start(project)

    def _start(self, project: Project) -> None:
        task = asyncio.get_running_loop().create_task(self._check(project))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _check(self, project: Project) -> None:
        checked = await project.current(self.texts)
        if self._shown.get(project.main) is checked or project not in self._projects.all():
            return
        self._shown[project.main] = checked
        before = self._said.get(project.main, set())
        found: dict[str, list[types.Diagnostic]] = {}
        for path in self.texts():
            if self._projects.of(path) is project:
                found[project.name_of(path)] = []
        for diagnostic in checked.diagnostics:
            shown = to_protocol(diagnostic, self.language, self.range, self.uri)
            found.setdefault(diagnostic.span.file.name, []).append(shown)
        for name in before - found.keys():
            self._publish(name, [])
        for name, diagnostics in found.items():
            self._publish(name, diagnostics)
        self._said[project.main] = set(found)

    def _publish(self, name: str, diagnostics: list[types.Diagnostic]) -> None:
        uri = self.uri(name)
        document = self.workspace.text_documents.get(unquote(uri))
        version = document.version if document is not None else None
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics, version))


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a checked bot."""

    checked: Checked
    file: SourceFile
    offset: int


def path_of(uri: str) -> Path:
    """The file of an address; of one that is not on a disk, a name like it."""
    path = to_fs_path(uri)
    return Path(path) if path else Path(unquote(uri).rpartition(":")[2].lstrip("/") or "untitled").absolute()


# ---------------------------------------------------------------------------------------------------- notifications


def _initialize(ls: BotServer, params: types.InitializeParams) -> None:
    if params.locale and ls.follows_client:
        ls.language = "zh" if params.locale.lower().startswith("zh") else "en"


def _opened(
    ls: BotServer,
    _: types.DidOpenTextDocumentParams
    | types.DidCloseTextDocumentParams
    | types.DidSaveTextDocumentParams
    | types.DidChangeWatchedFilesParams,
) -> None:
    ls.rearrange()


def _closed(ls: BotServer, params: types.DidCloseTextDocumentParams) -> None:
    ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(params.text_document.uri, []))
    ls.rearrange()


def _changed(ls: BotServer, params: types.DidChangeTextDocumentParams) -> None:
    ls.changed(params.text_document.uri)


# ---------------------------------------------------------------------------------------------------- requests


async def _complete(ls: BotServer, params: types.CompletionParams) -> types.CompletionList | None:
    project = ls.project(params.text_document.uri)
    if project is None:
        return None
    file = ls.file(project, params.text_document.uri)
    offset = ls.offset(file, params.position)
    is_main = file.name == str(project.main)
    found = await asyncio.to_thread(complete, project.known, file.text, offset, imported=not is_main)
    replaced = ls.range(Span(file, found.start, offset))
    items = [
        types.CompletionItem(
            label=offer.label,
            kind=offer.icon,
            detail=offer.detail or None,
            documentation=offer.about.say(ls.language) if offer.about else None,
            sort_text=f"{offer.rank:03}",
            filter_text=offer.label,
            text_edit=types.TextEdit(replaced, offer.insert or offer.label),
        )
        for offer in found.offers
    ]
    return types.CompletionList(is_incomplete=False, items=items)


async def _hover(ls: BotServer, params: types.HoverParams) -> types.Hover | None:
    cursor = await ls.cursor(params)
    said = hover(cursor.checked, cursor.file, cursor.offset, ls.language) if cursor else None
    if said is None:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, said.text), ls.range(said.span))


async def _signature(ls: BotServer, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    project = ls.project(params.text_document.uri)
    if project is None:
        return None
    file = ls.file(project, params.text_document.uri)
    return signature_at(file.text[: ls.offset(file, params.position)], ls.language)


async def _define(ls: BotServer, params: types.DefinitionParams) -> list[types.Location] | None:
    cursor = await ls.cursor(params)
    occurrence = cursor.checked.index.at(cursor.file.name, cursor.offset) if cursor else None
    if cursor is None or occurrence is None:
        return None
    places = cursor.checked.index.definitions(occurrence.symbol)
    return [types.Location(ls.uri(each.span.file.name), ls.range(each.span)) for each in places]


async def _refer(ls: BotServer, params: types.ReferenceParams) -> list[types.Location] | None:
    cursor = await ls.cursor(params)
    occurrence = cursor.checked.index.at(cursor.file.name, cursor.offset) if cursor else None
    if cursor is None or occurrence is None:
        return None
    return [
        types.Location(ls.uri(each.span.file.name), ls.range(each.span))
        for each in cursor.checked.index.of(occurrence.symbol)
        if params.context.include_declaration or not each.is_definition
    ]


async def _prepare_rename(ls: BotServer, params: types.PrepareRenameParams) -> types.Range | None:
    cursor = await ls.cursor(params)
    try:
        return ls.range(renameable(cursor.checked, cursor.file.name, cursor.offset).span) if cursor else None
    except RefusedError as refused:
        raise JsonRpcException(refused.reason.say(ls.language), REQUEST_FAILED) from refused


async def _rename(ls: BotServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
    cursor = await ls.cursor(params)
    if cursor is None:
        return None
    try:
        edits = rename(cursor.checked, cursor.file.name, cursor.offset, params.new_name.strip())
    except RefusedError as refused:
        raise JsonRpcException(refused.reason.say(ls.language), REQUEST_FAILED) from refused
    return to_workspace_edit(edits, ls.range, ls.uri)


async def _outline(ls: BotServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
    project = ls.project(params.text_document.uri)
    if project is None:
        return None
    tree, _ = read_source(ls.file(project, params.text_document.uri))
    return outline(tree, ls.range)


async def _act(ls: BotServer, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    project = ls.project(params.text_document.uri)
    if project is None:
        return None
    found = (await project.current(ls.texts)).diagnostics
    file = ls.file(project, params.text_document.uri)
    start, end = ls.offset(file, params.range.start), ls.offset(file, params.range.end)
    actions = list(quick_fixes(found, file.name, start, end, ls.language, ls.range, ls.uri))
    everything = fix_all(found, file.name, ls.language, ls.range, ls.uri)
    if everything is not None:
        actions.append(everything)
    wanted = params.context.only
    return actions if wanted is None else [each for each in actions if each.kind and _is_of(each.kind, wanted)]


def _is_of(kind: types.CodeActionKind | str, wanted: Sequence[types.CodeActionKind | str]) -> bool:
    """Kinds are paths: `source` stands for `source.fixAll`, too."""
    return any(f"{_text(kind)}.".startswith(f"{_text(each)}.") for each in wanted)


def _text(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind


FEATURES = (
    (types.INITIALIZE, _initialize, None),
    (types.TEXT_DOCUMENT_DID_OPEN, _opened, None),
    (types.TEXT_DOCUMENT_DID_CLOSE, _closed, None),
    (types.TEXT_DOCUMENT_DID_SAVE, _opened, None),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, _opened, None),
    (types.TEXT_DOCUMENT_DID_CHANGE, _changed, None),
    (
        types.TEXT_DOCUMENT_COMPLETION,
        _complete,
        types.CompletionOptions(trigger_characters=[".", ":", " ", "(", '"', "<", "@"]),
    ),
    (types.TEXT_DOCUMENT_HOVER, _hover, None),
    (types.TEXT_DOCUMENT_SIGNATURE_HELP, _signature, types.SignatureHelpOptions(["(", ","])),
    (types.TEXT_DOCUMENT_DEFINITION, _define, None),
    (types.TEXT_DOCUMENT_REFERENCES, _refer, None),
    (types.TEXT_DOCUMENT_PREPARE_RENAME, _prepare_rename, None),
    (types.TEXT_DOCUMENT_RENAME, _rename, None),
    (types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, _outline, None),
    (
        types.TEXT_DOCUMENT_CODE_ACTION,
        _act,
        types.CodeActionOptions([types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]),
    ),
)
"""What the server does, by method of the protocol."""


def build_server(check: Check, language: str, version: str, *, follows_client: bool = True) -> BotServer:
    """A server that is ready to be started; see `BotServer`."""
    server = BotServer(check, language, version, follows_client=follows_client)
    for method, answer, options in FEATURES:
        server.feature(method, options)(answer)
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_no_refusal)
    return server


def _is_no_refusal(record: logging.LogRecord) -> bool:
    """A request that is refused has been answered so, and is nothing to log."""
    return not (record.exc_info and isinstance(record.exc_info[1], JsonRpcException))
