"""What the bot's accounts can do, as far as its file says: the table of rights, asked about an account."""

from __future__ import annotations

from interpreter.catalogue import rights
from interpreter.check.accounts import is_wecom
from interpreter.check.lints.speech import constant
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.services import Account


def setting(account: Account, name: str) -> str | None:
    """A setting that is written out; None of one that is not there or comes from the environment."""
    text = account.settings.get(name)
    return constant(text) if text is not None else None


def standing(account: Account) -> rights.Standing:
    """What it is, for the table."""
    return rights.Standing(
        type="wecom" if is_wecom(account) else "official",
        kind="service" if setting(account, "kind") == "service" else "subscription",
        verified=account.verified,
    )


def can_send(account: Account) -> bool:
    """Whether it can send customer-service messages."""
    return rights.can_send_messages(standing(account))


def can_send_templates(account: Account) -> bool:
    """Whether it can send template messages."""
    return rights.can_send_templates(standing(account))


def can_have_menu(account: Account) -> bool:
    """Whether its menu can be set through the API; of an account that does not say its kind, nobody knows."""
    return setting(account, "kind") is None or rights.can_have_menu(standing(account))


def none_can_send(bot: Bot) -> bool:
    """Whether accounts are declared and none of them can send more than the one passive reply."""
    return bool(bot.accounts) and not any(map(can_send, bot.accounts))


def all_are_wecom(bot: Bot) -> bool:
    """Whether accounts are declared and all are of WeCom."""
    return bool(bot.accounts) and all(map(is_wecom, bot.accounts))
