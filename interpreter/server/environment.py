"""Names and values from the environment, from files that hold one secret each, and from a file of settings.

`NAME` may stand in the environment, or `NAME_FILE` may name a file that holds its value (as container platforms mount
secrets). What the environment says goes before what an `--env-file` says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from interpreter.diagnostics.wording import Wording
from interpreter.server.errors import SettingsError
from interpreter.source.regular_files import open_regular

_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*?)\s*")
_QUOTED = re.compile(r"""(?P<mark>["'])(?P<text>.*)(?P=mark)(?:\s+\#.*)?""")

_LARGEST = 1024 * 1024
"""What is read of a file, in characters; no file of settings is larger."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it comes from."""

    value: str
    source: Wording


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment, and what a file of settings adds to it."""

    variables: Mapping[str, str]
    file: Mapping[str, str] = field(default_factory=dict)
    file_name: str = ""

    def find(self, name: str) -> Found | None:
        """The value of a name, if there is one that is not empty.

        Raises:
            SettingsError: the file that should hold it cannot be read.
        """
        layers = ((self.variables, Wording("environment", "环境变量")), (self.file, _same(self.file_name)))
        for values, source in layers:
            if values.get(name):
                return Found(values[name], _in(source, name))
            if values.get(f"{name}_FILE"):
                return Found(_read_secret(f"{name}_FILE", values[f"{name}_FILE"]), _in(source, f"{name}_FILE"))
        return None


def _in(source: Wording, name: str) -> Wording:
    return Wording(f"{source.en} {name}", f"{source.zh} {name}")


def _same(text: str) -> Wording:
    return Wording(text, text)


def with_file(variables: Mapping[str, str], file: str | None) -> Environment:
    """The environment, and what an `--env-file` adds to it, if one is named.

    Raises:
        SettingsError: the file cannot be read, or a line of it is something else.
    """
    return Environment(variables, read_env_file(Path(file)), file) if file else Environment(variables)


def read_env_file(path: Path) -> dict[str, str]:
    """The `NAME=value` lines of a file or pipe, which is read once; values may be quoted, `#` begins a comment.

    Raises:
        SettingsError: the file cannot be read, or a line of it is something else.
    """
    values: dict[str, str] = {}
    for number, line in enumerate(_read(path, "", _open_any).splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise SettingsError(
                Wording(f"{path}:{number}: expected NAME=value", f"{path}:{number}：应为 NAME=value 的形式")
            )
        values[found["name"]] = _unquoted(found["value"])
    return values


def _unquoted(value: str) -> str:
    quoted = _QUOTED.fullmatch(value)
    return quoted["text"] if quoted else re.split(r"\s+#", value, maxsplit=1)[0]


def _read_secret(name: str, path: str) -> str:
    value = _read(Path(path), name, open_regular).strip()
    if not value:
        raise SettingsError(Wording(f"{name}: the file {path} is empty", f"{name}：文件 {path} 是空的"))
    return value


def _open_any(path: Path) -> BinaryIO:
    """A file, or what a shell writes for `<(…)`: whoever starts a command waits for it, as with any other."""
    return path.open("rb")


def _read(path: Path, name: str, opened: Callable[[Path], BinaryIO]) -> str:
    """The text of a file; `name` is the variable that names it, if one does."""
    try:
        with TextIOWrapper(opened(path), encoding="utf-8-sig") as file:
            return file.read(_LARGEST)
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or "not UTF-8"
        whose, whose_zh = (f"{name}: ", f"{name}：") if name else ("", "")
        raise SettingsError(
            Wording(f"{whose}the file {path} cannot be read ({cause})", f"{whose_zh}无法读取文件 {path}（{cause}）")
        ) from error
