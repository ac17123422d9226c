"""What can be wrong with a file before anybody asks what it means.

A `ReadProblem` is a plain value: a kind, a place, and the few words of the author's file that a sentence needs. The
sentences live in `diagnostics.reading`, one floor up.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from interpreter.source.spans import Span

MAX_BYTES = 4 * 1024 * 1024
"""The largest file that is read."""
MAX_DEPTH = 64
"""How deep lists and maps may stand inside one another, aliases included."""
MAX_EXPANDED = 100_000
"""How many nodes the aliases of one file may stand for."""
MAX_NODES = 300_000
"""How many nodes one file may hold."""
MAX_PROBLEMS = 1_000
"""How many problems of one file are kept."""

FaultKind = Literal[
    # the file as a whole
    "missing-file",
    "not-a-file",
    "a-pipe",
    "a-socket",
    "a-device",
    "not-permitted",
    "unreadable",
    "too-big",
    "encoding",
    "control-character",
    "byte-order-mark",
    "invisible-in-key",
    "invisible-key",
    "empty",
    "several-documents",
    # limits
    "too-deep",
    "too-many-nodes",
    "alias-budget",
    # what YAML allows and this language does not
    "duplicate-key",
    "tag",
    "merge-key",
    "complex-key",
    "unknown-alias",
    "alias-cycle",
    "unused-anchor",
    # YAML syntax
    "not-yaml",
    "colon-in-text",
    "cut-value",
    "swallowed-value",
    "numbered-comment",
    "spoken-comment",
    "torn-value",
    "reserved-start",
    "text-after-quote",
    "text-after-bracket",
    "unclosed-quote",
    "unclosed-bracket",
    "extra-bracket",
    "bad-escape",
    "tab",
    "full-width-colon",
    "full-width-comma",
    "full-width-bracket",
    "wide-indent",
    "strange-indent",
    "wide-space",
    "strange-space",
    "missing-space",
    "missing-colon",
    "missing-bar",
    "block-indent",
    "missing-comma",
    "extra-comma",
    "indentation",
    "list-and-map",
    # JSON syntax
    "not-json",
    "json-comment",
    "json-trailing-comma",
    "json-single-quote",
    "json-bare-word",
]


class Mend(Struct, frozen=True, eq=False):
    """The text that a range of the file should read instead."""

    span: Span
    text: str


class ReadProblem(Struct, frozen=True, eq=False):
    """One thing that is wrong with a file.

    `detail` is the piece of the file (a character, a key, an alias) that the sentence quotes, `related` the place it
    refers to, `mend` the change that makes the file readable there.
    """

    kind: FaultKind
    span: Span
    detail: str = ""
    related: Span | None = None
    mend: Mend | None = None
