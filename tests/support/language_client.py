"""An editor as far as the language server can tell: JSON-RPC over the pipes of a child process."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

Json = Any
PATIENCE = 300.0
"""After so many seconds a server that does not answer is ended, and with it the test."""


class RequestError(Exception):
    """The server refused a request."""


class LanguageClient:
    """Talks to `dialog-lint --lsp`. What a server says unasked is kept until somebody waits for it."""

    def __init__(self, folder: Path, *, locale: str | None = "en", encodings: tuple[str, ...] = ("utf-16",)) -> None:
        code = "import sys; from interpreter.cli.lint import main; sys.exit(main())"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, "--lsp", "--stdio"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._watchdog = threading.Timer(PATIENCE, self._process.kill)
        self._watchdog.daemon = True
        self._watchdog.start()
        self._folder = folder
        self._next = 0
        self._versions: dict[str, int] = {}
        self.unasked: list[Json] = []
        self.capabilities = self._initialize(locale, encodings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._watchdog.cancel()
        self._process.kill()
        self._process.communicate()

    def _initialize(self, locale: str | None, encodings: tuple[str, ...]) -> Json:
        told = {
            "processId": None,
            "rootUri": self._folder.as_uri(),
            "locale": locale,
            "capabilities": {
                "general": {"positionEncodings": list(encodings)},
                "textDocument": {"rename": {"prepareSupport": True}},
            },
        }
        answer = self.request("initialize", told)
        self.notify("initialized", {})
        return answer["capabilities"]

    # ------------------------------------------------------------------------------------------------ messages

    def request(self, method: str, params: Json) -> Json:
        """Ask, and wait for the answer."""
        self._next += 1
        self._send({"id": self._next, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._next and "method" not in message:
                if "error" in message:
                    raise RequestError(message["error"]["message"])
                return message["result"]
            self.unasked.append(message)

    def notify(self, method: str, params: Json) -> None:
        """Say something that has no answer."""
        self._send({"method": method, "params": params})

    def wait_for(self, wanted: Callable[[Json], bool]) -> Json:
        """The first unasked message that is wanted; those before it are forgotten."""
        while True:
            message = self.unasked.pop(0) if self.unasked else self._receive()
            if wanted(message):
                return message

    def leave(self) -> int:
        """Say goodbye; the exit code."""
        self.request("shutdown", None)
        self.notify("exit", None)
        return self._process.wait(timeout=60)

    def _send(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _receive(self) -> Json:
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the server is gone"
        return json.loads(self._process.stdout.read(length))

    # ------------------------------------------------------------------------------------------------ documents

    def open(self, path: Path, text: str | None = None) -> str:
        """Open a file; its address."""
        uri = path.as_uri()
        self._versions[uri] = 1
        text = path.read_text(encoding="utf-8") if text is None else text
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def change(self, uri: str, text: str) -> None:
        """The file holds another text now."""
        self._versions[uri] += 1
        document = {"uri": uri, "version": self._versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def close(self, uri: str) -> None:
        """Close a file."""
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def diagnostics(self, uri: str) -> list[Json]:
        """What is said of a file as it is now."""
        version = self._versions.get(uri)
        message = self.wait_for(lambda each: _is_about(each, uri, version))
        return message["params"]["diagnostics"]

    def ask(self, method: str, uri: str, text: str, mark: str, **more: Json) -> Json:
        """A request about the place of a mark: the offset of its `|` in a text."""
        offset = text.index(mark.replace("|", "")) + mark.index("|")
        return self.request(
            f"textDocument/{method}",
            {"textDocument": {"uri": uri}, "position": position(text, offset), **more},
        )


def _is_about(message: Json, uri: str, version: int | None) -> bool:
    params = message.get("params") or {}
    return message.get("method") == "textDocument/publishDiagnostics" and (
        params["uri"] == uri and params.get("version") == version
    )


def position(text: str, offset: int) -> Json:
    """An offset as UTF-16 editors count."""
    line = text.count("\n", 0, offset)
    start = text.rfind("\n", 0, offset) + 1
    return {"line": line, "character": len(text[start:offset].encode("utf-16-le")) // 2}


def offset_of(text: str, place: Json) -> int:
    """The offset of a place of a UTF-16 editor."""
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: place["line"]])
    return start + len(lines[place["line"]].encode("utf-16-le")[: place["character"] * 2].decode("utf-16-le"))


def apply(text: str, edits: list[Json]) -> str:
    """A text after the edits of an editor."""
    for edit in sorted(edits, key=lambda each: offset_of(text, each["range"]["start"]), reverse=True):
        start, end = (offset_of(text, edit["range"][name]) for name in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text
