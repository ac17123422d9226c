"""The words for values that do not fit in a bot file: of the wrong shape, none of the allowed words, out of range."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Label
from interpreter.diagnostics.suggest import near_names, nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.shapes import Fields, Flag, Leaf, ListOf, Shape, Whole, Words, title_of
from interpreter.dialog.shapes_leaves import PLAIN_TEXT
from interpreter.dialog.written_examples import write_it
from interpreter.source.quoting import quote
from interpreter.source.spaces import SPACES, WIDE
from interpreter.source.spans import Span
from interpreter.source.tree import Mapping, Node, Scalar, Sequence


def wrong_shape(node: Node, expected: Shape, owner: Span | None = None) -> Diagnostic:
    """A list where a text should stand, and the like; `owner` is the key under which it stands."""
    is_leaf = isinstance(expected, Leaf | Words | Flag | Whole)
    if not is_leaf and isinstance(node, Scalar) and (slip := _no_colon(node)) is not None:
        return slip
    if owner is not None and (choices := _choices(node, owner, expected)) is not None:
        return choices
    key = None if owner is None else owner.file.text[owner.start : owner.end]
    if (rewritten := _rewritten(node, key, expected)) is not None:
        return rewritten
    found, wanted = _found(node), title_of(expected)
    nothing = isinstance(node, Scalar) and node.is_empty
    return Diagnostic(
        "DL013",
        owner if nothing and owner else first_line(node.span),
        Wording(f"{wanted.en} was expected, not {found.en}", f"此处应为{spaced(wanted)}，而不是{spaced(found)}"),
        label=Wording("nothing is written here", "这里什么也没写") if nothing else None,
        help=(_parted(node) if isinstance(node, Scalar) and isinstance(expected, Leaf) else None)
        or _help(expected)
        or _way_out(node, key, expected),
    )


def _choices(node: Node, owner: Span, expected: Shape) -> Diagnostic | None:
    """What to say of a YAML list under `type` or `choices`: neither takes one."""
    key = owner.file.text[owner.start : owner.end]
    items = node.items if isinstance(node, Sequence) else ()
    texts = [item.text for item in items if isinstance(item, Scalar) and item.text]
    if key not in ("type", "choices") or not texts or len(texts) < len(items):
        return None
    if not isinstance(expected, Leaf):
        return _state_choices(node, texts) if key == "choices" and isinstance(expected, Fields) else None
    kind = " | ".join(texts)
    listing = json.dumps(texts, ensure_ascii=False)
    is_simple = all(_SIMPLE.fullmatch(text) for text in texts)
    whole = Span(owner.file, owner.start, node.span.end)
    return Diagnostic(
        "DL013",
        first_line(node.span),
        Wording(f"`{key}` takes no YAML list", f"`{key}` 不能写成 YAML 列表"),
        label=Wording("choices stand in the type, between `|`", "选项写在类型里，用 `|` 分隔"),
        help=Wording(f"or `choices: '{listing}'`, an expression", f"也可以写表达式：`choices: '{listing}'`"),
        fix=Fix(
            shown(f"type: {kind}"),
            (Edit(whole, f"type: {kind}"),) if is_simple and len(texts) > 1 else (),
            Applicability.SAFE if key == "type" else Applicability.UNSAFE,
        ),
    )


def _state_choices(node: Node, texts: list[str]) -> Diagnostic:
    """What to say of a YAML list under the `choices` of a state, which are a map."""
    written = ", ".join(f"{number}: {{label: {text}, reply: …}}" for number, text in enumerate(texts[:_ENOUGH], 1))
    return Diagnostic(
        "DL013",
        first_line(node.span),
        Wording("the choices of a state are a map, not a list", "状态的选项是映射，不是列表"),
        label=Wording("each needs a key, a label and an effect", "每一项要有键、名称和作用"),
        help=Wording(f"write `choices: {{{written}}}`", f"请写 `choices: {{{written}}}`"),
    )


_SIMPLE = re.compile(r"[^\W_][\w ]*")


def _no_colon(scalar: Scalar) -> Diagnostic | None:
    """What is wrong with a lone `key：value` where a map should stand: its colon is none to YAML."""
    file, start = scalar.span.file, scalar.span.start
    raw = file.text[start : scalar.span.end]
    lines = list(_LINE.finditer(raw)) if scalar.is_plain else []
    key = re.compile(_KEY_WITHOUT_COLON)
    found = [key.match(raw, *line.span(1)) for line in lines]
    signs = [each for each in found if each is not None]
    if not signs or found[0] is None:
        return None
    first = signs[0]
    places = [Span(file, start + each.start(1), start + each.end(1)) for each in signs]
    texts = [":" + (" " if raw[each.end(1) : each.end(1) + 1].strip() else "") for each in signs]
    line = raw[: lines[0].end()]
    return Diagnostic(
        "DL001",
        places[0],
        Wording("a full-width colon does not make a key", "全角冒号不能分隔键和值")
        if "：" in first[1]
        else Wording("no space follows the colon, so this is no key", "冒号后面没有空格，所以这不是键")
        if first[1] == ":"
        else Wording("a full-width space (U+3000) does not separate key and value", "全角空格（U+3000）不能分隔键和值")
        if WIDE in first[1]
        else Wording(
            f"this space (U+{ord(first[1][-1]):04X}) does not separate key and value",
            f"这种空格（U+{ord(first[1][-1]):04X}）不能分隔键和值",
        ),
        label=Wording("write `: `, a half-width colon and a space", "请写 `: `，半角冒号加空格"),
        related=tuple(Label(place, Wording("and here", "这里也是")) for place in places[1:_ENOUGH]),
        fix=Fix(
            shown(line[: first.start(1)] + texts[0] + line[first.end(1) :]),
            tuple(Edit(place, text) for place, text in zip(places, texts, strict=True)),
            Applicability.SAFE,
        ),
    )


_LINE = re.compile(r"^[ \t]*([^\s#][^\r\n]*)", re.MULTILINE)
_KEY_WITHOUT_COLON = rf"[^\s:：]+([ {SPACES}]*：[ {SPACES}]*|:[{SPACES}]+|:(?=[^\s/]))"
"""For `re` to compile once it is needed."""
_ENOUGH = 4


def wrong_leaf(scalar: Scalar, expected: Leaf | Words | Flag | Whole, owner: Span | None = None) -> Diagnostic:
    """A leaf that does not look as it should."""
    match expected:
        case Words():
            return _wrong_word(scalar, expected)
        case Flag(only_true=True):
            return _only_true(scalar)
        case Flag(literal=literal) if scalar.is_plain or not literal:
            return _wrong_flag(scalar)
        case Whole() if _is_whole(scalar) and (scalar.is_plain or not expected.literal):
            return _out_of_range(scalar, expected)
        case _:
            return wrong_shape(scalar, expected, owner)


def nothing_inside(
    node: Mapping | Sequence, wanted: Wording, shape: Shape | None = None, owner: Span | None = None
) -> Diagnostic:
    """A list or map in which too little stands; `owner` is the key under which it stands."""
    key = None if owner is None else owner.file.text[owner.start : owner.end]
    return Diagnostic(
        "DL013",
        first_line(node.span),
        Wording(f"{wanted.en} was expected, but nothing stands in it", f"此处应为{spaced(wanted)}，但里面什么也没有"),
        help=None if shape is None else write_it(key, shape),
    )


def _wrong_word(scalar: Scalar, expected: Words) -> Diagnostic:
    text, title = shown(scalar.text), expected.title
    near = nearest(scalar.text, expected.words)
    words = listed(near_names(scalar.text, expected.words))
    several = len(expected.words) > 1
    return Diagnostic(
        expected.code,
        scalar.span,
        Wording(f"`{text}` is not {title.en}", f"`{text}` 不是{spaced(title)}"),
        label=did_you_mean(near),
        help=Wording(f"write {'one of ' if several else ''}{words}", f"可以写 {words}"),
        fix=replacement(scalar, near),
    )


def _only_true(scalar: Scalar) -> Diagnostic:
    text = shown(scalar.text)
    return Diagnostic(
        "DL014",
        scalar.span,
        Wording(f"only `true` may stand here, not `{text}`", f"此处只能写 `true`，而不是 `{text}`"),
        help=Wording("where it is not wanted, delete the key", "不需要时删去这个键即可"),
    )


def _wrong_flag(scalar: Scalar) -> Diagnostic:
    text, near = shown(scalar.text), _FLAGS.get(scalar.text.casefold())
    return Diagnostic(
        "DL013",
        scalar.span,
        Wording(f"true or false was expected, not `{text}`", f"此处应为 true 或 false，而不是 `{text}`"),
        label=did_you_mean(near),
        help=Wording("write `true` or `false`", "请写 `true` 或 `false`"),
        fix=replacement(scalar, near),
    )


_FLAGS = {
    **dict.fromkeys(("yes", "on", "true", "y", "1", "是"), "true"),
    **dict.fromkeys(("no", "off", "false", "n", "0", "否"), "false"),
}
"""What other languages and YAML 1.1 write for them."""


def _is_whole(scalar: Scalar) -> bool:
    return scalar.text.isascii() and scalar.text.removeprefix("-").isdigit()


def _out_of_range(scalar: Scalar, expected: Whole) -> Diagnostic:
    text, title = shown(scalar.text), expected.title
    return Diagnostic(
        "DL014",
        scalar.span,
        Wording(
            f"`{text}` is out of range; {title.en} was expected",
            f"`{text}` 超出范围，应为{spaced(title)}",
        ),
        help=_within(expected),
    )


def _within(expected: Whole) -> Wording:
    """The numbers that will do; bounds that nobody reaches are not named."""
    low, high = expected.low, expected.high
    if high >= _MANY:
        return Wording(f"write a whole number, {low} or more", f"请写不小于 {low} 的整数")
    return Wording(f"write a whole number from {low} to {high}", f"请写 {low} 到 {high} 的整数")


_MANY = 100_000


# ---------------------------------------------------------------------------------------------------- wordings


def _found(node: Node) -> Wording:
    match node:
        case Scalar(is_empty=True):
            return Wording("nothing", "空")
        case Scalar():
            return Wording(f"`{shown(node.text)}`", f"`{shown(node.text)}`")
        case Sequence():
            return Wording("a list", "列表")
        case Mapping():
            return Wording("a map", "映射")


def _way_out(node: Node, key: str | None, expected: Shape) -> Wording:
    """What to write in place of a value of the wrong shape, by an example."""
    if key is None and title_of(expected).en in ("a bot", "a file of a bot"):
        return Wording(
            "a bot is a map: `dialog: 1`, `name: my-bot` and `rules: {hi: hello}`, one below the other",
            "机器人文件是映射：`dialog: 1`、`name: my-bot`、`rules: {你好: 你好！}`，每行一项",
        )
    way = write_it(key, expected)
    is_named = isinstance(expected, Fields) and expected.rest is not None
    if isinstance(node, Sequence) and is_named:
        return (
            Wording(f"leave out the `- ` before each: {way.en}", f"去掉每一项前面的 `- `：{way.zh}")
            if not node.flow
            else way
        )
    return way


def _rewritten(node: Node, key: str | None, expected: Shape) -> Diagnostic | None:
    """What can be written anew as a whole: `set: {n: 1}`, `locales: zh, en`, a conversation without its `talk`."""
    if key in ("set", "let") and isinstance(node, Mapping):
        return _assignments(node, key)
    if isinstance(node, Scalar) and node.text.lstrip().startswith((">", "#")) and "talk" in _keys_of(expected):
        return _no_talk(node, key)
    if not isinstance(node, Scalar) or node.is_empty or not isinstance(expected, ListOf):
        return None
    is_prose = expected.item is PLAIN_TEXT
    if key == "examples":
        parts = [_as_item(node)]
    else:
        parts = [part.strip() for part in re.split(_COMMAS if is_prose else _COMMAS_OR_BLANKS, node.text)]
        if key is None or not all(_SIMPLE.fullmatch(part.replace("-", "_")) for part in parts):
            return None
    in_doubt = is_prose and key != "examples" and any(" " in part for part in parts)
    written = f"[{', '.join(parts)}]"
    wanted = expected.title
    return Diagnostic(
        "DL013",
        first_line(node.span),
        Wording(
            f"{wanted.en} was expected, not `{shown(node.text)}`",
            f"此处应为{spaced(wanted)}，而不是 `{shown(node.text)}`",
        ),
        label=Wording("a list stands in [ ], its items parted by `, `", "列表写在 [ ] 里，各项用 `, ` 分隔"),
        fix=Fix(
            f"{key}: {written}" if parts[0] else f"{key}: […]",
            (Edit(node.span, written),) if parts[0] else (),
            Applicability.UNSAFE if in_doubt else Applicability.SAFE,
        ),
    )


def _as_item(scalar: Scalar) -> str:
    """A whole text as an item in brackets; empty where it has several lines."""
    raw = scalar.span.file.text[scalar.span.start : scalar.span.end]
    if "\n" in raw:
        return ""
    return quote(scalar.text) if scalar.is_plain and re.search(r"[\[\]{},]", raw) else raw


_COMMAS = r"\s*[、，,;；]\s*"
_COMMAS_OR_BLANKS = rf"{_COMMAS}|\s+"


def _keys_of(shape: Shape) -> tuple[str, ...]:
    return tuple(shape.by_name) if isinstance(shape, Fields) else ()


def _assignments(node: Mapping, key: str) -> Diagnostic | None:
    """`set: {n: 1}`: a map where assignments stand."""
    pairs = [(entry.key.text, entry.value) for entry in node.entries]
    if not pairs or not all(isinstance(value, Scalar) and value.text for _, value in pairs):
        return None
    written = [f"{name} = {_as_expression(value)}" for name, value in pairs if isinstance(value, Scalar)]
    whole = written[0] if len(written) == 1 else f"[{', '.join(written)}]"
    raw = node.span.file.text[node.span.start : node.span.end]
    is_plain = "#" not in raw and all(re.fullmatch(_PLAIN_VALUE, each) for each in written)
    return Diagnostic(
        "DL013",
        first_line(node.span),
        Wording("an assignment is written `x = e`, not as a map", "赋值写作 `x = e`，不是映射"),
        label=Wording("a map assigns nothing", "映射不能赋值"),
        fix=Fix(f"{key}: {shown(whole)}", (Edit(node.span, whole),) if is_plain else (), Applicability.UNSAFE),
        help=Wording("several are a list of assignments: `[a = 1, b = 2]`", "多个赋值写成列表：`[a = 1, b = 2]`"),
    )


_PLAIN_VALUE = r"[\w.]+ = [\w. +\-*/\"]+"
_VALUE = r"-?\d+(\.\d+)?|true|false|null"


def _as_expression(scalar: Scalar) -> str:
    """A value as an expression: a text without quotes is a text, not a name."""
    text = scalar.text
    return text if re.fullmatch(_VALUE, text) or "(" in text or '"' in text else json.dumps(text, ensure_ascii=False)


def _no_talk(scalar: Scalar, key: str | None) -> Diagnostic:
    """`greets: |` and the lines of a conversation."""
    return Diagnostic(
        "DL013",
        first_line(scalar.span),
        Wording("the lines of a conversation stand under `talk`", "对话的各行要写在 `talk` 之下"),
        label=Wording("this is the conversation itself", "这里直接写了对话"),
        help=Wording(
            f"write `{key}: {{talk: …}}`, or `talk: |` on a line of its own with these lines further in",
            f"写成 `{key}: {{talk: …}}`，或另起一行写 `talk: |`，再把这些行缩进到它下面",
        ),
        fix=_under_talk(scalar),
    )


def _under_talk(scalar: Scalar) -> Fix | None:
    """The fix that puts a block of lines under `talk`."""
    file, span = scalar.span.file, scalar.span
    line, _ = file.line_column(span.start)
    head = file.line_text(line)
    if scalar.style not in ("literal", "folded") or not head.rstrip().endswith(("|", "|-", "|+", ">")):
        return None
    depth = " " * (len(head) - len(head.lstrip()) + 2)
    mark = file.text[span.start : file.text.find("\n", span.start)].strip()
    edits = [Edit(Span(file, span.start, span.start + len(mark)), f"\n{depth}talk: |")]
    place = file.text.find("\n", span.start) + 1
    while 0 < place < span.end:
        stop = file.text.find("\n", place)
        if file.text[place : stop if stop >= 0 else None].strip():
            edits.append(Edit(Span(file, place, place), "  "))
        place = stop + 1
    return Fix("talk: |", tuple(edits), Applicability.SAFE)


def _parted(scalar: Scalar) -> Wording | None:
    """How to write several names of which somebody made one with `、` or `，`."""
    parts = [part.strip() for part in _SEPARATORS.split(scalar.text)]
    if len(parts) < 2 or not all(_SIMPLE.fullmatch(part.replace("-", "_")) for part in parts):
        return None
    written = f"[{', '.join(parts)}]"
    return Wording(f"items are parted by `, `: write `{written}`", f"各项用 `, ` 分隔：请写 `{written}`")


_SEPARATORS = re.compile("[、，]")


def _help(expected: Shape) -> Wording | None:
    match expected:
        case Fields(help=help):
            return help
        case Flag(literal=True) | Whole(literal=True):
            return Wording("write it without quotes", "请不要加引号")
        case Whole():
            return _within(expected)
        case Leaf(examples=(_, _, *_) as examples):
            some = listed(examples[:3])
            return Wording(f"for example {some}", f"例如 {some}")
        case _:
            return None


def spaced(title: Wording) -> str:
    """A Chinese title inside a sentence: code stands apart from the characters before it."""
    return f" {title.zh}" if title.zh.startswith("`") else title.zh


def shown(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


_LONGEST = 40


def listed(names: Iterable[str]) -> str:
    """Names in a row, as code; the same in both languages."""
    return " ".join(f"`{name}`" for name in names)


def did_you_mean(near: str | None) -> Wording | None:
    """The nearest name as a label."""
    return Wording(f"did you mean `{near}`?", f"是不是想写 `{near}`？") if near else None


def replacement(scalar: Scalar, near: str | None, applicability: Applicability = Applicability.SAFE) -> Fix | None:
    """A fix that writes the nearest name."""
    return Fix(near, (Edit(scalar.span, near),), applicability) if near else None


def is_slip(name: str, near: str) -> bool:
    """Whether so little differs that nothing else can have been meant."""
    from rapidfuzz.distance import OSA

    folded = name.casefold().replace("-", "_").replace(" ", "_")
    return OSA.distance(folded, near) <= max(1, len(folded) // 3)


def first_line(span: Span) -> Span:
    """As much of a range as stands on its first line."""
    end = span.file.text.find("\n", span.start, span.end)
    return span if end < 0 else Span(span.file, span.start, max(end, span.start))
