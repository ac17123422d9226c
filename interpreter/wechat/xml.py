"""WeChat's flat XML as plain data, and texts as XML.

Nearly all bodies are elements in a row that hold short texts: those are cut by a regular expression for as many as
there are, which has no notion of anything else. All others go to a parser.

The parser trusts nothing: no document type, no entities, no network, UTF-8 only, bounded in size and depth, and
nothing but a declaration may stand before `<xml>`. What XML 1.0 does not allow (control characters in nicknames) is
dropped before parsing, because WeChat does send it: the parser refuses it, and then what is left is parsed again.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from interpreter.values import Value
from interpreter.wechat.errors import MalformedMessage

MAX_BODY = 64 * 1024
"""Bytes of a message."""
MAX_DEPTH = 16
"""Elements within elements."""

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OPENING = re.compile(r"\s*(?:<\?xml(?P<declaration>\s[^<>]*)\?>)?\s*(?=<xml[\s/>])")
_ENCODING = re.compile(r"""\bencoding\s*=\s*["']([^"']*)["']""")
_ELEMENT = r"<([A-Za-z]\w*+)>(<!\[CDATA\[)?([^\x00-\x08\x0b-\x1f&<>\]\ufffe\uffff]*+)(?(%d)\]\]>)</\%d>[ \t\r\n]*+"
"""An element whose text means itself, in a CDATA section or not: nothing in it could end it, stand for something else,
or be refused. To be told the numbers of the groups of its mark and its name."""
_MOST_CUT = 16
"""How many elements in a row are cut; messages have up to about ten."""
_LISTS = frozenset({"item", "List", "AroundBeacon"})
"""Elements that stand once, several times or not at all: always lists."""


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


_PARSER = _parser()


def read_xml(body: bytes) -> dict[str, Value]:
    """The children of `<xml>` by name: texts, maps where elements are nested, lists where an element is repeated.

    Raises:
        MalformedMessage: it is not XML as WeChat writes it.
    """
    if len(body) > MAX_BODY:
        raise MalformedMessage(f"the body has {len(body)} bytes, {MAX_BODY} are allowed")
    text = _decoded(body)
    cut = _cut(text)
    if cut is not None:
        return cut
    content = _read(_parse(legal(_without_prolog(text.removeprefix("\ufeff"))).encode()), 1)
    if not isinstance(content, dict):
        raise MalformedMessage("the message is empty")
    return content


def _cut(text: str) -> dict[str, Value] | None:
    """What is read of elements in a row, each of which stands once and holds a text; None of anything else."""
    count = text.count("</") - 1
    if not 0 < count <= _MOST_CUT:
        return None
    elements = _elements(count).fullmatch(text)
    if elements is None:
        return None
    parts = elements.groups()  # of each its name, mark and text
    names = parts[::3]
    found: dict[str, Value] = dict(zip(names, parts[2::3], strict=True))
    return found if len(found) == len(names) and _LISTS.isdisjoint(found) else None


@lru_cache(_MOST_CUT)
def _elements(count: int) -> re.Pattern[str]:
    """So many elements in a row; one expression of all is quicker than one after the other."""
    row = "".join(_ELEMENT % (group + 1, group) for group in range(1, 3 * count, 3))
    return re.compile(rf"<xml>\r?\n?{row}</xml>", re.ASCII)


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise MalformedMessage("the body is not UTF-8") from error


def legal(text: str) -> str:
    """A text without the characters that XML 1.0 does not allow, lone surrogates among them."""
    if text.isprintable():
        return text
    return _ILLEGAL.sub("", text) if _ILLEGAL.search(text) else text


def cdata(text: str) -> str:
    """A text as a CDATA section that it cannot break out of."""
    return f"<![CDATA[{contained(text)}]]>"


def contained(text: str) -> str:
    """A text as it may stand between the ends of a CDATA section."""
    return text if needs_no_care(text) else legal(text).replace("]]>", "]]]]><![CDATA[>")


def needs_no_care(text: str) -> bool:
    """Whether a text may stand in a CDATA section as it is; False if that takes a closer look."""
    return "]]>" not in text and (text.isprintable() or text.replace("\n", "").isprintable())


def _without_prolog(text: str) -> str:
    opening = _OPENING.match(text)
    if opening is None:
        raise MalformedMessage("the body does not begin with <xml>")
    encoding = _ENCODING.search(opening["declaration"] or "")
    if encoding is not None and encoding[1].lower() not in {"utf-8", "utf8"}:
        raise MalformedMessage(f"the body is declared as {encoding[1][:20]}, only UTF-8 is read")
    return text[opening.end() :]


def _parse(body: bytes) -> etree._Element:
    try:
        return etree.fromstring(body, _PARSER)
    except etree.XMLSyntaxError as error:
        # its words may quote what a user wrote, so only the place is told
        raise MalformedMessage(f"the body is not XML (column {error.position[1]})") from None


def _read(element: etree._Element, depth: int) -> Value:
    if not len(element):
        return element.text or ""
    if depth > MAX_DEPTH:
        raise MalformedMessage(f"elements are nested more than {MAX_DEPTH} deep")
    found: dict[str, list[Value]] = {}
    for child in element:
        found.setdefault(_name(child), []).append(_read(child, depth + 1))
    return {name: items if len(items) > 1 or name in _LISTS else items[0] for name, items in found.items()}


def _name(element: etree._Element) -> str:
    name = element.tag
    if not isinstance(name, str) or name.startswith("{") or ":" in name:
        raise MalformedMessage("the body uses namespaces or entities")
    return name
