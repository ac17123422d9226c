from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
from faults.figures import figures
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from interpreter.wechat.errors import MalformedMessage
from interpreter.wechat.xml import MAX_BODY, cdata, legal, read_xml


def test_children_become_texts() -> None:
    assert read_xml(b"<xml><A><![CDATA[one]]></A><B>2</B><C/><D></D></xml>") == {"A": "one", "B": "2", "C": "", "D": ""}


def test_blanks_inside_a_value_stay() -> None:
    assert read_xml(b"<xml>\n <A><![CDATA[ a \n b ]]></A>\n</xml>") == {"A": " a \n b "}


def test_nested_elements_become_maps() -> None:
    assert read_xml(b"<xml><A><B>1</B><C>2</C></A></xml>") == {"A": {"B": "1", "C": "2"}}


@pytest.mark.parametrize("name", ["item", "List"])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_repeated_elements_are_always_lists(name: str, count: int) -> None:
    items = f"<{name}><K>v</K></{name}>" * count
    assert read_xml(f"<xml><L>{items}</L></xml>".encode()) == {"L": {name: [{"K": "v"}] * count}}


def test_any_element_that_stands_twice_becomes_a_list() -> None:
    assert read_xml(b"<xml><A>1</A><A>2</A></xml>") == {"A": ["1", "2"]}


@pytest.mark.parametrize(
    "declaration", ["", '<?xml version="1.0"?>', "<?xml version='1.0' encoding='UTF-8'?>\n", "\n  "]
)
def test_a_declaration_may_stand_first(declaration: str) -> None:
    assert read_xml(f"{declaration}<xml><A>中</A></xml>".encode()) == {"A": "中"}


def test_a_byte_order_mark_is_overlooked() -> None:
    assert read_xml("\ufeff<xml><A>中</A></xml>".encode()) == {"A": "中"}


def test_characters_that_xml_does_not_allow_are_dropped() -> None:
    assert read_xml("<xml><A><![CDATA[a\x00b\x0bc\ufffe😀]]></A></xml>".encode()) == {"A": "abc😀"}


def test_the_largest_body_is_read_and_one_byte_more_is_not() -> None:
    frame = b"<xml><A></A></xml>"
    largest = b"<xml><A>" + b"x" * (MAX_BODY - len(frame)) + b"</A></xml>"
    assert len(str(read_xml(largest)["A"])) == MAX_BODY - len(frame)
    with pytest.raises(MalformedMessage, match="65537 bytes"):
        read_xml(largest.replace(b"x", b"xx", 1))


def test_user_text_that_looks_like_markup_is_only_text() -> None:
    for text in ("<!DOCTYPE html>", "<!ENTITY a>", "&lt;", "<?php ?>", "</xml>"):
        assert read_xml(f"<xml><A>{cdata(text)}</A></xml>".encode()) == {"A": text}


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters(exclude_categories=[])))
def test_a_text_survives_writing_and_reading(text: str) -> None:
    body = f"<xml><A>{cdata(text)}</A></xml>".encode()
    if len(body) <= MAX_BODY:
        assert read_xml(body)["A"] == legal(text).replace("\r\n", "\n").replace("\r", "\n")


MARKUP = st.sampled_from(
    (
        *("<", ">", "/", "!", "<![CDATA[", "]]>", "&", ";", "&amp;", "&#x41;", "A", " ", "\n", "\r", "=", '"', "x]"),
        *("<A>", "</A>", "<B/>", "<A b='c'>", "</xml>", "<xml>", "<!-- c -->", "<?a b?>", "<!DOCTYPE a>", "<item>"),
        *("\x00", "\x0b", "\x7f", "\x85", "\ufffd", "\ufffe", "\uffff", "\ud800", "你", "\U0010ffff"),
    )
)


@settings(deadline=None, max_examples=500)
@given(st.lists(MARKUP, max_size=12).map("".join), st.booleans())
def test_what_is_read_in_the_usual_way_is_what_is_read_in_the_other(content: str, is_open: bool) -> None:
    body = f"<xml>{content}{'' if is_open else '</xml>'}".encode("utf-8", "surrogatepass")
    unusual = b"\n" + body  # what does not begin with <xml> goes to the parser
    assert read_or_refused(body) == read_or_refused(unusual)


NAMES = (
    *("MsgType", "A1", "A_b", "_A", "item", "List", "AroundBeacon", "xml", "xmlns", "XmlA"),
    *("1A", "A-b", "A.b", "A:b", "é", "你", "A ", "A b='c'", ""),
)
TEXTS = (
    *map(
        chr, (*range(0x300), 0x2028, 0xD7FF, 0xD800, 0xDFFF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1FFFE, 0x10FFFF)
    ),
    *(
        "",
        "\r\n",
        "&amp;",
        "&lt;",
        "&#0;",
        "&#65;",
        "&a;",
        "]]",
        "]]>",
        "]]]]>",
        "<B>",
        "<B/>",
        "<!---->",
        "</A>",
        "你好",
    ),
)
PIECES = (
    *("<A>1</A>", "<A><![CDATA[2]]></A>", "<B>3</B>", "<item>4</item>", "<A/>", "<A>", "</A>", "<B></A>"),
    *(" ", "\n", "\r\n\t", "\x85", "x", "&amp;", "<!---->", "<?a?>", "<![CDATA[5]]>", "<xml>", "</xml>", "\x00"),
)


def test_elements_in_a_row_are_read_as_the_parser_reads_them() -> None:
    ways = (
        "<A>{}</A>",
        "<A>a{}b</A>",
        "<A><![CDATA[{}]]></A>",
        "<A><![CDATA[a{}b]]></A>",
        "<A><![CDATA[{}</A>",
        "<A>{}]]></A>",
    )
    rows = (
        *(f"<{name}>1</{end}>" for name, end in product(NAMES, repeat=2)),
        *(way.format(text) for way, text in product(ways, TEXTS)),
        *map("".join, product(PIECES, repeat=3)),
    )
    for row, end in product(rows, ("</xml>", "")):
        body = f"<xml>{row}{end}".encode("utf-8", "surrogatepass")
        assert read_or_refused(body) == read_or_refused(b"\n" + body), body


def read_or_refused(body: bytes) -> object:
    try:
        return read_xml(body)
    except MalformedMessage:
        return None


def test_a_body_that_is_refused_leaves_nothing_behind() -> None:
    for bad in (b"<xml><A>", b"<xml><A>1</A></xml><xml>", b"<xml>\xff", b"<xml/>", b"<xml>"):
        assert read_or_refused(bad) is None
        assert read_xml(b"<xml><A>1</A></xml>") == {"A": "1"}


def test_threads_do_not_mix_their_bodies_up() -> None:
    def read_many(number: int) -> bool:
        body = f"<xml><A>{number}</A></xml>".encode()
        return all(read_xml(body) == {"A": str(number)} for _ in range(300))

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(read_many, range(4)))


# ---------------------------------------------------------------------------------------------------- hostile bodies

GOOD = (
    "<xml><ToUserName><![CDATA[gh_bot]]></ToUserName><FromUserName><![CDATA[oUser1]]></FromUserName>"
    "<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content>"
    "<MsgId>24000000000000001</MsgId></xml>"
).encode()

ENTITIES = {
    "internal": '<!DOCTYPE xml [<!ENTITY e "x">]>',
    "external file": '<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    "external http": '<!DOCTYPE xml [<!ENTITY e SYSTEM "http://127.0.0.1:9/x">]>',
    "public": '<!DOCTYPE xml PUBLIC "-//A//B" "http://127.0.0.1:9/x.dtd" [<!ENTITY e "x">]>',
    "parameter": '<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p; <!ENTITY e "x">]>',
    "unparsed": '<!DOCTYPE xml [<!NOTATION n SYSTEM "x"><!ENTITY e SYSTEM "file:///etc/hostname" NDATA n>]>',
    "doctype only": "<!DOCTYPE xml>",
    "system dtd": '<!DOCTYPE xml SYSTEM "file:///etc/hostname">',
    "lower case": '<!doctype xml [<!entity e "x">]>',
    "quadratic": f'<!DOCTYPE xml [<!ENTITY e "{"x" * 5000}">]>',
    "billion laughs": "<!DOCTYPE xml [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "<!ENTITY e '&a9;'>]>",
    "attribute default": '<!DOCTYPE xml [<!ATTLIST A b CDATA "x"><!ENTITY e "x">]>',
}
PLACES = {
    "first": "{}<xml><A>&e;</A></xml>",
    "after the declaration": '<?xml version="1.0"?>\n{}\n<xml><A>&e;</A></xml>',
    "after a comment": "<!-- c -->{}<xml><A>&e;</A></xml>",
    "after an instruction": "<?a b?>{}<xml><A>&e;</A></xml>",
    "inside": "<xml>{}<A>&e;</A></xml>",
    "last": "<xml><A>&e;</A></xml>{}",
    "repeated": "{0}{0}<xml><A>&e;&e;&e;</A></xml>",
}
SHAPES = {
    "empty": b"",
    "blank": b" \n ",
    "text": b"hello",
    "json": b'{"a": 1}',
    "form": b"a=1&b=2",
    "html": b"<!DOCTYPE html><html><body>x</body></html>",
    "other root": b"<message><A>1</A></message>",
    "root of another case": b"<XML><A>1</A></XML>",
    "longer root": b"<xmlx><A>1</A></xmlx>",
    "empty root": b"<xml></xml>",
    "closed root": b"<xml/>",
    "text only": b"<xml>hello</xml>",
    "two roots": b"<xml><A>1</A></xml><xml><A>2</A></xml>",
    "trailing text": b"<xml><A>1</A></xml>tail",
    "unclosed": b"<xml><A>1</xml>",
    "crossed": b"<xml><A><B>1</A></B></xml>",
    "bare ampersand": b"<xml><A>a & b</A></xml>",
    "unknown entity": b"<xml><A>&unknown;</A></xml>",
    "html entity": b"<xml><A>&nbsp;</A></xml>",
    "null reference": b"<xml><A>&#0;</A></xml>",
    "surrogate reference": b"<xml><A>&#xD800;</A></xml>",
    "huge reference": b"<xml><A>&#99999999999;</A></xml>",
    "open cdata": b"<xml><A><![CDATA[x</A></xml>",
    "stray cdata end": b"<xml><A>]]></A></xml>",
    "attribute without value": b"<xml a><A>1</A></xml>",
    "double attribute": b'<xml a="1" a="2"><A>1</A></xml>',
    "default namespace": b'<xml xmlns="urn:x"><A>1</A></xml>',
    "prefixed": b'<xml xmlns:a="urn:x"><a:A>1</a:A></xml>',
    "undeclared prefix": b"<xml><a:A>1</a:A></xml>",
    "xinclude": b'<xml xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/hostname"/></xml>',
    "xslt": b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?><xml><A>1</A></xml>',
    "schema location": b'<xml xmlns:xsi="urn:x" xsi:noNamespaceSchemaLocation="http://127.0.0.1:9/x"><xsi:A/></xml>',
    "two declarations": b'<?xml version="1.0"?><?xml version="1.0"?><xml><A>1</A></xml>',
    "latin byte": b"<xml><A>\xe9</A></xml>",
    "overlong utf-8": b"<xml><A>\xc0\xbc</A></xml>",
    "utf-8 surrogate": b"<xml><A>\xed\xa0\x80</A></xml>",
    "cut utf-8": b"<xml><A>\xe4\xbd</A></xml>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>',
    "soap": b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"/>',
    "number as tag": b"<xml><1>1</1></xml>",
    "many brackets": b"<xml>" + b"<" * 60_000,
    "open elements": b"<xml>" + b"<a>" * 20_000,
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    "zip": b"PK\x03\x04",
    "nuls": b"\x00" * 1000,
}


def hostile() -> Iterator[tuple[str, bytes]]:
    for name, doctype in ENTITIES.items():
        for place, frame in PLACES.items():
            yield f"{name} {place}", frame.format(doctype).encode()
    for name, body in SHAPES.items():
        yield name, body
    for depth in (18, 50, 255, 257, 1000, 5000):
        yield f"{depth} deep", b"<xml>" + b"<a>" * depth + b"1" + b"</a>" * depth + b"</xml>"
    for encoding in (
        "gb18030",
        "gbk",
        "big5",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-7",
        "latin-1",
        "ebcdic",
        "cp037",
        "shift_jis",
    ):
        declared = f'<?xml version="1.0" encoding="{encoding}"?><xml><A>1</A></xml>'
        yield f"declared {encoding}", declared.encode()
    for encoding in ("gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "big5", "cp037"):
        yield f"encoded {encoding}", "<xml><A>你好</A></xml>".encode(encoding, "ignore")
    for cut in range(len(GOOD)):
        yield f"cut at {cut}", GOOD[:cut]


HOSTILE = dict(hostile())


def test_the_hostile_corpus_is_large() -> None:
    assert len(HOSTILE) >= 300


_opened: list[str] = []
_watching = False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and (event.startswith("socket.") or (event == "open" and "hostname" in str(arguments[0]))):
        _opened.append(event)


sys.addaudithook(_watch)


def test_every_hostile_body_is_refused_and_nothing_is_opened() -> None:
    global _watching  # noqa: PLW0603 - an audit hook cannot be taken off again
    _watching = True
    began = time.process_time()
    accepted = [name for name, body in HOSTILE.items() if not is_refused(body)]
    took = time.process_time() - began
    _watching = False
    figures(
        "input 3",
        "hostile XML",
        bodies=len(HOSTILE),
        refused=len(HOSTILE) - len(accepted),
        opened=len(_opened),
        ms_each=took / len(HOSTILE) * 1000,
    )
    assert accepted == []
    assert _opened == []


def is_refused(body: bytes) -> bool:
    try:
        read_xml(body)
    except MalformedMessage:
        return True
    return False


def test_comments_and_instructions_inside_are_overlooked() -> None:
    assert read_xml(b"<xml><!-- c --><?a b?><A>1</A></xml>") == {"A": "1"}


def test_attributes_are_overlooked() -> None:
    assert read_xml(b'<xml x="' + b"y" * 50_000 + b'"><A b="c">1</A></xml>') == {"A": "1"}


def test_sixteen_levels_are_read() -> None:
    body = b"<xml>" + b"<a>" * 16 + b"1" + b"</a>" * 16 + b"</xml>"
    assert read_xml(body)
    assert is_refused(body.replace(b"1", b"<a>1</a>"))


@settings(deadline=None, max_examples=300)
@given(
    st.binary(max_size=200)
    | st.text(alphabet="<>/![]CDATA&;xml aA1\"'=?-", max_size=80).map(lambda t: f"<xml>{t}</xml>".encode())
)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(MalformedMessage):
        assert read_xml(body)


def test_what_is_written_is_xml_for_everybody() -> None:
    root = etree.fromstring(f"<xml><A>{cdata('a]]>b]]]>')}</A></xml>".encode())
    assert root.findtext("A") == "a]]>b]]]>"
