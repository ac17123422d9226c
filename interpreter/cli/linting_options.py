"""The options of `dialog-lint`."""

from __future__ import annotations

from msgspec import Struct


class Options(Struct, kw_only=True):
    """What the arguments say; the defaults are those of the parser."""

    paths: list[str]
    select: list[str] | None = None
    ignore: list[str] | None = None
    fail_on: str = "info"
    baseline: str | None = None
    against: str | None = None
    stdin_filename: str | None = None
    format: str = "text"
    output: str | None = None
    fix: str | None = None
    diff: bool = False
    explain: str | None = None
    list_rules: bool = False
    lsp: bool = False
    lang: str | None = None
    color: str = "auto"
