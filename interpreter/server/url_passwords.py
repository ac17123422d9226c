"""Passwords in the addresses of a text, as people write them, not only as RFC 3986 has them.

`http://u:a/b@host` is no address: by the book its host is `u`, and `a` is no port. But a password that has not been
encoded looks like that, and whatever refuses the address writes it into its error. So an address is read by the book
as long as that makes sense; if not, all up to its last `@` is the password. Where both can be meant, more is hidden
rather than less, but for what is common in good addresses: a port, and an `@` in the path behind a host with a dot.

A text is gone through once: each part of it is looked at a few times, however long a line is.
"""

from __future__ import annotations

import re

_BEGIN = "://"
_RUN = re.compile(r"\S+")
_ENDS = r"\s<>{}|\\^，。；：！？、（）《》「」【】“”‘’"
"""What cannot be in an address: it ends there if it is one so far."""
_END = {quote: re.compile(rf"[{_ENDS}{quote}]") for quote in ("", '"', "'", "`")}
"""The same, with the quotation mark that an address stands in."""
_PATH = re.compile(r"[/?#]")
_PLACE = re.compile(
    r"(?:(?P<ip>\[[0-9A-Fa-f:.]+(?:%[\w.~%-]*)?\])|(?P<name>[^\s\[\]:@/?#]+))(?::(?P<port>\d{0,5}))?"
    r"(?P<rest>[]),;.!?'*]*)\Z"
)
"""A host, perhaps with a port, and what a sentence has behind it."""
_WITH_PORT = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+):\d{1,5}(?:[/?#]|[]),;.!?']*\Z)")
_LAST_PORT = 65_535
_WEB = ("http", "https", "ws", "wss")
"""Schemes whose addresses may well have an `@` in the path."""


def hide_passwords(text: str, hidden: str) -> str:
    """A text with the passwords of its addresses hidden."""
    if _BEGIN not in text or "@" not in text:
        return text
    parts: list[str] = []
    done = 0
    at = text.find(_BEGIN)
    while at >= 0:
        run = _RUN.match(text, at)
        assert run is not None
        done = _hide_in_run(text, at, run.end(), done, hidden, parts)
        at = text.find(_BEGIN, run.end())
    return "".join((*parts, text[done:]))


def _hide_in_run(text: str, at: int, end: int, done: int, hidden: str, parts: list[str]) -> int:
    """Hide in what has no space in it and begins with `://`; how much of the text is among the parts then."""
    last = text.rfind("@", at, end)
    while 0 <= at < last:
        begin = at + len(_BEGIN)
        following = text.find(_BEGIN, begin, end)
        scheme = _scheme_before(text, done, at)
        quote = text[scheme - 1 : scheme]
        stop = _scheme_before(text, begin, following) if following >= 0 else end
        found = (_END.get(quote) or _END[""]).search(text, begin, stop)
        stop = found.start() if found is not None else stop
        if not _is_by_the_book(text[begin:stop]):
            stop, following = end, -1
        secret = _password(text[begin:stop], is_web=text[scheme:at].lower() in _WEB)
        if secret is not None:
            parts += (text[done : begin + secret[0]], hidden)
            done = begin + secret[1]
        at = following
    return done


def _scheme_before(text: str, begin: int, at: int) -> int:
    """Where the scheme of an address begins, which ends at a place."""
    while at > begin and text[at - 1].isascii() and (text[at - 1].isalnum() or text[at - 1] in "+.-"):
        at -= 1
    return at


def _is_by_the_book(address: str) -> bool:
    """Whether an address that ends here is one."""
    return not address.endswith("@") and _place(address, _path_of(address)) is not None


def _place(address: str, path: int) -> re.Match[str] | None:
    """The host of an address and its port, behind which a path may begin; None where there is none by the book."""
    user = address.rfind("@", 0, path)
    place = _PLACE.match(address[user + 1 : path])
    if place is None or int(place["port"] or 0) > _LAST_PORT or (place["port"] == "" and user < 0):
        return None
    return place if path == len(address) or not place["rest"] else None


def _path_of(address: str) -> int:
    found = _PATH.search(address)
    return found.start() if found is not None else len(address)


def _password(address: str, *, is_web: bool) -> tuple[int, int] | None:
    """Where the password of an address stands, which is written without its scheme; None if there is none."""
    last, path = address.rfind("@"), _path_of(address)
    end = address.rfind("@", 0, path)
    place = _place(address, path)
    colon = address.find(":", 0, path)
    if place is None or colon == end - 1 or (last > end and _may_end_there(address, last, place, end >= 0, is_web)):
        end = last
    return (colon + 1, end) if 0 <= colon < end - 1 else None


def _may_end_there(address: str, last: int, place: re.Match[str], has_user: bool, is_web: bool) -> bool:
    """Whether the last `@` of an address that is one by the book may be the one behind the password all the same."""
    if not has_user and (place["ip"] or place["port"] is None):
        return False
    if _WITH_PORT.match(address, last + 1):
        return True
    if not has_user:
        return not is_web
    return place["ip"] is None and place["port"] is None and "." not in place["name"] and place["name"] != "localhost"
