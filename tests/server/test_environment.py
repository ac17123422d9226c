from __future__ import annotations

import os
from pathlib import Path

import pytest

from interpreter.server.environment import Environment, read_env_file, with_file
from interpreter.server.errors import SettingsError


def found(environment: Environment) -> tuple[str, str]:
    value = environment.find("A")
    assert value is not None
    return value.value, value.source.en


def test_a_name_is_found_in_the_environment() -> None:
    assert found(Environment({"A": "1"})) == ("1", "environment A")


def test_an_empty_value_counts_as_none() -> None:
    assert Environment({"A": ""}).find("A") is None
    assert found(Environment({"A": ""}, {"A": "2"}, ".env")) == ("2", ".env A")


def test_the_environment_goes_before_the_file() -> None:
    assert found(Environment({"A": "1"}, {"A": "2"}, ".env")) == ("1", "environment A")


def test_a_secret_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("abc\n")
    environment = Environment({"A_FILE": str(tmp_path / "secret")}, {"A": "2"}, ".env")
    assert found(environment) == ("abc", "environment A_FILE")
    assert found(Environment({}, {"A_FILE": str(tmp_path / "secret")}, ".env")) == ("abc", ".env A_FILE")


def test_a_secret_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    for content in (None, b"", b"\xff\xfe\x00"):
        path = tmp_path / "secret"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(SettingsError, match="A_FILE") as refused:
            Environment({"A_FILE": str(path)}).find("A")
        assert "A_FILE" in refused.value.wording.zh


def test_lines_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(
        "\ufeff# a comment\n\nA=1\nexport B = two words # comment\nC='a # b' # c\nD=\"x\"\nE=\nF=a#b\nG=$HOME\n中=1\n"[
            :-4
        ],
        encoding="utf-8",
    )
    assert read_env_file(path) == {
        "A": "1",
        "B": "two words",
        "C": "a # b",
        "D": "x",
        "E": "",
        "F": "a#b",
        "G": "$HOME",
    }


@pytest.mark.parametrize("line", ["A", "1A=2", "a b=c", "=x", "中=1"])
def test_a_line_of_another_form_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / ".env"
    path.write_text(f"A=1\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"\.env:2: expected NAME=value"):
        read_env_file(path)


def test_settings_may_come_through_a_pipe() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"A=1\n")
    os.close(writing)
    environment = with_file({}, f"/dev/fd/{reading}")
    os.close(reading)
    assert found(environment) == found(environment) == ("1", f"/dev/fd/{reading} A")


@pytest.mark.parametrize("file", ["", None, os.devnull])
def test_no_file_and_an_empty_one_add_nothing(file: str | None) -> None:
    assert found(with_file({"A": "1"}, file)) == ("1", "environment A")
    assert with_file({}, file).find("A") is None


def test_what_never_ends_is_no_file_of_settings() -> None:
    with pytest.raises(SettingsError, match=r"^/dev/zero:1: expected NAME=value"):
        read_env_file(Path("/dev/zero"))


def test_a_secret_that_is_read_more_than_once_cannot_come_through_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SettingsError, match=r"^A_FILE: .* cannot be read \(it is a pipe, not a file\)"):
        Environment({"A_FILE": str(tmp_path / "pipe")}).find("A")


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^the file .*\.env cannot be read \(No such file"):
        read_env_file(tmp_path / ".env")


def test_the_source_of_a_value_is_told_in_both_languages() -> None:
    value = Environment({"A": "1"}).find("A")
    assert value is not None
    assert value.source.zh == "环境变量 A"
