from __future__ import annotations

from pathlib import Path

import pytest

from interpreter.stores.places import doubtful_place

MOUNTS = """\
overlay / overlay rw 0 0
/dev/sda1 /data ext4 rw 0 0
server:/share /data/shared nfs4 rw 0 0
//nas/bots /data/my\\040bots cifs rw 0 0
tmpfs /data/shared/fast tmpfs rw 0 0
damaged
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    (tmp_path / "mounts").write_text(MOUNTS)
    return tmp_path / "mounts"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/app/dialog.db", "in the container's own layer"),
        ("/data/shared/dialog.db", "a network file system (nfs4)"),
        ("/data/my bots/dialog.db", "a network file system (cifs)"),
    ],
)
def test_a_place_where_a_database_does_badly_is_named(mounts: Path, path: str, said: str) -> None:
    assert said in (doubtful_place(Path(path), mounts) or "")


@pytest.mark.parametrize("path", ["/data/dialog.db", "/data/shared/fast/dialog.db", "/data/sharedness/dialog.db"])
def test_a_good_place_is_not(mounts: Path, path: str) -> None:
    assert doubtful_place(Path(path), mounts) is None


def test_where_mounts_cannot_be_read_nothing_is_said(tmp_path: Path) -> None:
    assert doubtful_place(tmp_path / "dialog.db", tmp_path / "nowhere") is None
