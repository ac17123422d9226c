"""Following docs/deploying.md on a computer of one's own: other places, and fakes for what runs services."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from ruamel.yaml import YAML

from support.ports import free_port

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCUMENTS = (ROOT / "docs" / "deploying.md", ROOT / "docs" / "deploying.zh-CN.md")
TOKEN = "mysecret42"
FAKES = ("systemctl", "journalctl", "nginx", "docker")
"""Commands that change the computer: here they only note that they were called."""
PLACES = ("/opt/dialog", "/etc/dialog-bot", "/etc/systemd/system", "/etc/nginx/conf.d", "/var/lib/dialog-bot")

_MARKED = re.compile(r"^<!-- try: (?P<name>[\w-]+) -->\n```bash\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```bash\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def scripts() -> Mapping[str, str]:
    """The commands of the project, with the functions they call."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: Mapping[str, str] = tomllib.load(file)["project"]["scripts"]
    return found


def composed() -> Mapping[str, Mapping[str, object]]:
    """The services of the compose file."""
    services: Mapping[str, Mapping[str, object]] = YAML(typ="safe").load(DEPLOY / "compose.yaml")["services"]
    return services


def marked_blocks() -> Mapping[str, str]:
    """The blocks of the document that are followed, by their names."""
    return {found["name"]: found["body"] for found in _MARKED.finditer(DOCUMENTS[0].read_text(encoding="utf-8"))}


def commands(document: Path) -> Iterator[list[str]]:
    """The words of every command in the blocks of a document."""
    for block in _BLOCK.finditer(document.read_text(encoding="utf-8")):
        for line in block["body"].replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield words


def section(document: Path, *words: str) -> str:
    """The part of a document below a heading that has one of these words in it."""
    parts = re.split(r"^## ", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (found,) = (part for part in parts if any(word in part.partition("\n")[0] for word in words))
    return found


class Sandbox:
    """A folder that stands for a server; in it a checkout, and places such as /etc."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.checkout = folder / "checkout"
        self.port = free_port()
        self._calls = folder / "calls"
        self._calls.touch()
        for place in PLACES:
            (folder / place[1:]).mkdir(parents=True)
        self.checkout.mkdir()
        for name in ("bots", "deploy"):
            shutil.copytree(ROOT / name, self.checkout / name, ignore=shutil.ignore_patterns("*.db*", "env"))
        commands_folder = folder / "bin"
        commands_folder.mkdir()
        for name in FAKES:
            self._script(commands_folder / name, f'echo {name} "$@" >> {shlex.quote(str(self._calls))}')
        programs = folder / "opt" / "dialog" / "bin"
        programs.mkdir()
        for name, target in scripts().items():
            module, _, function = target.partition(":")
            code = f"import sys; sys.argv[0] = '{name}'; from {module} import {function}; sys.exit({function}())"
            for place in (programs, commands_folder):
                self._script(place / name, f'exec {shlex.quote(sys.executable)} -c {shlex.quote(code)} "$@"')

    @staticmethod
    def _script(path: Path, line: str) -> None:
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)

    def place(self, path: str) -> Path:
        """Where a path of the document is here."""
        return self.folder / path.removeprefix("/")

    def moved(self, text: str) -> str:
        """A text with its places here."""
        for place in PLACES:
            text = text.replace(place, str(self.place(place)))
        return text

    def run(self, block: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a block of the document, as root would in the checkout."""
        return subprocess.run(
            ["bash", "-euc", self.moved(block)],
            cwd=self.checkout,
            env=self.environ(**environ),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def environ(self, **more: str) -> dict[str, str]:
        """The environment of a command here: none of the settings of whoever runs the tests."""
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), **more}

    @property
    def calls(self) -> list[str]:
        """What the fakes were asked to do."""
        return self._calls.read_text().splitlines()


@contextmanager
def running(
    command: Sequence[str], port: int, environ: Mapping[str, str], **settings: object
) -> Iterator[subprocess.Popen[str]]:
    """A server, from when it answers; it is told to end at the end."""
    server = subprocess.Popen(  # type: ignore[call-overload]
        command, env=dict(environ), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **settings
    )
    try:
        _wait_for(server, port)
        yield server
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
        try:
            server.wait(60)
        finally:
            server.kill()
            server.stdout.close()


def _wait_for(server: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60):
                return
        except (URLError, OSError):
            if server.poll() is not None:
                assert server.stdout is not None
                raise AssertionError(server.stdout.read()) from None
            time.sleep(0.05)
    raise AssertionError("the server does not come up")
