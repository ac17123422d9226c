"""Files of `media`: where they are, and what WeChat takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from interpreter.check.findings import Findings
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.media_files import KINDS, MAX_BYTES, path_of, suffix_of
from interpreter.dialog.model.bot import Bot
from interpreter.source.tree import Scalar

CODE = "DL518"

_ALL = ", ".join(KINDS)


def check_media(bot: Bot, findings: Findings) -> None:
    """What can be seen from the names of the files."""
    for scalar in bot.media.values():
        if path_of(scalar, bot.sources[0]) is None:
            findings.report(_outside(scalar))
        elif suffix_of(scalar.text) not in KINDS:
            findings.report(_unknown_kind(scalar))


def check_files(bot: Bot, size_of: Callable[[str], int | None]) -> Iterator[Diagnostic]:
    """What can be seen from the files themselves: `size_of` gives the bytes of one, None of one that is not there."""
    for scalar in bot.media.values():
        path = path_of(scalar, bot.sources[0])
        kind = KINDS.get(suffix_of(scalar.text))
        if path is None or kind is None:
            continue
        size, most = size_of(path), MAX_BYTES[kind]
        if size is None:
            yield _missing(scalar)
        elif not size or size > most:
            yield _wrong_size(scalar, size, most)


def _outside(scalar: Scalar) -> Diagnostic:
    return Diagnostic(
        CODE,
        scalar.span,
        Wording(
            f"`{scalar.text}` is no file in the folder of the bot", f"`{scalar.text}` 不是机器人所在文件夹里的文件"
        ),
        help=Wording(
            "write the path of a file beside the bot or below, with forward slashes: `images/cat.jpg`",
            "请写机器人旁边或子文件夹里的文件，用正斜杠：`images/cat.jpg`",
        ),
    )


def _unknown_kind(scalar: Scalar) -> Diagnostic:
    suffix = suffix_of(scalar.text)
    near = nearest(suffix, KINDS) if suffix else None
    return Diagnostic(
        CODE,
        scalar.span,
        Wording(f"WeChat takes no file like `{scalar.text}`", f"微信不支持 `{scalar.text}` 这种文件"),
        label=Wording(f"did you mean `.{near}`?", f"是不是想写 `.{near}`？") if near else None,
        help=Wording(f"it takes {_ALL}", f"可用的有 {_ALL}"),
    )


def _missing(scalar: Scalar) -> Diagnostic:
    return Diagnostic(
        CODE,
        scalar.span,
        Wording(f"there is no file `{scalar.text}`", f"没有文件 `{scalar.text}`"),
        help=Wording("paths are relative to the file in which they are written", "路径相对于写着它的文件，区分大小写"),
    )


def _wrong_size(scalar: Scalar, size: int, most: int) -> Diagnostic:
    if not size:
        return Diagnostic(CODE, scalar.span, Wording("this file is empty", "这个文件是空的"))
    return Diagnostic(
        CODE,
        scalar.span,
        Wording(
            f"this file has {size:,} bytes, WeChat takes {most:,}", f"文件有 {size:,} 字节，微信最多允许 {most:,} 字节"
        ),
    )
