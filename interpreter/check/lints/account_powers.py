"""What the bot's accounts can do, as far as its file says.

https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Explanation_of_interface_privileges.html
"""

from __future__ import annotations

from interpreter.check.lints.speech import constant
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.services import Account


def setting(account: Account, name: str) -> str | None:
    """A setting that is written out; None of one that is not there or comes from the environment."""
    text = account.settings.get(name)
    return constant(text) if text is not None else None


def is_wecom(account: Account) -> bool:
    """Whether it is an application of WeCom."""
    return setting(account, "type") == "wecom"


def can_send(account: Account) -> bool:
    """Whether it can send customer-service messages: verified accounts can, and WeCom."""
    return account.verified or is_wecom(account)


def can_send_templates(account: Account) -> bool:
    """Whether it can send template messages: only verified service accounts can."""
    return account.verified and setting(account, "kind") == "service" and not is_wecom(account)


def none_can_send(bot: Bot) -> bool:
    """Whether accounts are declared and none of them can send more than the one passive reply."""
    return bool(bot.accounts) and not any(map(can_send, bot.accounts))


def all_are_wecom(bot: Bot) -> bool:
    """Whether accounts are declared and all are of WeCom."""
    return bool(bot.accounts) and all(map(is_wecom, bot.accounts))
