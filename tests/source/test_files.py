"""Files that can and cannot be read."""

import os
from pathlib import Path

import pytest

from interpreter.source.faults import MAX_BYTES
from interpreter.source.files import decode, read_bytes, read_file


def refusal(content: bytes) -> tuple[str, str, str]:
    file, (problem,) = decode("bot.yaml", content)
    assert file is None
    return problem.kind, str(problem.span), problem.detail


def test_a_file_is_read_without_its_mark_and_with_its_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "机器人.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: \xe4\xbd\xa0\r\nb: 1\n")
    file, problems = read_file(path, "bot.yaml")
    assert problems == ()
    assert file is not None
    assert (file.name, file.text) == ("bot.yaml", "a: 你\r\nb: 1\n")


def test_a_file_is_called_by_its_path_if_by_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1")
    file, _ = read_file(tmp_path / "a.yaml")
    assert file is not None
    assert file.name == str(tmp_path / "a.yaml")


def test_a_missing_file_and_a_directory_are_problems(tmp_path: Path) -> None:
    kinds = [read_file(path, "x")[1][0].kind for path in (tmp_path / "none", tmp_path, tmp_path / "a\0b")]
    assert kinds[:2] == ["missing-file", "not-a-file"]
    assert kinds[2] in ("missing-file", "unreadable")


def test_what_is_neither_file_nor_directory_is_called_what_it_is(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    kinds = [read_file(path, "x")[1][0].kind for path in (tmp_path / "pipe", Path("/dev/zero"))]
    assert kinds == ["a-pipe", "a-device"]


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 4 << 30])
def test_no_more_is_read_of_a_file_than_it_may_have(tmp_path: Path, size: int) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(size)
    assert len(read_bytes(tmp_path / "large")) == MAX_BYTES + 1
    assert read_file(tmp_path / "large")[1][0].kind == "too-big"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_forbidden_file_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1")
    path.chmod(0)
    assert read_file(path, "x")[1][0].kind == "not-permitted"


def test_a_name_that_is_too_long_is_a_problem(tmp_path: Path) -> None:
    assert read_file(tmp_path / ("x" * 5_000), "x")[1][0].kind == "unreadable"


@pytest.mark.parametrize(
    ("content", "place", "guess"),
    [
        ("a: 1\nb: 你好，世界\n".encode("gbk"), "bot.yaml:2:4", "GBK"),
        (b"a: caf\xe9 x \xff\n", "bot.yaml:1:7", ""),
        (b"\xef\xbb\xbfa: 1\nb: \xff\n", "bot.yaml:2:4", ""),
        ("a: 1".encode("utf-16"), "bot.yaml:1:1", "UTF-16"),
        (b"a\0\xff", "bot.yaml:1:3", ""),
        ("a: 你".encode()[:-1], "bot.yaml:1:4", "GBK"),
    ],
)
def test_what_is_not_utf8_is_placed_at_its_first_byte(content: bytes, place: str, guess: str) -> None:
    assert refusal(content) == ("encoding", place, guess)


def test_a_huge_file_is_refused_before_it_is_decoded() -> None:
    assert refusal(b"\xff" * (MAX_BYTES + 1))[0] == "too-big"
    assert decode("x", b" " * MAX_BYTES)[1] == ()
