"""A file on disk as a `SourceFile`: size and encoding are judged here, nothing is parsed."""

from __future__ import annotations

from pathlib import Path

from interpreter.source.faults import MAX_BYTES, FaultKind, ReadProblem
from interpreter.source.regular_files import FileKind, NotRegularError, open_regular
from interpreter.source.spans import SourceFile, Span

_NO_FILES: dict[FileKind, FaultKind] = {
    "directory": "not-a-file",
    "pipe": "a-pipe",
    "socket": "a-socket",
    "device": "a-device",
}


def read_file(path: Path, shown_name: str | None = None) -> tuple[SourceFile | None, tuple[ReadProblem, ...]]:
    """The text of a UTF-8 file, or what kept it from being read.

    A byte-order mark goes, line breaks stay as they are. `shown_name` is how messages call the file.
    """
    name = shown_name if shown_name is not None else str(path)
    try:
        content = read_bytes(path)
    except (FileNotFoundError, NotADirectoryError):
        return _refused(name, "missing-file")
    except NotRegularError as error:
        return _refused(name, _NO_FILES[error.kind])
    except PermissionError:
        return _refused(name, "not-permitted")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        return _refused(name, "unreadable", getattr(error, "strerror", None) or str(error))
    return decode(name, content)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, but at most one more than a file may have.

    Raises:
        OSError: it cannot be read, or is no file.
        ValueError: no file can have this name.
    """
    with open_regular(path) as stream:
        return stream.read(MAX_BYTES + 1)


def decode(name: str, content: bytes) -> tuple[SourceFile | None, tuple[ReadProblem, ...]]:
    """The bytes of a file as text; what is not UTF-8 is refused with the place of the first wrong byte."""
    if len(content) > MAX_BYTES:
        return _refused(name, "too-big")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # `start` counts from behind the mark if there was one: the good part is decoded again to place the fault
        readable = content.removeprefix(b"\xef\xbb\xbf")[: error.start].decode("utf-8", "ignore")
        file = SourceFile(name, readable)
        place = Span(file, len(readable), len(readable))
        return None, (ReadProblem("encoding", place, _guess_encoding(content)),)
    return SourceFile(name, text), ()


def _refused(name: str, kind: FaultKind, detail: str = "") -> tuple[None, tuple[ReadProblem, ...]]:
    return None, (ReadProblem(kind, Span(SourceFile(name, ""), 0, 0), detail),)


def _guess_encoding(content: bytes) -> str:
    """The encoding that a file seems to have, as far as a common editor would have written it; or nothing."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    if b"\0" in content:
        return ""
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "GBK"
