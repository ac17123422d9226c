"""Functions of web addresses, and of the markup that WeChat reads in texts."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from interpreter.diagnostics.wording import Wording
from interpreter.expr.functions.limits import room_for_items, room_for_text, short_enough
from interpreter.expr.functions.registry import MAP, TEXT, Family, Parameter
from interpreter.types.kinds import MapType, OptionalType
from interpreter.values import Value, print_value

FAMILY = Family("url", Wording("Web addresses", "网址"))


@FAMILY.function(
    "url_encode",
    Parameter("text", TEXT),
    result=TEXT,
    zh="百分号编码，可放进网址。",
    examples={
        'url_encode("你 好")': '"%E4%BD%A0%20%E5%A5%BD"',
    },
)
def url_encode(text: str) -> str:
    """The text with percent escapes, to be put into an address."""
    return short_enough(quote(text, safe="", errors="replace"))


@FAMILY.function(
    "url_decode",
    Parameter("text", TEXT),
    result=TEXT,
    zh="解开百分号编码。",
    examples={
        'url_decode("%E4%BD%A0")': '"你"',
    },
)
def url_decode(text: str) -> str:
    """The text with percent escapes read."""
    return unquote(text, errors="replace")


@FAMILY.function(
    "query",
    Parameter("map", MAP),
    result=TEXT,
    zh="把映射写成网址参数；为 null 的不写。",
    examples={
        'query({"q": "天气", "n": 1})': '"q=%E5%A4%A9%E6%B0%94&n=1"',
    },
)
def query(parameters: Mapping[str, Value]) -> str:
    """The map as the parameters of an address; null ones are left out."""
    shown = [(key, print_value(value)) for key, value in parameters.items() if value is not None]
    room_for_text(sum(len(key) + len(value) for key, value in shown))
    return short_enough(urlencode(shown, quote_via=quote, safe="", errors="replace"))


@FAMILY.function(
    "url",
    Parameter("base", TEXT),
    Parameter("params", MAP),
    result=TEXT,
    zh="在网址上加参数。",
    examples={
        'url("https://a.cn/s?t=1#x", {"q": "b c"})': '"https://a.cn/s?t=1&q=b%20c#x"',
    },
)
def url(base: str, params: Mapping[str, Value]) -> str:
    """The address with these parameters added."""
    added = query(params)
    before, mark, fragment = base.partition("#")
    joint = "" if not added or before.endswith(("?", "&")) else "&" if "?" in before else "?"
    return short_enough(before + joint + added + mark + fragment)


@FAMILY.function(
    "params_of",
    Parameter("url", TEXT),
    result=MapType(TEXT),
    zh="网址中的参数。",
    examples={
        'params_of("https://a.cn/?q=b%20c&n=1")': '{"q": "b c", "n": "1"}',
    },
)
def params_of(url: str) -> Mapping[str, str]:
    """The parameters in the address."""
    parts = _split(url)
    written = parts.query if parts else ""
    room_for_items(written.count("&") + 1)
    return dict(parse_qsl(written, keep_blank_values=True, errors="replace"))


@FAMILY.function(
    "host_of",
    Parameter("url", TEXT),
    result=OptionalType(TEXT),
    zh="网址的主机名；没有则为 null。",
    examples={
        'host_of("https://www.example.com/a")': '"www.example.com"',
        'host_of("abc")': "null",
    },
)
def host_of(url: str) -> str | None:
    """The host in the address; null if there is none."""
    parts = _split(url)
    return (parts.hostname or None) if parts else None


@FAMILY.function(
    "path_of",
    Parameter("url", TEXT),
    result=OptionalType(TEXT),
    zh="网址的路径；不是网址则为 null。",
    examples={
        'path_of("https://a.cn/b/c?d=1")': '"/b/c"',
    },
)
def path_of(url: str) -> str | None:
    """The path in the address; null if it has no host."""
    parts = _split(url)
    return parts.path if parts and parts.hostname else None


@FAMILY.function(
    "escape_html",
    Parameter("text", TEXT),
    result=TEXT,
    zh="转义 < > & 和引号。",
    examples={
        'escape_html("a<b")': '"a&lt;b"',
    },
)
def escape_html(text: str) -> str:
    """The text with `<`, `>`, `&` and quotes escaped."""
    return short_enough(_escaped(text))


@FAMILY.function(
    "link",
    Parameter("label", TEXT),
    Parameter("url", TEXT),
    result=TEXT,
    zh="微信文本消息中的链接。",
    examples={
        'link("官网", "https://a.cn")': "'<a href=\"https://a.cn\">官网</a>'",
    },
)
def link(label: str, url: str) -> str:
    """A link inside a text message."""
    return short_enough(f'<a href="{_escaped(url)}">{label}</a>')


def _escaped(text: str) -> str:
    import html  # takes all names of characters along

    return html.escape(text)


def _split(url: str) -> SplitResult | None:
    """The parts of an address; None where it is none, such as with a broken `[` in its host."""
    try:
        return urlsplit(url)
    except ValueError:
        return None
