"""What WeChat's error codes mean, and what can be done about them.

https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from interpreter.diagnostics.wording import Wording


class Meaning(Struct, frozen=True):
    """One code: what happened, what to do, and what a program may try by itself."""

    wording: Wording
    remedy: Wording
    is_passing: bool = False
    """Whether the same call may succeed in a moment."""
    is_token: bool = False
    """Whether the access token is the cause, so that the call succeeds with a new one."""


@cache
def meanings() -> Mapping[int, Meaning]:
    """Every code that is explained."""
    written = json.loads(Path(__file__).with_name("codes.json").read_bytes())
    return {
        int(code): Meaning(
            Wording(entry["en"][0], entry["zh"][0]),
            Wording(entry["en"][1], entry["zh"][1]),
            is_passing=entry.get("again", False),
            is_token=entry.get("renew", False),
        )
        for code, entry in written.items()
    }


def explain_code(code: int) -> Meaning | None:
    """What a code means; None for one that is not explained here."""
    return meanings().get(code)


def describe_code(code: int) -> Wording:
    """A code, what it means and what to do, without WeChat's own words: those may repeat what was sent."""
    known = explain_code(code)
    if known is None:
        return Wording(f"error {code}", f"错误 {code}")
    return Wording(
        f"error {code}: {known.wording.en}; {known.remedy.en}", f"错误 {code}：{known.wording.zh}；{known.remedy.zh}"
    )
