"""The words for keys that do not fit in a mapping of a bot file: unknown, missing, useless, excluding one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Label
from interpreter.diagnostics.suggest import near_names, nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.shapes import Fields, Need, is_locale
from interpreter.dialog.shapes_replies import FORM_NAMES
from interpreter.dialog.words import STEP_VERBS
from interpreter.dialog.wrong_values import did_you_mean, listed, replacement
from interpreter.source.spans import Span
from interpreter.source.tree import Entry, Mapping, Scalar

# ---------------------------------------------------------------------------------------------------- unknown keys


def unknown_keys(
    unknown: Sequence[Entry], node: Mapping, shape: Fields, words: tuple[str, ...]
) -> Iterator[Diagnostic]:
    """Each key that a mapping does not have; `words` are the keys by which its shape was chosen among others."""
    if unknown and len(unknown) == len(node.entries) and _is_bare_reply(unknown, shape):
        yield _bare_reply(unknown[0], node, shape)
        return
    if unknown and len(node.entries) == 1 and is_bare_word(node):
        yield _text_in_braces(node, shape.title)
        return
    chosen = next((entry for entry in node.entries if entry.key.text in words and entry not in unknown), None)
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
    near = nearest(name, candidates)
    return Diagnostic(
        "DL011",
        entry.key.span,
        Wording(f"{title.en} has no key `{name}`", f"{title.zh}没有 `{name}` 这个键"),
        label=did_you_mean(near),
        help=None if near else _other_keys(name, candidates),
        fix=replacement(entry.key, near),
    )


def _other_keys(name: str, candidates: Sequence[str]) -> Wording | None:
    if name in STEP_VERBS and STEP_VERBS.isdisjoint(candidates):
        return Wording(f"`{name}` belongs to a step; steps stand under `do`", f"`{name}` 属于步骤，步骤写在 `do` 之下")
    names = listed(near_names(name, candidates))
    return Wording(f"the nearest keys are {names}", f"相近的键有 {names}") if names else None


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
    return next((entry for entry in entries if nearest(entry.key.text, words)), None)


# ---------------------------------------------------------------------------------------------------- missing keys


def missing_key(place: Span, title: Wording, names: Sequence[str]) -> Diagnostic:
    """A mapping without the key, or without any of the keys, that it needs."""
    if len(names) == 1:
        said = Wording(f"{title.en} needs the key `{names[0]}`", f"{title.zh}缺少键 `{names[0]}`")
    else:
        keys = listed(names[:_ENOUGH]) + (" …" if len(names) > _ENOUGH else "")
        said = Wording(f"{title.en} needs one of the keys {keys}", f"{title.zh}需要这些键之一：{keys}")
    return Diagnostic("DL012", place, said)


_ENOUGH = 6


def is_misspelt(name: str, unknown: Sequence[Entry], node: Mapping, shape: Fields) -> bool:
    """Whether a key that is missing stands there with a slip, which is reported already."""
    candidates = free_keys(node, shape) if unknown else ()
    return any(nearest(entry.key.text, candidates) == name for entry in unknown)


def useless_key(entry: Entry, need: Need) -> Diagnostic:
    """A key that says nothing without another one."""
    en = " or ".join(f"`{name}`" for name in need.others)
    zh = " 或 ".join(f"`{name}`" for name in need.others)
    return Diagnostic(
        "DL012",
        entry.key.span,
        Wording(f"`{need.key}` says nothing without {en}", f"`{need.key}` 需要与 {zh} 一起使用"),
    )


def conflict(entry: Entry, first: Entry, help: Wording | None = None) -> Diagnostic:
    """A key that excludes one before it."""
    name, other = entry.key.text, first.key.text
    return Diagnostic(
        "DL015",
        entry.key.span,
        Wording(f"`{name}` and `{other}` exclude each other", f"`{name}` 与 `{other}` 不能同时使用"),
        related=(Label(first.key.span, Wording(f"`{other}` stands here", f"`{other}` 在这里")),),
        help=help,
    )


_ONE_VERB = Wording("one step has one verb; make a list of two steps", "一个步骤只有一个动作，请写成两个步骤的列表")
