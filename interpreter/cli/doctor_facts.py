"""What some bots say of themselves, right or wrong: a doctor wants to see what a server would refuse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from interpreter.catalogue.rights import Standing
from interpreter.cli.accounts import written_accounts
from interpreter.cli.assembling import is_shared_store
from interpreter.cli.loading import Loaded
from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.account import AccountFacts, account_findings, clashes
from interpreter.server.diagnosis.computer import computer_findings, look_at_computer
from interpreter.server.diagnosis.findings import Finding, fine, has_problem, problem
from interpreter.server.diagnosis.storage import sharing_findings
from interpreter.server.environment import Environment
from interpreter.server.errors import ServerError
from interpreter.server.settings import ServerSettings, WrittenAccount, every_account, listed, server_settings

_ANY_BOT = "token", "app_id", "app_secret", "aes_key", "path"


@dataclass(frozen=True, slots=True)
class Case:
    """What the files and the environment say, and what was found in them."""

    accounts: Sequence[AccountFacts]
    settings: ServerSettings | None
    """None: a server would refuse them."""
    findings: Sequence[Finding]


def open_case(bots: Sequence[Loaded], environment: Environment, *, port: str | None, store: str | None) -> Case:
    """Look at bots, their accounts, the settings of the server and the computer, without asking anybody outside."""
    found = [_bot_finding(bot) for bot in bots]
    written: list[WrittenAccount] = []
    accounts: list[AccountFacts] = []
    settings: ServerSettings | None = None
    try:
        written += (account for bot in bots if bot.bot for account in written_accounts(bot.bot, environment))
        accounts += account_facts((item for item in written if _is_official(item)), environment)
        found += [finding for account in accounts for finding in account_findings(account)] + clashes(accounts)
        flags = {"port": port, "store": store}
        settings = server_settings(flags, environment, is_public=all(account.tokens for account in accounts))
        if settings.worker_count > 1 and not is_shared_store(settings.store.value):
            found += sharing_findings(settings.worker_count)
        every_account(written, environment)
    except ServerError as error:
        if not has_problem(found):
            found.append(problem("settings-refused", error.wording, _SHOW_SETTINGS))
    zones = tuple(dict.fromkeys(bot.program.timezone for bot in bots if bot.program))
    with_redis = settings is not None and settings.store.value.startswith(("redis", "unix:"))
    return Case(accounts, settings, [*found, *computer_findings(look_at_computer(zones, with_redis=with_redis))])


def _is_official(account: WrittenAccount) -> bool:
    """Whether it is of the kind whose settings are known here; a server says what it thinks of others."""
    return account.settings.get("type", "official") == "official"


def _bot_finding(bot: Loaded) -> Finding:
    errors = [item for item in bot.diagnostics if item.is_error]
    if not errors:
        return fine("bot-fine", Wording(f"{bot.path} compiles", f"{bot.path} 可以编译"))
    first = errors[0]
    return problem(
        "bot-broken",
        Wording(
            f"{bot.path} does not compile; first of {len(errors)}: {first.span}: {first.code} {first.message.en}",
            f"{bot.path} 无法编译；共 {len(errors)} 个错误，第一个：{first.span}：{first.code} {first.message.zh}",
        ),
        Wording(f"dialog-lint {bot.path}", f"dialog-lint {bot.path}"),
    )


_SHOW_SETTINGS = Wording(
    "mend this setting; `dialog-run BOT --show-settings` says who set it",
    "请修改此设置；`dialog-run BOT --show-settings` 可显示其来源",
)


def account_facts(written: Iterable[WrittenAccount], environment: Environment) -> list[AccountFacts]:
    """The facts of every account."""
    accounts = list(written)
    return [_facts(account, environment, is_alone=len(accounts) == 1) for account in accounts]


def _facts(account: WrittenAccount, environment: Environment, *, is_alone: bool) -> AccountFacts:
    values = _values(account, environment, is_alone=is_alone)
    origins = account.origins.get("token", ())
    return AccountFacts(
        account.full_name,
        values.get("path", f"/{account.full_name}"),
        listed(values.get("token", "")),
        values.get("app_id"),
        values.get("app_secret"),
        listed(values.get("aes_key", "")),
        values.get("encryption", "plain"),
        origins[0] if len(origins) == 1 else "WX_TOKEN" if is_alone else None,
        "push" in account.slow,
        Standing(kind="service" if values.get("kind") == "service" else "subscription", verified=account.is_verified),
    )


def _values(account: WrittenAccount, environment: Environment, *, is_alone: bool) -> Mapping[str, str]:
    """What is set, in the order of `server.settings`: named by the file, then for any bot, then written in the file."""
    values = {key: value for key, value in account.settings.items() if value}
    for key in _ANY_BOT if is_alone else ():
        found = environment.find(f"WX_{key.upper()}")
        is_named = any(environment.find(name) for name in account.origins.get(key, ()))
        if found is not None and not (is_named and key in values):
            values[key] = found.value
    return values
