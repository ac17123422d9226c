"""`deploy/` and docs/deploying.md: the document is followed as far as one computer goes, the files are held to it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from support.deployment import (
    DEPLOY,
    DOCUMENTS,
    ROOT,
    TOKEN,
    Sandbox,
    commands,
    composed,
    free_port,
    marked_blocks,
    running,
    scripts,
    section,
)

from interpreter.cli.doctor import doctor
from interpreter.cli.doctor_visits import World
from interpreter.server.diagnosis.answers import Obstacle
from interpreter.server.diagnosis.verification import ECHOES
from interpreter.server.readiness import DRAIN_SECONDS

BLOCKS = marked_blocks()
ADDRESS = "https://bot.example.com/wechat"


@cache
def help_of(command: str) -> str:
    module, _, function = scripts()[command].partition(":")
    code = f"import sys; sys.argv = ['{command}', '--help']; from {module} import {function}; sys.exit({function}())"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return shown.stdout


# ------------------------------------------------------------------------------------------------ the document


def our_commands(document: Path) -> Iterator[list[str]]:
    """The commands of this project in the blocks of a document, and in its sentences."""
    inline = re.findall(r"`((?:dialog-|docker )[^`]+)`", document.read_text(encoding="utf-8"))
    for words in [*commands(document), *(text.split() for text in inline)]:
        for number, word in enumerate(words):
            name = word.rpartition("/")[2]
            if name.startswith("dialog-") and name in scripts():
                yield [name, *words[number + 1 :]]
                break


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_and_their_options_exist(document: Path) -> None:
    found = list(our_commands(document))
    assert {"dialog-run", "dialog-lint", "dialog-doctor", "dialog-store", "dialog-test"} <= {
        words[0] for words in found
    }
    for command, *words in found:
        for option in (word.partition("=")[0] for word in words if re.match(r"--\w", word)):
            assert re.search(rf"{option}\b", help_of(command)), f"{command} {option}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_options_that_stand_alone_are_those_of_some_command(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    every = "".join(map(help_of, scripts()))
    for option in re.findall(r"`(--[\w-]+)[ `]", text):
        assert re.search(rf"{option}\b", every), option
    read = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "interpreter").rglob("*.py"))
    for name in set(re.findall(r"\bDIALOG_[A-Z_]+\b", text)):
        assert name in read, name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_problem_and_warning_of_the_doctor_is_explained(document: Path) -> None:
    explained = {
        code
        for line in section(document, "Token", "token").splitlines()
        if line.startswith("| `")
        for code in re.findall(r"`([a-z]+-[a-z0-9-]+)`", line.split("|")[1])
    }
    assert explained == problem_codes()


def problem_codes() -> set[str]:
    """The codes of findings that something is wrong: all that are written down, but those that are fine."""
    files = [
        *(ROOT / "interpreter" / "server" / "diagnosis").glob("*.py"),
        *(ROOT / "interpreter" / "cli").glob("doctor*.py"),
    ]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    subjects = "account|api|bot|clock|computer|delivery|port|settings|store|url"
    written = re.findall(rf'"((?:{subjects})-[a-z0-9-]*[a-z0-9])"', text)
    made = {f"url-{obstacle.value}" for obstacle in Obstacle} | {f"url-{echo}" for echo in ECHOES}
    return {*written, *made} - set(re.findall(r'(?:fine|skipped)\(\s*"([\w-]+)"', text))


@pytest.mark.parametrize("path", [*DOCUMENTS, DEPLOY / "Containerfile"], ids=lambda path: path.name)
def test_extras_that_are_installed_exist(path: Path) -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    installed = re.findall(r"""["'](?:\.|dialog-interpreter)\[([\w,]+)\]""", path.read_text(encoding="utf-8"))
    assert installed
    assert {extra for names in installed for extra in names.split(",")} <= set(extras)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_named_are_there(document: Path) -> None:
    for name in re.findall(r"(?<![\w/-])(?:deploy|bots)/[\w./-]*\w", document.read_text(encoding="utf-8")):
        assert (ROOT / name).exists() or name == "deploy/env", name


# ------------------------------------------------------------------------------------------------ followed


@pytest.fixture
def server(tmp_path: Path) -> Sandbox:
    """A server that the document was followed on, up to the secrets."""
    sandbox = Sandbox(tmp_path)
    settled = sandbox.run(BLOCKS["settle"])
    assert settled.returncode == 0, settled.stderr
    secrets = sandbox.place("/etc/dialog-bot/env")
    assert secrets.stat().st_mode & 0o077 == 0
    secrets.write_text(secrets.read_text().replace("WX_TOKEN=", f"WX_TOKEN={TOKEN}"))
    return sandbox


def unit(sandbox: Sandbox) -> tuple[list[str], dict[str, str]]:
    """What systemd would start, and with which environment."""
    text = sandbox.moved(sandbox.place("/etc/systemd/system/dialog-bot.service").read_text())
    settings = [line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#")]
    environ = {}
    for key, _, value in settings:
        lines = shlex.split(value) if key == "Environment" else []
        if key == "EnvironmentFile":
            lines = [line for line in Path(value).read_text().splitlines() if line and not line.startswith("#")]
        environ |= dict(line.split("=", 1) for line in lines)
    (command,) = (value for key, _, value in settings if key == "ExecStart")
    return shlex.split(command), environ


def test_a_server_with_systemd_is_set_up_as_the_document_says(
    server: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    looked = server.run(BLOCKS["look"], PORT=str(server.port))
    assert looked.returncode == 0, looked.stdout + looked.stderr
    served = server.run(BLOCKS["serve"])
    assert served.returncode == 0, served.stderr
    assert server.calls == [
        "systemctl daemon-reload",
        "systemctl enable --now dialog-bot",
        "systemctl status --no-pager dialog-bot",
    ]
    command, environ = unit(server)
    environ |= {"PORT": str(server.port)}
    with running(command, server.port, server.environ(**environ), cwd=server.place("/var/lib/dialog-bot")) as process:
        assert "robot" in sent(server)
        assert problems(server, capsys) <= {"url-port", "url-local"}
        updated = server.run(BLOCKS["update"])
        assert updated.returncode == 0, updated.stdout + updated.stderr
        assert server.calls[-1] == "systemctl reload dialog-bot"
        process.send_signal(signal.SIGHUP)
        assert "robot" in sent(server)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert server.place("/var/lib/dialog-bot/dialog.db").exists()


def sent(server: Sandbox) -> str:
    """What the bot says to a signed message."""
    url = f"http://127.0.0.1:{server.port}/wechat"
    answered = server.run(f"dialog-send hi --url {url} --token {TOKEN}")
    assert answered.returncode == 0, answered.stderr
    return answered.stdout


def problems(server: Sandbox, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """What the doctor of the document says about the address, without asking anybody outside."""
    assert ADDRESS in BLOCKS["doctor"]
    block = server.moved(BLOCKS["doctor"]).replace(ADDRESS, f"http://127.0.0.1:{server.port}/wechat")
    _, *words = shlex.split(block.replace("\\\n", " "))
    doctor([*words, "--format", "json"], "en", {"PORT": str(server.port)}, World(None, None))
    found = json.loads(capsys.readouterr().out)["findings"]
    assert "delivery-fine" in {item["code"] for item in found}
    return {item["code"] for item in found if item["level"] == "problem"}


def test_a_web_server_is_set_up_as_the_document_says(server: Sandbox) -> None:
    done = server.run(BLOCKS["proxy"])
    assert done.returncode == 0, done.stderr
    assert "server_name YOUR.DOMAIN;" in server.place("/etc/nginx/conf.d/dialog-bot.conf").read_text()
    assert server.calls == ["nginx -t", "systemctl reload nginx"]


def test_containers_are_started_as_the_document_says(server: Sandbox) -> None:
    for name in ("compose", "compose-up", "container"):
        done = server.run(BLOCKS[name])
        assert done.returncode == 0, done.stderr
    assert (server.checkout / "deploy" / "bots" / "bot.yaml").exists()
    assert [call.split()[1] for call in server.calls] == ["compose", "compose", "build", "run"]
    run = shlex.split(server.calls[-1])
    assert {"--read-only", "--cap-drop", "--tmpfs"} <= set(run)
    assert (server.checkout / run[run.index("--env-file") + 1]).exists()
    assert Path(run[run.index("--volume") + 1].partition(":")[0]).is_dir()


@pytest.mark.parametrize(
    ("name", "shown"), [("platform", "5000"), ("workers", "workers .*4"), ("workers", r"redis://127\.0\.0\.1")]
)
def test_settings_are_shown_as_the_document_says(server: Sandbox, name: str, shown: str) -> None:
    done = server.run(BLOCKS[name])
    assert done.returncode == 0, done.stderr
    assert re.search(shown, done.stdout)


def test_every_block_that_is_marked_is_followed() -> None:
    followed = "settle look serve proxy doctor update compose compose-up container platform workers"
    installed = {"install", "upgrade"}  # see the image, whose commands they are
    assert set(BLOCKS) == {*followed.split(), *installed}
    assert "pip install" in BLOCKS["install"]
    assert "pip install" in BLOCKS["upgrade"]


# ------------------------------------------------------------------------------------------------ systemd


def test_the_unit_is_one_that_systemd_understands(server: Sandbox) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    path = server.folder / "dialog-bot.service"
    path.write_text(server.moved((DEPLOY / "dialog-bot.service").read_text()))
    checked = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
    assert "dialog-bot.service" not in checked.stderr, checked.stderr


def test_the_unit_is_started_again_unless_that_is_in_vain() -> None:
    lines = (DEPLOY / "dialog-bot.service").read_text().splitlines()
    assert {"Restart=on-failure", "RestartPreventExitStatus=2", "StartLimitBurst=5"} <= set(lines)


@pytest.mark.parametrize(
    "line",
    [
        "DynamicUser=yes",
        "StateDirectory=dialog-bot",
        "EnvironmentFile=/etc/dialog-bot/env",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "Restart=on-failure",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "CapabilityBoundingSet=",
        "MemoryDenyWriteExecute=yes",
    ],
)
def test_the_unit_keeps_the_bot_apart(line: str) -> None:
    assert line in (DEPLOY / "dialog-bot.service").read_text().splitlines()


def test_the_unit_leaves_turns_the_time_to_end() -> None:
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", (DEPLOY / "dialog-bot.service").read_text(), re.MULTILINE)
    assert int(seconds) > 2 * DRAIN_SECONDS


# ------------------------------------------------------------------------------------------------ containers


def test_compose_gives_settings_that_the_server_takes(server: Sandbox) -> None:
    environment = composed()["bot"]["environment"]
    assert isinstance(environment, dict)
    shown = server.run("dialog-run bots/webot/bot.yaml --show-settings", WX_TOKEN=TOKEN, **environment)
    assert shown.returncode == 0, shown.stderr
    for name, value in environment.items():
        assert re.search(rf"{re.escape(value)}\s+\(environment {name}\)", shown.stdout), shown.stdout


@pytest.mark.parametrize(("binary", "name"), [("nginx", "nginx.conf"), ("caddy", "Caddyfile")])
def test_a_web_server_understands_its_file(binary: str, name: str, tmp_path: Path) -> None:
    text = re.sub(r"#.*", "", (DEPLOY / name).read_text())
    assert text.count("{") == text.count("}")
    assert "64k" in text.lower()
    assert re.search(r"gzip off|request_body", text)
    if not shutil.which(binary):
        return
    if binary == "caddy":
        command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / name)]
    else:
        text = re.sub(r"listen 443 ssl;|ssl_\w+ [^;]*;", "", text).replace("listen 80;", "listen 18080;")
        (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;events {{}}\nhttp {{ access_log off; {text} }}\n")
        command = ["nginx", "-t", "-q", "-e", "stderr", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    environ = {**os.environ, "DOMAIN": "localhost"}
    checked = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    assert checked.returncode == 0, checked.stderr


# ------------------------------------------------------------------------------------------------ the image


def instructions() -> list[tuple[str, str]]:
    """The instructions of the container file, in order."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Containerfile").read_text(), flags=re.MULTILINE)
    lines = (line for line in text.replace("\\\n", " ").splitlines() if line.strip())
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def the(word: str) -> str:
    return next(rest for name, rest in instructions() if name == word)


def test_the_image_needs_no_shell_and_no_root() -> None:
    user = the("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert the("STOPSIGNAL") == "SIGTERM"
    for word, rest in instructions():
        if word in {"RUN", "ENTRYPOINT", "CMD"}:
            assert isinstance(json.loads(rest), list)
    check = the("HEALTHCHECK").partition(" CMD ")[2]
    program, option, code = json.loads(check)
    assert (program, option) == ("python", "-c")
    compile(code, "health check", "exec")
    assert "/healthz" in code


def test_what_the_image_is_built_from_is_there_and_not_ignored() -> None:
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    sources = [
        source
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]
    assert "interpreter" in sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignored, source


@pytest.fixture(scope="module")
def image() -> Iterator[Path]:
    """What the commands of the container file install, in a folder that everybody may read."""
    folder = Path(tempfile.mkdtemp(prefix="image-"))
    folder.chmod(0o755)
    python = next((path for path in ("/usr/bin/python3", sys.executable) if is_new_enough(path)), sys.executable)
    for word, rest in instructions():
        if word == "RUN" and "/opt/dialog" in rest:
            command = [item.replace("/opt/dialog", f"{folder}/dialog") for item in json.loads(rest)]
            command[0] = python if command[0] == "python" else command[0]
            environ = {**os.environ, "PIP_RETRIES": "20", "PIP_DEFAULT_TIMEOUT": "60"}
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environ)
            assert done.returncode == 0, done.stderr
    yield folder
    shutil.rmtree(folder)


def is_new_enough(python: str) -> bool:
    code = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def anybody(folder: Path) -> dict[str, object]:
    """How to start a process as an ordinary user, where that can be done."""
    if os.getuid() != 0:
        return {}
    user: dict[str, object] = {"user": 65534, "group": 65534, "extra_groups": []}
    tried = subprocess.run([folder / "dialog/bin/python", "-c", ""], capture_output=True, check=False, cwd="/", **user)  # type: ignore[call-overload]
    return user if tried.returncode == 0 else {}


@pytest.mark.slow
def test_the_image_serves_as_an_ordinary_user_who_may_only_write_data(image: Path) -> None:
    user, port = anybody(image), free_port()
    bots, written = image / "bots", image / "data"
    shutil.copytree(ROOT / "bots" / "webot", bots, ignore=shutil.ignore_patterns("*.db*"))
    written.mkdir(mode=0o700)
    if user:
        os.chown(written, 65534, 65534)
    bots.chmod(0o555)
    before = sorted(bots.iterdir())
    settings = dict(re.findall(r"(\w+)=(\S+)", the("ENV")))
    environ = {
        **settings,
        "PATH": f"{image}/dialog/bin:/usr/bin:/bin",
        "DIALOG_STORE": f"sqlite:{written}/dialog.db",
        "PORT": str(port),
        "WX_TOKEN": TOKEN,
    }
    command = [f"{image}/dialog/bin/{json.loads(the('ENTRYPOINT'))[0]}", str(bots)]
    with running(command, port, environ, cwd=bots, **user) as process:
        check = json.loads(the("HEALTHCHECK").partition(" CMD ")[2])
        healthy = [f"{image}/dialog/bin/{check[0]}", *check[1:]]
        subprocess.run(healthy, env=environ, check=True, cwd="/", **user)  # type: ignore[call-overload]
        send = [f"{image}/dialog/bin/dialog-send", "hi", "--url", f"http://127.0.0.1:{port}/wechat"]
        answered = subprocess.run(send, env=environ, capture_output=True, text=True, check=False, cwd="/")
        assert "robot" in answered.stdout, answered.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert sorted(bots.iterdir()) == before
    assert (written / "dialog.db").exists()
