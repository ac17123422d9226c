"""The words for values that do not fit in a bot file: of the wrong shape, none of the allowed words, out of range."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Label
from interpreter.diagnostics.suggest import near_names, nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.shapes import Fields, Flag, Leaf, Shape, Whole, Words, title_of
from interpreter.source.spans import Span
from interpreter.source.tree import Mapping, Node, Scalar, Sequence


def wrong_shape(node: Node, expected: Shape, owner: Span | None = None) -> Diagnostic:
    """A list where a text should stand, and the like; `owner` is the key under which it stands."""
    is_leaf = isinstance(expected, Leaf | Words | Flag | Whole)
    if not is_leaf and isinstance(node, Scalar) and (slip := _no_colon(node)) is not None:
        return slip
    if owner is not None and (choices := _choices(node, owner, expected)) is not None:
        return choices
    found, wanted = _found(node), title_of(expected)
    nothing = isinstance(node, Scalar) and node.is_empty
    return Diagnostic(
        "DL013",
        owner if nothing and owner else first_line(node.span),
        Wording(f"{wanted.en} was expected, not {found.en}", f"此处应为{spaced(wanted)}，而不是{spaced(found)}"),
        label=Wording("nothing is written here", "这里什么也没写") if nothing else None,
        help=(_parted(node) if isinstance(node, Scalar) and isinstance(expected, Leaf) else None) or _help(expected),
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
    found = [_KEY_WITHOUT_COLON.match(raw, *line.span(1)) for line in lines]
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
        if "\u3000" not in first[1]
        else Wording("a full-width space (U+3000) does not separate key and value", "全角空格（U+3000）不能分隔键和值"),
        label=Wording("write `: `, a half-width colon and a space", "请写 `: `，半角冒号加空格"),
        related=tuple(Label(place, Wording("and here", "这里也是")) for place in places[1:_ENOUGH]),
        fix=Fix(
            shown(line[: first.start(1)] + texts[0] + line[first.end(1) :]),
            tuple(Edit(place, text) for place, text in zip(places, texts, strict=True)),
            Applicability.SAFE,
        ),
    )


_LINE = re.compile(r"^[ \t]*([^\s#][^\r\n]*)", re.MULTILINE)
_KEY_WITHOUT_COLON = re.compile(r"[^\s:：]+([ \u3000]*：[ \u3000]*|:\u3000+|:(?=[^\s/]))")
_ENOUGH = 4


def wrong_leaf(scalar: Scalar, expected: Leaf | Words | Flag | Whole) -> Diagnostic:
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
            return wrong_shape(scalar, expected)


def nothing_inside(node: Mapping | Sequence, wanted: Wording) -> Diagnostic:
    """A list or map in which too little stands."""
    return Diagnostic(
        "DL013",
        first_line(node.span),
        Wording(f"{wanted.en} was expected, but nothing stands in it", f"此处应为{spaced(wanted)}，但里面什么也没有"),
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
    )


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
        case Leaf(examples=(_, *_) as examples):
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
