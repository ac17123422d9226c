"""What WeChat takes as media: kinds by the ends of file names, and how big a file may be.

https://developers.weixin.qq.com/doc/offiaccount/Asset_Management/New_temporary_materials.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Literal

from interpreter.source.tree import Scalar

Kind = Literal["image", "voice", "video"]

KINDS: Mapping[str, Kind] = {
    "bmp": "image",
    "png": "image",
    "jpeg": "image",
    "jpg": "image",
    "gif": "image",
    "amr": "voice",
    "mp3": "voice",
    "mp4": "video",
}
"""What a file is, by the end of its name."""

MAX_BYTES: Mapping[str, int] = {
    "image": 10 * 1024 * 1024,
    "voice": 2 * 1024 * 1024,
    "video": 10 * 1024 * 1024,
    "thumb": 64 * 1024,
}
"""How big a file of a kind may be; a cover (`thumb`) is a jpg."""

WECOM_SUFFIXES = frozenset(("png", "jpg", "jpeg", "amr", "mp4"))
"""The ends of names that WeCom takes, too."""


def suffix_of(path: str) -> str:
    """The end of a file's name, in small letters."""
    return posixpath.splitext(path)[1].removeprefix(".").lower()


def path_of(scalar: Scalar, main: str) -> str | None:
    """The path of a file from the folder of the bot's own file on; None of one that is not in there.

    A path is relative to the file in which it is written.
    """
    written = scalar.text.strip()
    if not written or "\\" in written or ":" in written or "\0" in written or posixpath.isabs(written):
        return None
    root = posixpath.dirname(main.replace("\\", "/"))
    folder = posixpath.dirname(scalar.span.file.name.replace("\\", "/"))
    whole = posixpath.normpath(posixpath.join(folder, written))
    path = posixpath.relpath(whole, root or ".") if posixpath.isabs(whole) == posixpath.isabs(root) else ".."
    return None if path.split("/")[0] == ".." or path == "." else path
