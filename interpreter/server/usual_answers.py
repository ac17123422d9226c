"""Writing an answer as HTTP, in the bytes that the HTTP library would send but for its own name."""

from __future__ import annotations

import email.utils
import functools
from http import HTTPStatus

from interpreter.server.endpoint import NOT_KEPT, Answer

_MOST_OPENINGS = 16
_CLOSE = "Connection: close\r\n"
_NOT_KEPT = "".join(f"{name}: {value}\r\n" for name, value in NOT_KEPT.items())


def write_answer(answer: Answer, second: int, is_last: bool) -> bytes:
    """An answer given at a second of Unix time; `is_last` says that the connection ends with it."""
    body = answer.body
    return b"%b%d\r\n\r\n%b" % (_opening(second, answer.status, answer.is_xml, is_last), len(body), body)


@functools.lru_cache(_MOST_OPENINGS)
def _opening(second: int, status: int, is_xml: bool, is_last: bool) -> bytes:
    """The head of an answer up to the number of bytes behind it: many answers of one second have the same."""
    kind = "application/xml" if is_xml else "text/plain"
    kept = "" if status == 200 else _NOT_KEPT
    return (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {kind}; charset=utf-8\r\n"
        f"Date: {email.utils.formatdate(second, usegmt=True)}\r\n{kept}{_CLOSE if is_last else ''}Content-Length: "
    ).encode()
