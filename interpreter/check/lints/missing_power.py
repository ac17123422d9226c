"""DL515: something that none of the bot's accounts can do: `send` when unverified, templates, transfers in WeCom."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.account_powers import all_are_wecom, can_send, can_send_templates
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.replies import Music, Transfer
from interpreter.dialog.model.steps import SendStep
from interpreter.source.spans import Span

CODE = "DL515"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Only of bots that declare their accounts, and only what none of those can."""
    bot = subject.bot
    if not bot.accounts:
        return
    yield from _sends([step for step in subject.steps if isinstance(step, SendStep)], bot)
    if all_are_wecom(bot):
        for said in subject.said:
            if isinstance(said.reply, (Music, Transfer)) and not said.is_sent:
                yield _not_in_wecom(said.reply, bot)
    for account in bot.accounts:
        ways = [name.text for name in account.slow]
        if ways == ["push"] and not can_send(account):
            yield Diagnostic(
                CODE,
                account.slow[0].span,
                Wording("an unverified account cannot push a late answer", "未认证的帐号不能推送迟到的回复"),
                help=Wording(
                    "write `slow: [hold, later]`, or `verified: true` if it is verified",
                    "请写 `slow: [hold, later]`；若已认证，请写 `verified: true`",
                ),
            )


def _sends(steps: list[SendStep], bot: Bot) -> Iterator[Diagnostic]:
    """The first of each kind: the others have the same cause."""
    template = next((step for step in steps if step.template is not None), None)
    message = next((step for step in steps if step.template is None), None)
    if template is not None and not any(map(can_send_templates, bot.accounts)):
        yield Diagnostic(
            CODE,
            template.span,
            Wording("only verified service accounts can send template messages", "只有已认证的服务号才能发送模板消息"),
            related=_declared(bot),
            help=Wording(
                "if the account is one, say so: `kind: service` and `verified: true`",
                "若帐号确是已认证的服务号，请写明 `kind: service` 和 `verified: true`",
            ),
        )
    if message is not None and not any(map(can_send, bot.accounts)):
        yield Diagnostic(
            CODE,
            message.span,
            Wording("only verified accounts can send customer-service messages", "只有已认证的帐号才能发送客服消息"),
            related=_declared(bot),
            help=Wording(
                "say it as a `reply`; if the account is verified, say so: `verified: true`",
                "请改用 `reply`；若帐号已认证，请写明 `verified: true`",
            ),
        )


def _declared(bot: Bot) -> tuple[Label, ...]:
    span: Span = bot.accounts[0].span
    return (Label(span, Wording("the account is declared here", "帐号声明在这里")),)


def _not_in_wecom(reply: Music | Transfer, bot: Bot) -> Diagnostic:
    what = Wording("music", "音乐") if isinstance(reply, Music) else Wording("a transfer", "转接客服")
    return Diagnostic(
        CODE,
        reply.span,
        Wording(f"WeCom cannot reply with {what.en}", f"企业微信不能回复{what.zh}"),
        related=_declared(bot),
        help=Wording("reply with a text or a link", "请改为文本或链接"),
    )
