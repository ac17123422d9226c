"""Tests that click a button there is none of, although one is named nearly so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Button, TalkLine

CODE = "DL806"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Each `> @click` whose word is no button, no key of one and no key of a rule."""
    bot = subject.bot
    clicks = [line for test in bot.tests for line in test.lines if line.text.strip().startswith("@click ")]
    if not clicks:
        return
    menus = (bot.buttons, *(menu.buttons for menu in bot.conditional_menus))
    known = dict.fromkeys(word for buttons in menus for word in _words(buttons))
    keys = [rule.trigger.key.text for rule in subject.rules if rule.trigger.key is not None]
    known |= dict.fromkeys(key for key in keys if not key.endswith("*"))
    known |= dict.fromkeys(old.text.removeprefix("menu.") for old, _ in bot.renames if old.text.startswith("menu."))
    beginnings = tuple(key[:-1] for key in keys if key.endswith("*"))
    for line in clicks:
        word = line.text.strip().removeprefix("@click").strip()
        near = nearest(word, known)
        if line.kind == "send" and word not in known and not word.startswith(beginnings or ("\0",)) and near:
            yield _unknown(line, word, near)


def _words(buttons: Iterable[Button]) -> Iterator[str]:
    for button in buttons:
        yield from (button.name.text, button.shown, button.path)
        if button.key is not None:
            yield button.key
        yield from _words(button.items)


def _unknown(line: TalkLine, word: str, near: str) -> Diagnostic:
    return Diagnostic(
        CODE,
        line.span,
        Wording(f"no button and no rule has the key `{word}`", f"没有按钮或规则使用 `{word}`"),
        label=Wording(f"did you mean `{near}`?", f"是不是想写 `{near}`？"),
        help=Wording("a click on something else reaches the fallback only", "点击其他内容只会得到 fallback 的回复"),
    )
