"""The computer and the Python that the bot runs on."""

from __future__ import annotations

import importlib.metadata
import locale
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from interpreter.diagnostics.wording import Wording
from interpreter.machine.form import is_compiled
from interpreter.server.diagnosis.findings import Finding, fine, problem, warning

PROJECT = "dialog-interpreter"
FEW_FILES = 2_200
"""Open files: so many turns may run at once, each with a connection, and some for the rest."""
_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*>=\s*(?P<version>[0-9][0-9.]*)[^;]*(?P<rest>;.*)?"
)


@dataclass(frozen=True, slots=True)
class ComputerFacts:
    """What the computer says about itself."""

    python: tuple[int, ...]
    wanted: Mapping[str, str] = field(default_factory=dict)
    """The packages that are needed, and the versions they must have at least."""
    installed: Mapping[str, str | None] = field(default_factory=dict)
    encoding: str = "utf-8"
    zones: Mapping[str, bool] = field(default_factory=dict)
    """Time zones by name, and whether their rules are known."""
    open_files: int | None = None
    is_compiled: bool = False
    """Whether the package is its compiled form."""


def look_at_computer(zones: tuple[str, ...], *, with_redis: bool) -> ComputerFacts:
    """The facts of this computer."""
    wanted = dict(_requirements(with_redis=with_redis))
    return ComputerFacts(
        sys.version_info[:3],
        wanted,
        {name: _installed(name) for name in wanted},
        locale.getpreferredencoding(do_setlocale=False).lower(),
        {zone: _is_known(zone) for zone in zones},
        _open_files(),
        is_compiled(),
    )


def _requirements(*, with_redis: bool) -> Iterator[tuple[str, str]]:
    """The packages our own metadata asks for; of the extras only Redis, when it is used."""
    try:
        written = importlib.metadata.requires(PROJECT) or []
    except importlib.metadata.PackageNotFoundError:
        return
    for line in written:
        found = _REQUIREMENT.match(line)
        rest = (found["rest"] or "") if found else ""
        if found and (not rest or (with_redis and "extra" in rest and found["name"] == "redis")):
            yield found["name"], found["version"].rstrip(".")


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _is_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _open_files() -> int | None:
    try:
        import resource
    except ImportError:
        return None
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def computer_findings(computer: ComputerFacts) -> list[Finding]:
    """What is wrong with the computer, or that nothing is."""
    checks = (_python, _packages, _encoding, _zones, _files)
    found = [finding for check in checks for finding in check(computer)]
    python = ".".join(map(str, computer.python))
    en, zh = ("; this program is compiled", "；本程序为编译版") if computer.is_compiled else ("", "")
    said = Wording(f"Python {python} and the packages are new enough{en}", f"Python {python} 和依赖包版本符合要求{zh}")
    return found or [fine("computer-fine", said)]


def _python(computer: ComputerFacts) -> Iterator[Finding]:
    if computer.python < (3, 11):
        number = ".".join(map(str, computer.python))
        yield problem(
            "computer-python",
            Wording(f"this is Python {number}", f"当前为 Python {number}"),
            Wording("install Python 3.11 or later", "请安装 Python 3.11 或更高版本"),
        )


def _packages(computer: ComputerFacts) -> Iterator[Finding]:
    for name, wanted in computer.wanted.items():
        found = computer.installed.get(name)
        if found is not None and _numbers(found) >= _numbers(wanted):
            continue
        is_here = Wording(f"{name} is {found}", f"{name} 的版本是 {found}")
        is_missing = Wording(f"{name} is not installed", f"没有安装 {name}")
        yield problem(
            "computer-package",
            is_missing if found is None else is_here,
            Wording(f"pip install --upgrade '{name}>={wanted}'", f"pip install --upgrade '{name}>={wanted}'"),
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:4])


def _encoding(computer: ComputerFacts) -> Iterator[Finding]:
    if computer.encoding.replace("-", "") not in {"utf8", "cp65001"}:
        yield warning(
            "computer-encoding",
            Wording(
                f"the locale's encoding is {computer.encoding}: Chinese in logs and in the terminal comes out wrong",
                f"系统编码是 {computer.encoding}：日志和终端中的中文会乱码",
            ),
            Wording("set PYTHONUTF8=1, or LANG=C.UTF-8", "请设置 PYTHONUTF8=1 或 LANG=C.UTF-8"),
        )


def _zones(computer: ComputerFacts) -> Iterator[Finding]:
    for zone, is_known in computer.zones.items():
        if not is_known:
            yield problem(
                "computer-time-zone",
                Wording(f"the rules of the time zone {zone} are not here", f"缺少时区 {zone} 的数据"),
                Wording(
                    "install the system's package tzdata, or `pip install tzdata`",
                    "请安装系统的 tzdata 包，或 `pip install tzdata`",
                ),
            )


def _files(computer: ComputerFacts) -> Iterator[Finding]:
    if computer.open_files is not None and computer.open_files < FEW_FILES:
        yield warning(
            "computer-open-files",
            Wording(
                f"{computer.open_files} files may be open at once, and each connection is one",
                f"最多同时打开 {computer.open_files} 个文件，而每个连接都占用一个",
            ),
            Wording(
                "raise it for the service: `LimitNOFILE=65536` (systemd), `ulimit -n 65536` (shell)",
                "请为服务调大：`LimitNOFILE=65536`（systemd），`ulimit -n 65536`（命令行）",
            ),
        )
