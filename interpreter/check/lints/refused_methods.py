"""DL515: a method of WeChat's API that none of the bot's accounts may call, or that nobody can call from here."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.catalogue.methods import Method, find_method
from interpreter.catalogue.rights import Standing, is_beyond, may_call, refusal
from interpreter.check.lints.account_powers import standing
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.services import Account

CODE = "DL515"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The first call of each such method; what an account may call is known of bots that declare theirs."""
    accounts = subject.bot.accounts
    seen: set[str] = set()
    for step in subject.calls:
        method = find_method(step.method.text)
        if method is None or method.full_name in seen:
            continue
        if is_beyond(method):
            found = _beyond(step.method, method)
        elif not accounts or any(may_call(standing(account), method) for account in accounts):
            continue
        else:
            found = _refused(step.method, method, accounts[0])
        seen.add(method.full_name)
        yield found


def _beyond(name: Name, method: Method) -> Diagnostic:
    """An error, unlike the others: no setting of an account helps."""
    said = refusal(Standing(), method, name.text)
    assert said is not None
    return Diagnostic(
        CODE,
        name.span,
        said,
        label=Wording("the call is refused before it is sent", "调用在发出之前就会被拒绝"),
        help=Wording(
            "`fetch` it from a service of yours that holds the key, or send a link to a page where users pay",
            "请用 `fetch` 调用您自己持有私钥的服务，或发送一个支付页面的链接",
        ),
        own_severity=Severity.ERROR,
    )


def _refused(name: Name, method: Method, account: Account) -> Diagnostic:
    said = refusal(standing(account), method, name.text)
    assert said is not None
    help = None
    if standing(account).type in method.accounts:
        help = Wording(
            "if the account is one, say so with `kind` and `verified: true`",
            "若账号符合要求，请用 `kind` 和 `verified: true` 写明",
        )
    declared = Label(account.span, Wording("the account is declared here", "账号声明在这里"))
    return Diagnostic(CODE, name.span, said, related=(declared,), help=help)
