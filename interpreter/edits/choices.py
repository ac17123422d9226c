"""DL905: choices that users have on their screens, and that mean something else when they answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from interpreter.check.waiting import Site
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.replies import ByLocale, Localized, Say
from interpreter.dialog.model.rules import Rule, State
from interpreter.dialog.model.steps import Question
from interpreter.edits.edit import Edit
from interpreter.source.spans import Span
from interpreter.types.answers import offered
from interpreter.types.lexicon import Lexicon

CODE = "DL905"

Labels = Mapping[str, str]
"""What a choice is called, by locale; under `` where it is the same in all."""


def changed_choices(edit: Edit) -> Iterator[Diagnostic]:
    """Keys of menus and numbers of enumerations that stand for something else now."""
    for path, owner in edit.old.states.items():
        new = edit.new_state(path)
        if owner.state is not None and new is not None and new.state is not None:
            yield from _changed_keys(owner.state, new.state)
    before, now = _lexicon(edit.old.bot), _lexicon(edit.new.bot)
    for old in edit.old.sites.values():
        place = edit.new_site(old)
        if place is not None:
            yield from _changed_numbers(old, place, before, now)


def _changed_keys(old: State, new: State) -> Iterator[Diagnostic]:
    """Keys whose old label another key has now, and keys with another label and other steps."""
    now = {rule.name.text: rule for rule in new.choices}
    for was in old.choices:
        rule = now.get(was.name.text)
        if rule is None or _labels(rule.label) == _labels(was.label):
            continue
        moved = next((each for each in new.choices if _labels(each.label) == _labels(was.label) != {}), None)
        if moved is not None or _steps(rule) != _steps(was):
            yield _changed(rule.name.span, was.name.span, rule.name.text, _said(was.label), _said(rule.label), moved)


def _labels(label: Localized | None) -> Labels:
    match label:
        case Say(text=text):
            return {"": text.scalar.text}
        case ByLocale(replies=replies):
            return {name: reply.text.scalar.text for name, reply in replies.items() if isinstance(reply, Say)}
        case None:
            return {}


def _said(label: Localized | None) -> str:
    return next(iter(_labels(label).values()), "")


def _steps(rule: Rule) -> list[str]:
    """The steps of a choice as they are written."""
    return [" ".join(step.span.file.text[step.span.start : step.span.end].split()) for step in rule.steps]


def _changed(span: Span, old: Span, key: str, was: str, now: str, moved: Rule | None) -> Diagnostic:
    label = None
    if moved is not None:
        label = Wording(f"“{was}” is `{moved.name.text}` now", f"“{was}”现在是 `{moved.name.text}`")
    return Diagnostic(
        CODE,
        span,
        Wording(
            f"`{key}` is “{now}” now, and users still see it as “{was}”",
            f"`{key}` 现在是“{now}”，而用户看到的还是“{was}”",
        ),
        label=label,
        related=(Label(old, Wording(f"it was “{was}”", f"原来是“{was}”")),),
        help=Wording("let each choice keep its key; give new ones new keys", "让每个选项保留原来的键，新选项用新的键"),
    )


# ---------------------------------------------------------------------------------------------------- numbers


def _lexicon(bot: Bot) -> Lexicon:
    return Lexicon({name: entity.things for name, entity in bot.entities.items()}, bot.locales, bot.timezone)


def _changed_numbers(old: Site, new: Site, before: Lexicon, now: Lexicon) -> Iterator[Diagnostic]:
    """Questions whose numbered answers stand in another order."""
    if not isinstance(old.step, Question) or not isinstance(new.step, Question):
        return
    was, shown = _numbered(old.step, before), _numbered(new.step, now)
    for number, (first, second) in enumerate(zip(was, shown, strict=False), start=1):
        if first != second and (first in shown or second in was):
            span, place = new.step.type_span or new.span, old.step.type_span or old.span
            yield _changed(span, place, str(number), first, second, None)
            return


def _numbered(question: Question, lexicon: Lexicon) -> tuple[str, ...]:
    return () if question.choices is not None or question.type is None else offered(question.type, lexicon)
