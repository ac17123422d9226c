"""What kind of file system a file lies on, where that matters for a database."""

from __future__ import annotations

from pathlib import Path

_MOUNTS = Path("/proc/mounts")
REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.s3fs", "fuse.glusterfs", "ceph"})


def doubtful_place(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """A sentence about the file system of a file, if a database does not do well there."""
    kind = file_system(path, mounts)
    if kind in REMOTE:
        return (
            f"{path} lies on a network file system ({kind}), where locks and flushes cannot be relied on;"
            " use a local disk, or Redis for several machines"
        )
    if kind == "overlay":
        return f"{path} lies in the container's own layer and goes with it; put it on a volume"
    return None


def file_system(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """The type of the file system with the longest mount point above a file; None where that cannot be known."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
        place = path.resolve()
    except (OSError, RuntimeError):
        return None
    best, kind = -1, None
    for line in lines:
        _, point, found, *_ = [*line.split(" "), "", "", ""]
        point = point.replace(r"\040", " ")
        if point.startswith("/") and place.is_relative_to(point) and len(point) >= best:
            best, kind = len(point), found
    return kind
