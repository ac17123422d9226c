"""DL505: a button whose tap no rule answers, and a rule for the key of a button that no menu has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot, Button
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.rules import Rule

CODE = "DL505"

_AWAITED = ("click", "scancode_waitmsg")
"""Behind a photo or a place follows a message of its own, so its event need not be answered."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Only where the bot has a menu: one that is kept elsewhere is not known here."""
    bot = subject.bot
    buttons = [button for buttons in _menus(bot) for button in _all(buttons)]
    if not buttons:
        return
    known = {button.key: button for button in buttons if button.key is not None}
    of_buttons = set(map(id, bot.menu_rules))
    meant: set[str] = set()
    for rule in subject.rules:
        key = rule.trigger.key
        if id(rule) not in of_buttons and key is not None and _is_unknown(rule, key, known):
            near = nearest(key.text, known)
            meant.add(near or "")
            yield _unknown_key(key, known[near] if near else None)
    for button in buttons:
        event = _event(button)
        if event is None or button.key is None or button.key in meant:
            continue
        if not any(_answers(rule, event, button.key) for rule in subject.rules):
            yield _unanswered(button, event)


def _menus(bot: Bot) -> Iterator[tuple[Button, ...]]:
    yield bot.buttons
    for menu in bot.conditional_menus:
        yield menu.buttons


def _all(buttons: tuple[Button, ...]) -> Iterator[Button]:
    for button in buttons:
        yield button
        yield from _all(button.items)


def _event(button: Button) -> str | None:
    """The event that somebody should answer: a click, or a scan whose result the user waits for."""
    return button.kind if button.kind in _AWAITED else None


def _answers(rule: Rule, event: str, key: str) -> bool:
    trigger = rule.trigger
    if trigger.always or any(message.text in ("event", "any") for message in trigger.messages):
        return True
    if not (trigger.patterns or trigger.events or trigger.messages) and rule.condition is not None:
        return True
    return any(name.text.lower() == event for name in trigger.events) and (
        trigger.key is None or _fits(key, trigger.key.text)
    )


def _fits(key: str, wanted: str) -> bool:
    return key.startswith(wanted[:-1]) if wanted.endswith("*") else key == wanted


def _unanswered(button: Button, event: str) -> Diagnostic:
    name = button.name.text
    return Diagnostic(
        CODE,
        button.span,
        Wording(f"no rule answers the button `{name}`", f"没有规则回答按钮 `{name}`"),
        label=Wording(
            f"it sends `{event}` with the key `{button.key}`", f"点击会发送 `{event}`，key 为 `{button.key}`"
        ),
        help=Wording(
            f"give it a `reply`, or write a rule with `event: {event}` and `key: {button.key}`",
            f"请给它写 `reply`，或写一条 `event: {event}`、`key: {button.key}` 的规则",
        ),
    )


def _is_unknown(rule: Rule, key: Name, known: Mapping[str, Button]) -> bool:
    """Whether a rule for clicks alone asks for a key that no button sends."""
    events = {event.text.lower() for event in rule.trigger.events}
    return events == {"click"} and not any(_fits(other, key.text) for other in known)


def _unknown_key(key: Name, near: Button | None) -> Diagnostic:
    return Diagnostic(
        CODE,
        key.span,
        Wording(f"no button of the menu has the key `{key.text}`", f"菜单里没有 key 为 `{key.text}` 的按钮"),
        label=Wording(f"did you mean `{near.key}`?", f"是不是想写 `{near.key}`？") if near else None,
        related=(Label(near.span, Wording(f"its key is `{near.key}`", f"它的 key 是 `{near.key}`")),) if near else (),
        help=None
        if near
        else Wording("give a button this key, or delete the rule", "请让某个按钮使用这个 key，或删除这条规则"),
    )
