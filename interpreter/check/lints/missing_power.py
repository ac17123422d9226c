"""DL515: something that none of the bot's accounts can do: `send` or a menu when unverified, transfers in WeCom."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.account_powers import (
    all_are_wecom,
    can_have_menu,
    can_send,
    can_send_templates,
)
from interpreter.check.lints.subject import Subject
from interpreter.check.menus import every_button
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.replies import Music, Transfer
from interpreter.dialog.model.steps import SendStep
from interpreter.source.spans import Span

CODE = "DL515"

_NO_WECOM_BUTTONS = ("media_id", "view_limited", "article_id", "article_view_limited")


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Only of bots that declare their accounts, and only what none of those can."""
    bot = subject.bot
    if not bot.accounts:
        return
    yield from _sends([step for step in subject.steps if isinstance(step, SendStep)], bot)
    if bot.buttons and not any(map(can_have_menu, bot.accounts)):
        yield _no_menu(bot)
    if all_are_wecom(bot):
        yield from _wecom_menu(bot)
        for said in subject.said:
            if isinstance(said.reply, (Music, Transfer)) and not said.is_sent:
                yield _not_in_wecom(said.reply, bot)
    for account in bot.accounts:
        ways = [name.text for name in account.slow]
        if ways == ["push"] and not can_send(account):
            yield Diagnostic(
                CODE,
                account.slow[0].span,
                Wording("an unverified account cannot push a late answer", "未认证的账号不能推送迟到的回复"),
                help=Wording(
                    "write `slow: [hold, later]`, or `verified: true` if it is verified",
                    "请写 `slow: [hold, later]`；若已认证，请写 `verified: true`",
                ),
            )


def _no_menu(bot: Bot) -> Diagnostic:
    return Diagnostic(
        CODE,
        bot.buttons[0].span,
        Wording(
            "the menu of an unverified subscription account cannot be set by programs",
            "未认证订阅号的菜单不能用接口设置",
        ),
        related=_declared(bot),
        help=Wording(
            "write it in WeChat's console; if the account is verified, say so: `verified: true`",
            "请在微信后台填写菜单；若账号已认证，请写明 `verified: true`",
        ),
    )


def _wecom_menu(bot: Bot) -> Iterator[Diagnostic]:
    """WeCom's menus know neither material nor menus for some users."""
    for button in every_button(bot.buttons):
        if button.kind in _NO_WECOM_BUTTONS:
            yield Diagnostic(
                CODE,
                button.span,
                Wording("a menu of WeCom cannot send or open material", "企业微信的菜单不能下发或打开素材"),
                related=_declared(bot),
                help=Wording("give the button a `reply` or a `url`", "请给按钮写 `reply` 或 `url`"),
            )
    for menu in bot.conditional_menus[:1]:
        yield Diagnostic(
            CODE,
            menu.span,
            Wording("WeCom has no menus for some users only", "企业微信没有个性化菜单"),
            related=_declared(bot),
        )


def _sends(steps: list[SendStep], bot: Bot) -> Iterator[Diagnostic]:
    """The first of each kind: the others have the same cause."""
    template = next((step for step in steps if _has_template(step)), None)
    message = next((step for step in steps if not _has_template(step)), None)
    if all_are_wecom(bot):
        yield from _not_sent_in_wecom(steps, bot)
    elif template is not None and not any(map(can_send_templates, bot.accounts)):
        yield Diagnostic(
            CODE,
            template.span,
            Wording("only verified service accounts can send template messages", "只有已认证的服务号才能发送模板消息"),
            related=_declared(bot),
            help=Wording(
                "if the account is one, say so: `kind: service` and `verified: true`",
                "若账号确是已认证的服务号，请写明 `kind: service` 和 `verified: true`",
            ),
        )
    if message is not None and not any(map(can_send, bot.accounts)):
        yield Diagnostic(
            CODE,
            message.span,
            Wording("only verified accounts can send customer-service messages", "只有已认证的账号才能发送客服消息"),
            related=_declared(bot),
            help=Wording(
                "say it as a `reply`; if the account is verified, say so: `verified: true`",
                "请改用 `reply`；若账号已认证，请写明 `verified: true`",
            ),
        )


def _has_template(step: SendStep) -> bool:
    return step.template is not None or (step.message is not None and step.message.kind == "subscribe")


def _not_sent_in_wecom(steps: list[SendStep], bot: Bot) -> Iterator[Diagnostic]:
    """Applications of WeCom send replies, but no templates, cards and so on."""
    for step in steps:
        if step.message is None and step.template is None:
            continue
        what = Wording("template messages", "模板消息") if _has_template(step) else Wording("this message", "这种消息")
        yield Diagnostic(
            CODE,
            step.span,
            Wording(f"WeCom cannot send {what.en}", f"企业微信不能发送{what.zh}"),
            related=_declared(bot),
            help=Wording("send a text, media or an article", "请改为文本、媒体或图文"),
        )


def _declared(bot: Bot) -> tuple[Label, ...]:
    span: Span = bot.accounts[0].span
    return (Label(span, Wording("the account is declared here", "账号声明在这里")),)


def _not_in_wecom(reply: Music | Transfer, bot: Bot) -> Diagnostic:
    what = Wording("music", "音乐") if isinstance(reply, Music) else Wording("a transfer", "转接客服")
    return Diagnostic(
        CODE,
        reply.span,
        Wording(f"WeCom cannot reply with {what.en}", f"企业微信不能回复{what.zh}"),
        related=_declared(bot),
        help=Wording("reply with a text or a link", "请改为文本或链接"),
    )
