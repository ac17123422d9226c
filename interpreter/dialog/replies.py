"""Replies: what a bot says, in every form of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, cast

from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.leaves import Leaves, as_items, as_mapping, name_in, written
from interpreter.dialog.model.leaves import Expression, Name
from interpreter.dialog.model.replies import (
    Article,
    ByLocale,
    Localized,
    Media,
    Music,
    News,
    OneOf,
    Reply,
    Say,
    Silence,
    Transfer,
)
from interpreter.dialog.shapes import is_locale
from interpreter.dialog.splitting import split_loop
from interpreter.dialog.words import LIST_MODES, REPLY_FORMS
from interpreter.source.spans import Span
from interpreter.source.tree import Entry, Mapping, Node, Scalar, Sequence

Mode = Literal["random", "sequence", "cycle", "shuffle", "once"]


def read_reply(leaves: Leaves, node: Node | None) -> Reply | None:
    """A reply in any of its forms; None where nothing readable stands."""
    match node:
        case None:
            return None
        case Scalar(text="none", is_plain=True):
            return Silence(node.span)
        case Scalar():
            return _say(leaves, node)
        case Sequence():
            return _one_of(leaves, "random", node, node.span)
        case Mapping():
            return _form(leaves, node)


def read_localized(leaves: Leaves, node: Node | None) -> Localized | None:
    """A text, or a map of one text per locale."""
    match node:
        case Scalar():
            return _say(leaves, node)
        case Mapping():
            texts = {key: text for key, item in _locales(leaves, node) if (text := _say(leaves, item))}
            return ByLocale(texts, node.span) if texts else None
        case _:
            return None


def read_loop(leaves: Leaves, node: Node | None) -> tuple[Name, Expression | None] | None:
    """`x in e`."""
    scalar = written(node)
    if scalar is None:
        return None
    parts = split_loop(scalar.text)
    if isinstance(parts, Problem):
        leaves.report(parts, scalar)
        return None
    variable, items = parts
    return name_in(scalar, variable), leaves.expression_in(scalar, items)


def is_reply_form(node: Node) -> bool:
    """Whether a mapping is one of the forms of a reply, or a locale map."""
    if not isinstance(node, Mapping) or not node.entries:
        return False
    return not node.keys.isdisjoint(REPLY_FORMS) or any(map(is_locale, node.keys))


def _say(leaves: Leaves, node: Node) -> Say | None:
    text = leaves.text(written(node))
    return None if text is None else Say(text)


def _one_of(leaves: Leaves, mode: Mode, node: Node, span: Span) -> OneOf | None:
    found = (read_reply(leaves, item) for item in as_items(node))
    items = tuple(reply for reply in found if reply is not None)
    return OneOf(mode, items, span) if items else None


def _form(leaves: Leaves, node: Mapping) -> Reply | None:
    entry = next((entry for entry in node.entries if entry.key.text in REPLY_FORMS), None)
    if entry is None:
        return _by_locale(leaves, node)
    match entry.key.text:
        case mode if mode in LIST_MODES:
            return _one_of(leaves, cast("Mode", mode), entry.value, node.span)
        case "news":
            articles = tuple(_articles(leaves, entry.value))
            return News(articles, node.span) if articles else None
        case "music":
            return _music(leaves, entry.value)
        case "transfer":
            return _transfer(leaves, entry.value)
        case kind:
            return _media(leaves, cast("Literal['image', 'voice', 'video']", kind), entry.value)


def _by_locale(leaves: Leaves, node: Mapping) -> ByLocale | None:
    replies = {key: reply for key, item in _locales(leaves, node) if (reply := read_reply(leaves, item))}
    return ByLocale(replies, node.span) if replies else None


def _locales(leaves: Leaves, node: Mapping) -> list[tuple[str, Node]]:
    found = [entry for entry in node.entries if is_locale(entry.key.text)]
    for entry in found:
        _check_locale(leaves, entry)
    return [(entry.key.text, entry.value) for entry in found]


def _check_locale(leaves: Leaves, entry: Entry) -> None:
    locale = entry.key.text
    if not leaves.locales or any(locale in (known, known.split("-")[0]) for known in leaves.locales):
        return  # a user of the locale `zh-CN` reads `zh` too
    near = nearest(locale, leaves.locales)
    spoken = ", ".join(f"`{name}`" for name in leaves.locales)
    leaves.diagnostics.append(
        Diagnostic(
            "DL107",
            entry.key.span,
            Wording(f"`{locale}` is not one of this bot's locales", f"`{locale}` 不在这个机器人的语言列表中"),
            label=Wording(f"did you mean `{near}`?", f"是不是想写 `{near}`？") if near else None,
            help=Wording(f"`locales` names {spoken}; add it there", f"`locales` 里有 {spoken}，可在那里加上它"),
        )
    )


def _articles(leaves: Leaves, node: Node) -> Iterator[Article]:
    for item in as_items(node):
        if not isinstance(item, Mapping):
            continue
        each = item.get("each")
        loop = read_loop(leaves, each)
        if each is not None and (loop is None or loop[1] is None):
            continue  # its texts speak of a variable that is not there
        yield Article(
            title=read_localized(leaves, item.get("title")),
            text=read_localized(leaves, item.get("text")),
            pic=read_localized(leaves, item.get("pic")),
            url=read_localized(leaves, item.get("url")),
            span=item.span,
            each=(loop[0], loop[1]) if loop and loop[1] else None,
        )


def _music(leaves: Leaves, node: Node) -> Music:
    fields = as_mapping(node)
    return Music(
        title=read_localized(leaves, fields.get("title")),
        text=read_localized(leaves, fields.get("text")),
        url=read_localized(leaves, fields.get("url")),
        hq=read_localized(leaves, fields.get("hq")),
        thumb=read_localized(leaves, fields.get("thumb")),
        span=node.span,
    )


def _media(leaves: Leaves, kind: Literal["image", "voice", "video"], node: Node) -> Media:
    if isinstance(node, Mapping) and node.entry("id") is not None:
        return Media(
            kind,
            id=read_localized(leaves, node.get("id")),
            title=read_localized(leaves, node.get("title")),
            text=read_localized(leaves, node.get("text")),
            span=node.span,
        )
    return Media(kind, id=read_localized(leaves, node), title=None, text=None, span=node.span)


def _transfer(leaves: Leaves, node: Node) -> Transfer | None:
    if isinstance(node, Scalar) and node.is_plain and node.text in ("true", "false", ""):
        return Transfer(None, node.span) if node.text == "true" else None
    return Transfer(read_localized(leaves, node), node.span)
