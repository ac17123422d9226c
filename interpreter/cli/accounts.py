"""What a bot's file says of its accounts, as plain settings: its `$(env.NAME)` are filled in from the environment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from interpreter.cli.common import UsageError
from interpreter.diagnostics.fault_words import fault_words
from interpreter.diagnostics.wording import Wording
from interpreter.expr.env import Env
from interpreter.machine.chance import chance_from
from interpreter.program.accounts import AccountTable, AccountText
from interpreter.program.tables import Program
from interpreter.server.environment import Environment
from interpreter.server.errors import SettingsError
from interpreter.server.settings import AccountSettings, WrittenAccount, every_account
from interpreter.values import Fault

if TYPE_CHECKING:  # who starts from a stored program has no model
    from interpreter.dialog.model.bot import Bot


def written_accounts(bot: Bot, environment: Environment) -> tuple[WrittenAccount, ...]:
    """The accounts of a bot; one without any settings if its file names none.

    Raises:
        SettingsError: a setting cannot be evaluated.
    """
    from interpreter.compiler.accounts import lower_accounts

    return filled_accounts(lower_accounts(bot), environment)


def filled_accounts(accounts: Iterable[AccountTable], environment: Environment) -> tuple[WrittenAccount, ...]:
    """The accounts of a bot that was compiled.

    Raises:
        SettingsError: a setting cannot be evaluated.
    """
    return tuple(_filled(account, environment) for account in accounts)


def chosen_account(written: Sequence[WrittenAccount], name: str | None, environment: Environment) -> AccountSettings:
    """The settings of the account with a name, be it short or whole; without a name, of the only one.

    Raises:
        UsageError: there is no such account, or there are several.
        SettingsError: a setting cannot be.
    """
    settings = every_account(written, environment)
    if name is None and len(settings) == 1:
        return settings[0]
    names = [item.name or item.full_name for item in written]
    for known, account in zip(names, settings, strict=True):
        if name in (known, account.name):
            return account
    every = ", ".join(names)
    if name is None:
        raise UsageError(Wording(f"say --account: {every}", f"请用 --account 指定账号：{every}"))
    raise UsageError(Wording(f"there is no account {name}: {every}", f"没有账号 {name}，可选：{every}"))


def demand_tokens(written: Sequence[WrittenAccount], settings: Sequence[AccountSettings], *, is_deployed: bool) -> None:
    """Make sure that no token was forgotten: one that was made up helps somebody who tries a bot out, and nobody else.

    Raises:
        SettingsError: one is missing; with the names of the missing variables.
    """
    missing = missing_tokens(written, settings, is_deployed=is_deployed)
    readers: dict[str, list[str]] = {}
    for account, variables in missing.items():
        readers.setdefault(variables, []).append(account)
    nobody = ", ".join(readers.pop("", ()))
    if readers:
        said = ", ".join(f"{variables} ({', '.join(bots)})" for variables, bots in readers.items())
        raise SettingsError(
            Wording(
                f"a token is missing: set {said} in the environment or in the --env-file",
                f"缺少 token：请在环境变量或 --env-file 中设置 {said}",
            )
        )
    if nobody:
        raise SettingsError(
            Wording(
                f"a token is missing: give {nobody} `token: $(env.NAME)` in its file, and set NAME in the environment",
                f"缺少 token：请在 {nobody} 的文件中写 `token: $(env.NAME)`，并在环境变量中设置 NAME",
            )
        )


def missing_tokens(
    written: Sequence[WrittenAccount], settings: Sequence[AccountSettings], *, is_deployed: bool
) -> dict[str, str]:
    """The accounts without a token that need one, each with the names of the variables that would give it one.

    They need one if they are deployed or others have one, and if they are several of which one reads a variable.
    """
    every = list(zip(written, settings, strict=True))
    made_up = {
        account.name: ", ".join(item.origins.get("token", ())) or account.token_variable or ""
        for item, account in every
        if account.has_generated_token
    }
    if is_deployed or len(made_up) < len(every):
        return made_up
    return {name: variables for name, variables in made_up.items() if variables and len(every) > 1}


def account_variables(accounts: Iterable[AccountTable]) -> frozenset[str]:
    """The names of the environment that the accounts of a bot read."""
    return frozenset(name for account in accounts for text in account.texts for name in text.variables)


def filled_in(program: Program, environment: Environment) -> Program:
    """A program with the values of the environment it reads; an unset one is empty."""
    found = {name: environment.find(name) for name in sorted(program.env_names)}
    return replace(program, env={name: value.value if value else "" for name, value in found.items()})


def _filled(account: AccountTable, environment: Environment) -> WrittenAccount:
    settings: dict[str, list[str]] = {}
    origins: dict[str, list[str]] = {}
    for text in account.texts:
        settings.setdefault(text.key, []).append(_evaluated(text, environment))
        origins.setdefault(text.key, []).extend(text.variables)
    return WrittenAccount(
        account.bot,
        account.name,
        {key: ",".join(filter(None, values)) for key, values in settings.items()},
        {key: tuple(dict.fromkeys(names)) for key, names in origins.items()},
        slow=account.slow,
        is_verified=account.is_verified,
    )


def _evaluated(text: AccountText, environment: Environment) -> str:
    """A setting as text; one that reads an unset variable is as good as not written."""
    found = {name: environment.find(name) for name in text.variables}
    values = {name: value.value for name, value in found.items() if value is not None}
    env = Env(
        locals={},
        vars={},
        user={},
        roots={"env": values},
        chance=chance_from(0),
        locale="",
        say_text=lambda _: "",
    )
    try:
        return text.text(env)
    except Fault as fault:
        place, said = text.place, fault_words(fault.kind, fault.message)
        raise SettingsError(Wording(f"{place}: {text.key} – {said.en}", f"{place}：{text.key}：{said.zh}")) from fault
