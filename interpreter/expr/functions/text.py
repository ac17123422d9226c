"""Functions of texts: size, parts, search, case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from interpreter.diagnostics.wording import Wording
from interpreter.expr.env import Env
from interpreter.expr.functions.comparing import identity
from interpreter.expr.functions.generic import text_or_list
from interpreter.expr.functions.limits import natural, room_for_items, room_for_text, short_enough
from interpreter.expr.functions.registry import ANY, BOOL, INT, LIST, MAP, TEXT, Family, Parameter
from interpreter.types.folding import fold
from interpreter.types.kinds import ListType, OptionalType
from interpreter.values import Fault, Value

FAMILY = Family("text", Wording("Text", "文本"))


@FAMILY.function(
    "len",
    Parameter("x", ANY, one_of=(TEXT, LIST, MAP)),
    result=INT,
    zh="文本的字符数、列表的项数或映射的键数。",
    examples={
        'len("你好")': "2",
        "len([1, 2, 3])": "3",
        'len({"a": 1})': "1",
    },
    native=len,
)
def length(x: str | Sequence[Value] | Mapping[str, Value]) -> int:
    """The number of characters of a text, of items of a list, or of keys of a map."""
    return len(x)


@FAMILY.function(
    "byte_length",
    Parameter("text", TEXT),
    result=INT,
    zh="文本的 UTF-8 字节数；微信的长度限制按字节计算。",
    examples={
        'byte_length("你好a")': "7",
    },
)
def byte_length(text: str) -> int:
    """The number of bytes of the text in UTF-8, which is what WeChat's limits count."""
    return len(text.encode(errors="surrogatepass"))


@FAMILY.function(
    "is_blank",
    Parameter("text", OptionalType(TEXT)),
    result=BOOL,
    zh="是否为 null、空文本或只有空白。",
    examples={
        'is_blank("  ")': "true",
        "is_blank(null)": "true",
        'is_blank("a")': "false",
    },
)
def is_blank(text: str | None) -> bool:
    """Whether the text is null, empty or only white space."""
    return text is None or not text.strip()


@FAMILY.function(
    "upper",
    Parameter("text", TEXT),
    result=TEXT,
    zh="把字母变成大写。",
    examples={
        'upper("WeChat")': '"WECHAT"',
    },
    native=str.upper,
)
def upper(text: str) -> str:
    """The text in capital letters."""
    return short_enough(text.upper())


@FAMILY.function(
    "lower",
    Parameter("text", TEXT),
    result=TEXT,
    zh="把字母变成小写。",
    examples={
        'lower("WeChat")': '"wechat"',
    },
    native=str.lower,
)
def lower(text: str) -> str:
    """The text in small letters."""
    return short_enough(text.lower())


@FAMILY.function(
    "capitalize",
    Parameter("text", TEXT),
    result=TEXT,
    zh="把第一个字母变成大写，其余不变。",
    examples={
        'capitalize("hello WeChat")': '"Hello WeChat"',
    },
)
def capitalize(text: str) -> str:
    """The text with a capital first letter; the rest stays as it is."""
    return short_enough(text[:1].upper() + text[1:])


@FAMILY.function(
    "title",
    Parameter("text", TEXT),
    result=TEXT,
    zh="把每个单词的首字母变成大写，其余小写。",
    examples={
        'title("the three BODY problem")': '"The Three Body Problem"',
    },
)
def title(text: str) -> str:
    """The text with a capital first letter in each word and small letters after it."""
    return short_enough(text.title())


@FAMILY.function(
    "fold",
    Parameter("text", TEXT),
    result=TEXT,
    needs_env=True,
    zh="按匹配规则归一：小写、半角，连续空白并为一个空格。",
    examples={
        'fold(" ＡＢＣ  你好 ")': '"abc 你好"',
    },
)
def folded(env: Env, text: str) -> str:
    """The text as phrases compare it: small letters, half width, single spaces."""
    env.spend(len(text) // 16)  # normal forms take time
    return short_enough(fold(text))


@FAMILY.function(
    "trim",
    Parameter("text", TEXT),
    Parameter("chars", OptionalType(TEXT), None),
    result=TEXT,
    zh="去掉两端的空白，或两端属于 chars 的字符。",
    examples={
        'trim("  hi ")': '"hi"',
        'trim("--hi-", "-")': '"hi"',
    },
    native=str.strip,
)
def trim(text: str, chars: str | None) -> str:
    """The text without white space, or without any of `chars`, at its ends."""
    return text.strip(chars)


@FAMILY.function(
    "squeeze",
    Parameter("text", TEXT),
    result=TEXT,
    zh="把连续空白并为一个空格，并去掉两端的空白。",
    examples={
        'squeeze(" a   b\\n c ")': '"a b c"',
    },
)
def squeeze(text: str) -> str:
    """The text with every run of white space made one space, and none at its ends."""
    return " ".join(text.split())


@FAMILY.function(
    "contains",
    Parameter("x", ANY, one_of=(TEXT, LIST, MAP)),
    Parameter("part", ANY),
    result=BOOL,
    needs_env=True,
    zh="文本中是否有这一部分，列表中是否有这一项，映射中是否有这个键。",
    examples={
        'contains("你好吗", "好")': "true",
        "contains([1, 2], 3)": "false",
        'contains({"a": 1}, "a")': "true",
    },
)
def contains(env: Env, x: str | Sequence[Value] | Mapping[str, Value], part: Value) -> bool:
    """Whether a text has the part in it, a list the item, a map the key."""
    if isinstance(x, str):
        return _part("contains", part) in x
    if isinstance(x, Mapping):
        return _part("contains", part) in x
    wanted = identity(env, part)
    return any(identity(env, item) == wanted for item in x)


@FAMILY.function(
    "starts_with",
    Parameter("text", TEXT),
    Parameter("prefix", TEXT),
    result=BOOL,
    zh="文本是否以 prefix 开头。",
    examples={
        'starts_with("你好吗", "你好")': "true",
    },
)
def starts_with(text: str, prefix: str) -> bool:
    """Whether the text begins with `prefix`."""
    return text.startswith(prefix)


@FAMILY.function(
    "ends_with",
    Parameter("text", TEXT),
    Parameter("suffix", TEXT),
    result=BOOL,
    zh="文本是否以 suffix 结尾。",
    examples={
        'ends_with("a.png", ".png")': "true",
    },
)
def ends_with(text: str, suffix: str) -> bool:
    """Whether the text ends with `suffix`."""
    return text.endswith(suffix)


@FAMILY.function(
    "find",
    Parameter("text", TEXT),
    Parameter("part", TEXT),
    result=OptionalType(INT),
    zh="这一部分第一次出现的位置，从 0 数起；没有则为 null。",
    examples={
        'find("hello", "l")': "2",
        'find("hello", "x")': "null",
    },
)
def find(text: str, part: str) -> int | None:
    """Where the part first occurs, counted from 0; null if it does not."""
    place = text.find(part)
    return None if place < 0 else place


@FAMILY.function(
    "count",
    Parameter("x", ANY, one_of=(TEXT, LIST)),
    Parameter("part", ANY),
    result=INT,
    needs_env=True,
    zh="这一部分在文本中、或这一项在列表中出现的次数。",
    examples={
        'count("banana", "an")': "2",
        "count([1, 2, 1], 1)": "2",
    },
)
def count(env: Env, x: str | Sequence[Value], part: Value) -> int:
    """How often the part occurs in a text, or the item in a list."""
    if isinstance(x, str):
        return x.count(_something("count", "the part", _part("count", part)))
    wanted = identity(env, part)
    return sum(identity(env, item) == wanted for item in x)


@FAMILY.function(
    "replace",
    Parameter("text", TEXT),
    Parameter("old", TEXT),
    Parameter("new", TEXT),
    result=TEXT,
    zh="把每处 old 换成 new。",
    examples={
        'replace("1-2-3", "-", "/")': '"1/2/3"',
    },
)
def replace(text: str, old: str, new: str) -> str:
    """The text with `new` in place of every `old`."""
    times = text.count(_something("replace", "`old`", old))
    room_for_text(len(text) + times * (len(new) - len(old)))
    return text.replace(old, new)


@FAMILY.function(
    "remove",
    Parameter("text", TEXT),
    Parameter("part", TEXT),
    result=TEXT,
    zh="去掉每处这一部分。",
    examples={
        'remove("138-0013-8000", "-")': '"13800138000"',
    },
)
def remove(text: str, part: str) -> str:
    """The text without every occurrence of the part."""
    return text.replace(_something("remove", "the part", part), "")


@FAMILY.function(
    "split",
    Parameter("text", TEXT),
    Parameter("sep", OptionalType(TEXT), None),
    result=ListType(TEXT),
    zh="按 sep 把文本拆成列表；没有 sep 则按空白拆。",
    examples={
        'split("a,b,c", ",")': '["a", "b", "c"]',
        'split(" a  b ")': '["a", "b"]',
    },
)
def split(text: str, sep: str | None) -> Sequence[str]:
    """The parts of the text between every `sep`, or its words if there is no `sep`."""
    if sep is not None:
        room_for_items(text.count(_something("split", "`sep`", sep)) + 1)
    parts = text.split(sep)
    room_for_items(len(parts))
    return parts


@FAMILY.function(
    "lines",
    Parameter("text", TEXT),
    result=ListType(TEXT),
    zh="文本的各行。",
    examples={
        'lines("a\\nb\\n")': '["a", "b"]',
    },
)
def lines(text: str) -> Sequence[str]:
    """The lines of the text, without their line breaks."""
    room_for_items(text.count("\n") + 1)
    parts = text.replace("\r\n", "\n").split("\n")
    return parts if parts[-1] else parts[:-1]


@FAMILY.function(
    "chars",
    Parameter("text", TEXT),
    result=ListType(TEXT),
    zh="文本的各个字符。",
    examples={
        'chars("你好")': '["你", "好"]',
    },
)
def characters(text: str) -> Sequence[str]:
    """The characters of the text."""
    room_for_items(len(text))
    return list(text)


@FAMILY.function(
    "slice",
    Parameter("x", ANY, one_of=(TEXT, LIST)),
    Parameter("start", INT),
    Parameter("end", OptionalType(INT), None),
    result=text_or_list,
    zh="从 start 到 end（不含）的部分，从 0 数起，负数从末尾数起。",
    examples={
        'slice("abcdef", 1, 3)': '"bc"',
        "slice([1, 2, 3], -2)": "[2, 3]",
    },
)
def part_between(x: str | Sequence[Value], start: int, end: int | None) -> str | Sequence[Value]:
    """The part from `start` to `end`, without `end`; counted from 0, or from the end if negative."""
    return x[start:end]


@FAMILY.function(
    "left",
    Parameter("text", TEXT),
    Parameter("n", INT),
    result=TEXT,
    zh="开头的 n 个字符。",
    examples={
        'left("2026-01-02", 4)': '"2026"',
    },
)
def left(text: str, n: int) -> str:
    """The first `n` characters."""
    return text[: natural("left", n)]


@FAMILY.function(
    "right",
    Parameter("text", TEXT),
    Parameter("n", INT),
    result=TEXT,
    zh="末尾的 n 个字符。",
    examples={
        'right("13800138000", 4)': '"8000"',
    },
)
def right(text: str, n: int) -> str:
    """The last `n` characters."""
    return text[max(0, len(text) - natural("right", n)) :]


@FAMILY.function(
    "reverse",
    Parameter("x", ANY, one_of=(TEXT, LIST)),
    result=text_or_list,
    zh="倒过来的文本或列表。",
    examples={
        'reverse("上海")': '"海上"',
        "reverse([1, 2, 3])": "[3, 2, 1]",
    },
)
def backwards(x: str | Sequence[Value]) -> str | Sequence[Value]:
    """The text or list from its end to its start."""
    return x[::-1]


def _part(function: str, part: Value) -> str:
    if isinstance(part, str):
        return part
    raise Fault("argument", f"{function}: the second argument must be a text, as the first is a text or map")


def _something(function: str, what: str, text: str) -> str:
    if text:
        return text
    raise Fault("argument", f"{function}: {what} is empty")
