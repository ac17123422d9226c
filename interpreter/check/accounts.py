"""Accounts: settings see the environment only, and secrets come from there."""

from __future__ import annotations

from interpreter.check.findings import Findings
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.leaves import Text
from interpreter.dialog.model.services import Account
from interpreter.expr.scope import Scope
from interpreter.expr.tree import Name
from interpreter.expr.walk import walk

_SECRETS = ("token", "app_secret", "aes_key")


def is_wecom(account: Account) -> bool:
    """Whether it is an application of WeCom."""
    written = account.settings.get("type")
    return written is not None and written.scalar.text == "wecom"


def types_of(bot: Bot) -> frozenset[str]:
    """The types of the bot's accounts; one that says none is an official account, and so is one not declared."""
    return frozenset("wecom" if is_wecom(account) else "official" for account in bot.accounts) or frozenset(
        ("official",)
    )


def check_account(account: Account, findings: Findings) -> None:
    """One account."""
    env = Scope({"env": findings.symbols.constant.bindings["env"]})
    for key, text in account.texts:
        findings.text(text, env)
        if key in _SECRETS and not _reads_environment(text):
            findings.report(_written_out(key, text))


def _reads_environment(text: Text) -> bool:
    holes = text.template.holes
    return any(isinstance(node, Name) and node.name == "env" for hole in holes for node in walk(hole.node))


def _written_out(key: str, text: Text) -> Diagnostic:
    shown = f"{key}: $(env.WX_{key.upper()})"
    return Diagnostic(
        "DL701",
        text.scalar.span,
        Wording(f"the {key} is written in the file, for everyone to read", f"{key} 直接写在文件里，谁都能看到"),
        help=Wording(
            f"keep it in the environment: `{shown}`",
            f"请放在环境变量里：`{shown}`",
        ),
    )
