"""The token signature: who knows the token can sign, and nobody else.

It covers the token, a time and a nonce, but not the body: whoever sees one signed address can use it until its time
runs out. Hence the window.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from interpreter.diagnostics.wording import Wording
from interpreter.wechat.errors import SignatureMismatch

WINDOW = 300
"""Seconds by which the time of a message may differ from ours. Deliveries of one message are signed afresh each."""

_NAMES = ("signature", "timestamp", "nonce")


def sign(*parts: str) -> str:
    """A signature in lower-case hex: SHA-1 over the texts, sorted by their bytes and joined."""
    return _digest([*parts])


def _digest(parts: list[str]) -> str:
    parts.sort()  # UTF-8 has the order of the characters
    return hashlib.sha1("".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def check_signature(token: str, query: Mapping[str, str]) -> None:
    """Check the signature of a request's query; of a repeated parameter the first value counts.

    Raises:
        SignatureMismatch: something is missing, or it was signed with another token.
    """
    signature, timestamp, nonce = query.get("signature"), query.get("timestamp"), query.get("nonce")
    if not (signature and timestamp and nonce):
        names = ", ".join(name for name in _NAMES if not query.get(name))
        raise SignatureMismatch(
            Wording(
                f"the query has no {names} – this is not a request of WeChat's",
                f"缺少参数 {names}，这不是微信发来的请求",
            )
        )
    expected = _digest([token, timestamp, nonce])
    if not (signature.isascii() and hmac.compare_digest(expected, signature)):
        raise SignatureMismatch(
            Wording(
                "the signature does not fit: the Token in WeChat's console differs from the token of this bot",
                "签名不符：微信后台填写的 Token 与本机器人的 token 不一致",
            )
        )


def check_time(query: Mapping[str, str], now: float, window: int = WINDOW) -> None:
    """Check that a signed request is of now.

    Raises:
        SignatureMismatch: its time is too far from ours, or is none.
    """
    timestamp = query.get("timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise SignatureMismatch(Wording("its timestamp is not a number of seconds", "timestamp 不是以秒为单位的数字"))
    seconds = now - int(timestamp)
    if not -window <= seconds <= window and abs(late := round(seconds)) > window:
        shown = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%S")
        raise SignatureMismatch(
            Wording(
                f"it was signed {abs(late)} s {'ago' if late > 0 else 'in the future'}, {window} s are allowed: "
                f"a replayed request, or this computer's clock ({shown} UTC) is wrong; let NTP set it, or allow more "
                "with --window",
                f"签名时间比本机时间{'早' if late > 0 else '晚'} {abs(late)} 秒（允许 {window} 秒）：请求被重放，"
                f"或本机时钟（UTC {shown}）不准；请用 NTP 校时，或用 --window 放宽",
            )
        )
