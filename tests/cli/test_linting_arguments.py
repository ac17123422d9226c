"""The arguments of `dialog-lint`."""

from __future__ import annotations

from interpreter.cli.linting_arguments import parse_arguments
from interpreter.cli.linting_options import Options


def test_what_is_not_given_is_as_without_a_parser() -> None:
    assert parse_arguments(["a.yaml", "b.yaml"], "en") == Options(paths=["a.yaml", "b.yaml"])


def test_options_may_stand_between_files_and_be_given_twice() -> None:
    found = parse_arguments(["a.yaml", "--fix", "--select", "DL3", "b.yaml", "--select=DL4", "--debug"], "zh")
    assert found == Options(paths=["a.yaml", "b.yaml"], fix="safe", select=["DL3", "DL4"])
