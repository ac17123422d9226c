"""Opening files, and nothing else that may stand in their place."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from interpreter.source.regular_files import NotRegularError, kind_of, open_regular


def test_a_file_is_opened_also_through_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "a", tmp_path / "link"
    path.write_bytes(b"here")
    link.symlink_to(path)
    for name in (path, link):
        with open_regular(name) as file:
            assert (file.read(), file.name) == (b"here", str(name))


def test_a_link_is_refused_where_none_may_be(tmp_path: Path) -> None:
    path, link = tmp_path / "a", tmp_path / "link"
    path.write_bytes(b"here")
    link.symlink_to(path)
    with open_regular(path, follow_links=False) as file:
        assert file.read() == b"here"
    with pytest.raises(OSError, match="symbolic links"):
        open_regular(link, follow_links=False)


def test_whatever_is_no_file_is_refused_at_once_and_by_its_name(tmp_path: Path) -> None:
    pipe, place = tmp_path / "pipe", tmp_path / "socket"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        for path, kind in ((pipe, "pipe"), (place, "socket"), (Path("/dev/zero"), "device"), (tmp_path, "directory")):
            with pytest.raises(NotRegularError, match=f"it is a {kind}, not a file"):
                open_regular(path)
            assert kind_of(path) == kind


def test_what_is_not_there_has_no_kind(tmp_path: Path) -> None:
    assert kind_of(tmp_path / "none") is None
    assert kind_of(Path("a\0b")) is None
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "none")
