"""`dialog-lint --lsp`: the language server on stdin and stdout."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from interpreter import __version__
from interpreter.cli.common import CLEAN, USAGE
from interpreter.cli.loading import load
from interpreter.diagnostics.wording import Wording
from interpreter.language_server.checked import Checked


def serve(language: str, *, chosen: bool) -> int:
    """Serve one editor until it says goodbye.

    Args:
        language: What to speak to an editor that does not say its locale.
        chosen: Whether the user asked for that language; then the editor's locale does not matter.
    """
    try:
        from interpreter.language_server.server import build_server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        sys.stderr.write(f"dialog-lint: {_NOT_INSTALLED.say(language)}\n")
        return USAGE

    server = build_server(check_bot, language, __version__, follows_client=not chosen)
    # the server closes what it writes to; and nothing else may write there
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output, contextlib.redirect_stdout(sys.stderr):
        server.start_io(stdout=output)
    return CLEAN


def check_bot(path: Path, texts: Mapping[str, str]) -> Checked:
    """Check a bot for the language server; see `Check`."""
    loaded = load(path, only_check=True, texts=texts)
    return Checked(path, loaded.bot, loaded.analysis, loaded.diagnostics, loaded.trees)


_NOT_INSTALLED = Wording(
    "the language server needs pygls: pip install 'dialog-interpreter[lsp]'",
    "语言服务器需要 pygls：pip install 'dialog-interpreter[lsp]'",
)
