"""The words for keys that do not fit in a mapping of a bot file: unknown, missing, useless, excluding one another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Label
from interpreter.diagnostics.suggest import near_names, nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.foreign_words import other_name, other_way
from interpreter.dialog.misplaced_keys import home_of
from interpreter.dialog.shapes import Fields, Need, is_locale
from interpreter.dialog.shapes_replies import FORM_NAMES
from interpreter.dialog.words import STEP_VERBS
from interpreter.dialog.written_examples import written_as
from interpreter.dialog.wrong_values import did_you_mean, is_slip, listed, replacement
from interpreter.source.spans import Span
from interpreter.source.tree import Entry, Mapping, Scalar

# ---------------------------------------------------------------------------------------------------- unknown keys


def unknown_keys(
    unknown: Sequence[Entry], node: Mapping, shape: Fields, words: tuple[str, ...]
) -> Iterator[Diagnostic]:
    """Each key that a mapping does not have; `words` are the keys by which its shape was chosen among others."""
    if (joined := _torn_by_colon(unknown, node, shape)) is not None:
        yield joined
        return
    if unknown and len(unknown) == len(node.entries) and _is_bare_reply(unknown, shape):
        yield _bare_reply(unknown[0], node, shape)
        return
    if unknown and len(node.entries) == 1 and is_bare_word(node):
        yield _text_in_braces(node, shape.title)
        return
    if unknown and (loose := _no_steps(unknown, node, shape)) is not None:
        yield loose
        return
    chosen = next((entry for entry in node.entries if entry.key.text in words and entry not in unknown), None)
    if chosen is not None and chosen.key.text == "if" and is_without_then(unknown, node):
        yield _no_then(unknown)
        return
    for entry in unknown:
        if chosen is not None and entry.key.text in words:
            yield conflict(entry, chosen, _ONE_VERB if entry.key.text in STEP_VERBS else None)
        else:
            yield _unknown(entry, shape.title, free_keys(node, shape))


def free_keys(node: Mapping, shape: Fields) -> tuple[str, ...]:
    """The keys that a mapping could still take."""
    present = {entry.key.text for entry in node.entries}
    return tuple(name for name in shape.by_name if name not in present)


def _unknown(entry: Entry, title: Wording, candidates: Sequence[str]) -> Diagnostic:
    name = entry.key.text
    if name[:1] in _DASHES and name.strip(_DASHES):
        return _no_item(entry)
    way = other_way(name, candidates)
    meant = other_name(name, candidates) if way is None else None
    home = home_of(name, candidates) if way is None and meant is None else None
    near = meant or (None if way or home else near_key(name, candidates))
    fix = replacement(entry.key, near, Applicability.UNSAFE if meant else Applicability.SAFE)
    return Diagnostic(
        "DL011",
        entry.key.span,
        Wording(f"{title.en} has no key `{name}`", f"{title.zh}没有 `{name}` 这个键"),
        label=did_you_mean(near),
        help=None if near else way or home or _other_keys(name, candidates),
        fix=_silence(entry) if way is not None and "`reply: none`" in way.en and "reply" in candidates else fix,
    )


_DASHES = "－—–−‐‑"


def _no_item(entry: Entry) -> Diagnostic:
    """`－reply: 好`: an item of a list to its author, a key that begins with a dash to YAML."""
    name, span = entry.key.text, entry.key.span
    sign, rest = name[0], name.lstrip(_DASHES).lstrip()
    place = Span(span.file, span.start, span.start + len(name) - len(rest))
    return Diagnostic(
        "DL001",
        place,
        Wording(f"`{sign}` does not begin an item of a list", f"`{sign}` 不能开始一个列表项"),
        label=Wording("an item begins with `- `, a half-width hyphen and a space", "列表项以半角的 `- ` 开头"),
        fix=Fix(f"- {rest}: …", (Edit(place, "- "),), Applicability.SAFE),
    )


def _silence(entry: Entry) -> Fix | None:
    """`no_reply: true` as it is written here."""
    if not isinstance(entry.value, Scalar) or entry.value.text not in ("true", "yes", "1"):
        return None
    return Fix("reply: none", (Edit(entry.key.span, "reply"), Edit(entry.value.span, "none")), Applicability.SAFE)


def near_key(name: str, candidates: Sequence[str]) -> str | None:
    """The key that a name is a slip of; of a short one, few letters may differ."""
    near = nearest(name, candidates)
    return near if near is not None and is_slip(name, near) else None


def _other_keys(name: str, candidates: Sequence[str]) -> Wording | None:
    near = [other for other in near_names(name, candidates) if _is_near(name, other)]
    if near:
        return Wording(f"the nearest keys are {listed(near)}", f"相近的键有 {listed(near)}")
    usual = [name for name in _USUAL if name in candidates] or list(candidates)
    if not usual:
        return Wording("delete it", "请删去它")
    some = listed(usual[:_ENOUGH])
    return (
        Wording(f"keys that can stand here: {some}", f"这里可以写的键：{some}")
        if len(usual) <= _ENOUGH
        else Wording(f"keys that can stand here: {some} …", f"这里可以写的键：{some} …")
    )


_USUAL = (
    "pattern",
    "if",
    "reply",
    "set",
    "do",
    "wait",
    "call",
    "prompt",
    "rules",
    "choices",
    "otherwise",
    "ask",
    "into",
)
"""The keys that most things are made of."""


def _is_near(name: str, other: str) -> bool:
    """Whether a reader would see the likeness: few letters differ, or one word is in the other."""
    from rapidfuzz.distance import OSA

    folded = name.casefold().replace("-", "_")
    longest, shortest = max(len(folded), len(other)), min(len(folded), len(other))
    is_part = shortest >= _WORD and (folded in other or other in folded)
    return is_part or OSA.distance(folded, other) * 5 <= longest * 2


_WORD = 3


# ---------------------------------------------------------------------------------------------------- one cause for all


def _torn_by_colon(unknown: Sequence[Entry], node: Mapping, shape: Fields) -> Diagnostic | None:
    """`{pattern：订单，reply: 好}`: a key that holds its value, since its colon is none to YAML."""
    if not node.flow:
        return None
    for entry in unknown:
        found = _KEY_AND_VALUE.match(entry.key.text)
        if found is None or found[1] not in shape.by_name or not entry.key.is_plain:
            continue
        file, start, end = entry.key.span.file, entry.key.span.start, entry.key.span.end
        raw = file.text[start:end]
        if raw != entry.key.text:
            continue
        names = "|".join(map(re.escape, shape.by_name))
        signs = re.compile(rf"(?:^|(?P<comma>[，、；] *))(?:{names})(?P<colon>[ \u3000]*[：:][ \u3000]*)")
        edits = [
            Edit(Span(file, start + found.start(name), start + found.end(name)), sign)
            for found in signs.finditer(raw)
            for name, sign in (("comma", ", "), ("colon", ": "))
            if found[name] is not None
        ]
        mended = raw
        for edit in reversed(edits):
            mended = mended[: edit.span.start - start] + edit.text + mended[edit.span.end - start :]
        return Diagnostic(
            "DL001",
            edits[0].span,
            Wording("a full-width colon does not make a key", "全角冒号不能分隔键和值")
            if "：" in found[2]
            else Wording("no space follows the colon, so this is no key", "冒号后面没有空格，所以这不是键"),
            label=Wording("write `: `, a half-width colon and a space", "请写 `: `，半角冒号加空格"),
            fix=Fix(mended, tuple(edits), Applicability.SAFE),
        )
    return None


_KEY_AND_VALUE = re.compile(r"([A-Za-z_]+)([ \u3000]*[：:][ \u3000]*)\S")


def _no_steps(unknown: Sequence[Entry], node: Mapping, shape: Fields) -> Diagnostic | None:
    """A flow whose steps stand in it as keys."""
    first = unknown[0]
    if "args" not in shape.by_name or "return" not in shape.by_name or first.key.text not in STEP_VERBS:
        return None
    name = first.key.text
    has_more = len(unknown) < len(node.entries)
    return Diagnostic(
        "DL011",
        first.key.span,
        Wording(f"{shape.title.en} has no key `{name}`", f"{shape.title.zh}没有 `{name}` 这个键"),
        label=Wording("this is a step", "这是一个步骤"),
        help=Wording(
            f"steps stand in a list{' under `do`' if has_more else ''}: write `- {name}: …`",
            f"步骤要写成列表{'，放在 `do` 之下' if has_more else ''}：`- {name}: …`",
        ),
    )


def is_without_then(unknown: Sequence[Entry], node: Mapping) -> bool:
    """Whether an `if` step has its steps beside it."""
    names = [entry.key.text for entry in unknown]
    return node.get("then") is None and node.get("if") is not None and any(n in STEP_VERBS or n == "do" for n in names)


def _no_then(unknown: Sequence[Entry]) -> Diagnostic:
    entry = next(entry for entry in unknown if entry.key.text in STEP_VERBS or entry.key.text == "do")
    name = entry.key.text
    written = "then: …" if name == "do" else f"then: {{{name}: …}}"
    return Diagnostic(
        "DL012",
        entry.key.span,
        Wording("what an `if` step does stands under `then`", "`if` 步骤要做的事写在 `then` 之下"),
        label=Wording(f"write `{written}`", f"请写 `{written}`"),
        help=Wording("several steps are a list under `then`", "多个步骤写成 `then` 之下的列表"),
        fix=_then(entry) if len(unknown) == 1 else None,
    )


def _then(entry: Entry) -> Fix | None:
    """The fix for a lone key on one line."""
    key, value = entry.key.span, entry.value.span
    if entry.key.text == "do":
        return Fix("then", (Edit(key, "then"),), Applicability.SAFE)
    line_end = key.file.text.find("\n", key.start)
    if value.end > line_end >= 0 or not isinstance(entry.value, Scalar):
        return None
    column = key.file.line_column(key.start)[1] + 1
    before = key.file.text[key.file.text.rfind("\n", 0, key.start) + 1 : key.start]
    if before.strip():
        return None
    text = f"then:\n{' ' * column}"
    return Fix(
        f"then: {{{entry.key.text}: …}}", (Edit(Span(key.file, key.start, key.start), text),), Applicability.SAFE
    )


def _is_bare_reply(unknown: Sequence[Entry], shape: Fields) -> bool:
    """Whether a mapping that should have a key `reply` is what belongs under it."""
    return "reply" in shape.by_name and all(
        entry.key.text in FORM_NAMES or is_locale(entry.key.text) for entry in unknown
    )


def _bare_reply(entry: Entry, node: Mapping, shape: Fields) -> Diagnostic:
    name, title = entry.key.text, shape.title
    return Diagnostic(
        "DL011",
        entry.key.span,
        Wording(f"{title.en} has no key `{name}`", f"{title.zh}没有 `{name}` 这个键"),
        label=Wording("this is a reply", "这是回复"),
        help=Wording(
            f"put it under `reply`: write `reply: {{{name}: …}}`", f"请放到 `reply` 之下：写成 `reply: {{{name}: …}}`"
        ),
        fix=Fix(f"reply: {{{name}: …}}", (_under_reply(node),), Applicability.SAFE),
    )


def _under_reply(node: Mapping) -> Edit:
    """The edit that puts a whole mapping under a key `reply`."""
    written = node.span.file.text[node.span.start : node.span.end]
    if node.flow:
        return Edit(node.span, f"{{reply: {written}}}")
    indent = " " * (node.span.column + 1)
    first, *others = written.splitlines(keepends=True) or [""]
    deeper = "".join(f"  {line}" if line.strip() else line for line in others)
    return Edit(node.span, f"reply:\n{indent}{first}{deeper}")


def is_bare_word(node: Mapping) -> bool:
    """Whether a mapping is `{1}` or `{name}`: braces around a key without a colon."""
    entry = node.entries[0] if len(node.entries) == 1 else None
    if entry is None or not node.flow or not isinstance(entry.value, Scalar) or not entry.value.is_empty:
        return False
    written = node.span.file.text[entry.key.span.end : node.span.end]
    return written.strip() == "}"


def _text_in_braces(node: Mapping, title: Wording) -> Diagnostic:
    written = node.span.file.text[node.span.start : node.span.end]
    return Diagnostic(
        "DL013",
        node.span,
        Wording(
            f"to YAML `{written}` is a map, and {title.en} has no such key",
            f"YAML 把 `{written}` 读成映射，而{title.zh}没有这个键",
        ),
        label=Wording("a text in braces needs quotes", "带花括号的文本要加引号"),
        fix=Fix(f'"{written}"', (Edit(node.span, f'"{written}"'),), Applicability.SAFE) if '"' not in written else None,
        help=Wording("a variable in a text is written `$(name)`", "文本里的变量写作 `$(name)`"),
    )


def no_known_key(entry: Entry, title: Wording, words: Sequence[str]) -> Diagnostic:
    """A key that should be one of those that tell what a mapping is."""
    if entry.key.text == "do":
        return Diagnostic(
            "DL011",
            entry.key.span,
            Wording("`do` is not needed here", "这里不需要 `do`"),
            label=Wording("steps stand here themselves", "步骤直接写在这里"),
            help=Wording("write the list of steps itself, without `do`", "直接写步骤列表，不要写 `do`"),
        )
    return _unknown(entry, title, words)


def no_locale(entry: Entry, title: Wording) -> Diagnostic:
    """A key that is no locale, among locales."""
    name = entry.key.text
    return Diagnostic(
        "DL011",
        entry.key.span,
        Wording(f"{title.en} has no key `{name}`", f"{title.zh}没有 `{name}` 这个键"),
        help=Wording("its keys are locales such as `zh` and `en`", "它的键是 `zh`、`en` 这样的语言标签"),
    )


def nearest_entry(entries: Sequence[Entry], words: Sequence[str]) -> Entry | None:
    """The first entry whose key looks like one of the words."""
    return next((entry for entry in entries if near_key(entry.key.text, words)), None)


# ---------------------------------------------------------------------------------------------------- missing keys


def missing_key(place: Span, shape: Fields, names: Sequence[str]) -> Diagnostic:
    """A mapping without the key, or without any of the keys, that it needs."""
    title = shape.title
    written = written_as(names[0], shape.by_name[names[0]].shape)
    if len(names) == 1:
        said = Wording(f"{title.en} needs the key `{names[0]}`", f"{title.zh}缺少键 `{names[0]}`")
    else:
        keys = listed(names[:_ENOUGH]) + (" …" if len(names) > _ENOUGH else "")
        said = Wording(f"{title.en} needs one of the keys {keys}", f"{title.zh}需要这些键之一：{keys}")
    return Diagnostic("DL012", place, said, help=Wording(f"add it, as in `{written}`", f"请补上，例如 `{written}`"))


_ENOUGH = 6


def is_misspelt(name: str, unknown: Sequence[Entry], node: Mapping, shape: Fields) -> bool:
    """Whether a key that is missing stands there with a slip, which is reported already."""
    candidates = free_keys(node, shape) if unknown else ()
    if (name == "then" and is_without_then(unknown, node)) or (unknown and _torn_by_colon(unknown, node, shape)):
        return True
    if name == "do" and unknown and _no_steps(unknown, node, shape) is not None:
        return True
    return any(
        (other_name(entry.key.text, candidates) or nearest(entry.key.text, candidates)) == name for entry in unknown
    )


def useless_key(entry: Entry, need: Need) -> Diagnostic:
    """A key that says nothing without another one."""
    en = " or ".join(f"`{name}`" for name in need.others)
    zh = " 或 ".join(f"`{name}`" for name in need.others)
    return Diagnostic(
        "DL012",
        entry.key.span,
        Wording(f"`{need.key}` says nothing without {en}", f"`{need.key}` 需要与 {zh} 一起使用"),
        help=Wording(f"write {en} beside it, or delete `{need.key}`", f"在旁边写上 {zh}，或删去 `{need.key}`"),
    )


def conflict(entry: Entry, first: Entry, help: Wording | None = None) -> Diagnostic:
    """A key that excludes one before it."""
    name, other = entry.key.text, first.key.text
    return Diagnostic(
        "DL015",
        entry.key.span,
        Wording(f"`{name}` and `{other}` exclude each other", f"`{name}` 与 `{other}` 不能同时使用"),
        related=(Label(first.key.span, Wording(f"`{other}` stands here", f"`{other}` 在这里")),),
        help=help or _keep_one(name, other),
    )


def _keep_one(name: str, other: str) -> Wording:
    if "do" in (name, other):
        step = name if other == "do" else other
        return Wording(
            f"write `{step}` as a step under `do`: `- {step}: …`", f"把 `{step}` 写成 `do` 之下的步骤：`- {step}: …`"
        )
    return Wording(f"keep `{other}` or `{name}`, and delete the other", f"`{other}` 与 `{name}` 只留一个")


_ONE_VERB = Wording("one step has one verb; make a list of two steps", "一个步骤只有一个动作，请写成两个步骤的列表")
