"""The files that other programs read: pre-commit's hooks, GitHub's action, what the package brings along."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
COMMANDS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
SHARED = {"--color", "--debug", "--help", "--lang", "--version"}


def options_of(command: str) -> dict[str, str]:
    """The options of a command, by their names: what follows each in the help."""
    module = "interpreter.cli." + COMMANDS[command].partition(":")[2]
    shown = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, check=True).stdout
    return {found[1]: found[2] for found in re.finditer(r"(--[a-z-]+)((?:[ =][A-Z{][^\s,]*)?)", shown)}


def test_every_hook_runs_a_command_with_options_that_it_has() -> None:
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")):
        assert hook["entry"] in COMMANDS
        assert hook["id"] == hook["entry"]
        assert hook["pass_filenames"] is False
        assert re.search(hook["files"], "bots/shop/bot.yaml")


def test_the_action_calls_the_linter_with_options_that_it_has() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    script = action["runs"]["steps"][-1]
    used = set(re.findall(r"--[a-z-]+", script["run"] + action["inputs"]["options"]["description"]))
    assert used <= set(options_of("dialog-lint"))
    inputs = {name.partition("inputs.")[2].rstrip(" }") for name in script["env"].values()}
    assert inputs <= set(action["inputs"])


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_the_options_that_all_share(command: str) -> None:
    assert set(options_of(command)) >= SHARED


def test_an_option_takes_the_same_in_every_command() -> None:
    seen: dict[str, str] = {}
    for command in COMMANDS:
        for option, argument in options_of(command).items():
            if option == "--explain":
                continue  # of a code or of a method, by what the command is about
            assert seen.setdefault(option, argument) == argument, (command, option)


def test_the_package_brings_the_schema_and_the_pages_along() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    brought = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert brought == {"schemas": "interpreter/schemas", "docs/diagnostics": "interpreter/pages"}
