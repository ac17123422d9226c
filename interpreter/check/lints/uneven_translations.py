"""Locale maps that leave out a locale of the bot, or whose texts do not tell the same."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.replies import ByLocale, Say
from interpreter.expr.tree import Field, Name
from interpreter.expr.walk import children
from interpreter.source.spans import Span

CODE = "DL602"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Every locale map."""
    locales = subject.bot.locales
    for reply in subject.replies:
        if isinstance(reply, ByLocale):
            missing = [locale for locale in locales if not _has(reply, locale)]
            if len(locales) > 1 and missing:
                yield _missing(reply, missing)
            yield from _uneven(reply)


def _has(reply: ByLocale, locale: str) -> bool:
    """Whether a locale finds a text of its own, if need be that of its language."""
    return locale in reply.replies or _language(locale) in reply.replies


def _language(locale: str) -> str:
    return locale.replace("_", "-").partition("-")[0]


def _missing(reply: ByLocale, missing: list[str]) -> Diagnostic:
    names = ", ".join(f"`{name}`" for name in missing)
    first = next(iter(reply.replies))
    return Diagnostic(
        CODE,
        _first_line(reply.span),
        Wording(f"the translation into {names} is missing", f"缺少 {names} 的译文"),
        label=Wording("the bot's `locales` name it", "机器人的 `locales` 里有它"),
        help=Wording(
            f"add `{missing[0]}: …`; without it these users read another language",
            f"请补上 `{missing[0]}: …`，否则这些用户会看到其他语言",
        )
        if first
        else None,
    )


def _uneven(reply: ByLocale) -> Iterator[Diagnostic]:
    """The texts that lack a value which the first one tells, and the other way round."""
    if not any(isinstance(item, Say) and item.text.template.holes for item in reply.replies.values()):
        return
    said = [(locale, item.text) for locale, item in reply.replies.items() if isinstance(item, Say)]
    if len(said) < len(reply.replies) or len(said) < 2:
        return
    first_locale, first = said[0]
    wanted = _values(first)
    for locale, text in said[1:]:
        found = _values(text)
        if gone := [name for name in wanted if name not in found]:
            yield _differs(text, locale, gone[0], first, first_locale)
        elif more := [name for name in found if name not in wanted]:
            yield _differs(first, first_locale, more[0], text, locale)


def _values(text: Text) -> list[str]:
    """The variables that a text reads, fields with what they are of."""
    return list(dict.fromkeys([path for hole in text.template.holes for path in _paths(hole.node)]))


def _paths(node: object) -> Iterator[str]:
    match node:
        case Field(target=Name(name=first), name=name):
            if first != "texts":
                yield f"{first}.{name}"
        case Name(name=name):
            yield name
        case _:
            for child in children(node):  # type: ignore[arg-type]  # only nodes lead here
                yield from _paths(child)


def _differs(text: Text, locale: str, name: str, other: Text, other_locale: str) -> Diagnostic:
    place = next(hole for hole in other.template.holes if name in _paths(hole.node))
    return Diagnostic(
        CODE,
        _first_line(text.scalar.span),
        Wording(
            f"the text for `{locale}` does not tell `{name}`, that for `{other_locale}` does",
            f"`{locale}` 的文本里没有 `{name}`，而 `{other_locale}` 的有",
        ),
        related=(Label(other.scalar.place(place.start, place.end), Wording("told here", "这里写了")),),
        help=Wording(f"write `$({name})` there too, or in neither", f"请也写上 `$({name})`，或两边都不写"),
    )


def _first_line(span: Span) -> Span:
    end = span.file.text.find("\n", span.start, span.end)
    return span if end < 0 else Span(span.file, span.start, end)
