"""DL515: a method of WeChat's API that none of the bot's accounts may call."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.catalogue.methods import find_method
from interpreter.catalogue.rights import may_call, refusal
from interpreter.check.lints.account_powers import standing
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording

CODE = "DL515"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The first call of each such method, in a bot that declares its accounts."""
    accounts = subject.bot.accounts
    if not accounts:
        return
    seen: set[str] = set()
    for step in subject.calls:
        method = find_method(step.method.text)
        if method is None or method.full_name in seen or any(may_call(standing(it), method) for it in accounts):
            continue
        seen.add(method.full_name)
        said = refusal(standing(accounts[0]), method, step.method.text)
        assert said is not None
        help = None
        if standing(accounts[0]).type in method.accounts:
            help = Wording(
                "if the account is one, say so with `kind` and `verified: true`",
                "若账号符合要求，请用 `kind` 和 `verified: true` 写明",
            )
        declared = Label(accounts[0].span, Wording("the account is declared here", "账号声明在这里"))
        yield Diagnostic(CODE, step.method.span, said, related=(declared,), help=help)
