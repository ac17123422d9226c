"""What is offered for a name that WeChat does not have is what the bot's account may use."""

from pathlib import Path

import pytest

from interpreter.cli.loading import load
from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Diagnostic

OFFICIAL = "account: {path: /a, token: $(env.T), kind: service, verified: true}\n"
WECOM = "account: {type: wecom, path: /a, token: $(env.T)}\n"
_RULES = "rules:\n  a:\n    pattern: =a\n    do:\n      - {{api: {}}}\n      - {{reply: ok}}\n"
_TAIL = "failure: sorry\nfallback: what\n"


def diagnostics(bot: str) -> tuple[Diagnostic, ...]:
    text = f"dialog: 1\nname: test\n{bot}{_TAIL}"
    return tuple(load(Path("bot.yaml"), only_check=True, texts={"bot.yaml": text}).diagnostics)


def found(bot: str, code: str) -> Diagnostic:
    (finding,) = (each for each in diagnostics(bot) if each.code == code)
    return finding


def said(finding: Diagnostic) -> str:
    return " ".join(words.en for words in (finding.label, finding.help) if words is not None)


@pytest.mark.parametrize(
    ("account", "method", "offer"),
    [
        (OFFICIAL, "user.get_usr", "did you mean `user.get_user`?"),
        ("", "usr.info", "did you mean `user.info`?"),
        (WECOM, "wecom_usr.get_user", "did you mean `wecom_user.get_user`?"),
        (WECOM, "user.get_usr", "`user` holds methods of official accounts"),
        (OFFICIAL, "wecom_usr.get_user", "`wecom_user` holds methods of WeCom"),
        ("", "wecom_user.get_usr", "`wecom_user` holds methods of WeCom"),
    ],
)
def test_a_method_that_is_offered_is_one_of_the_account(account: str, method: str, offer: str) -> None:
    assert offer in said(found(account + _RULES.format(method), "DL105"))


@pytest.mark.parametrize(
    "method", ["x.get_approval_detail", "customer.list", "wecom_user.get_usr", "wecom_usr.get_user"]
)
def test_no_fix_and_no_family_leads_an_official_account_to_wecom(method: str) -> None:
    finding = found(OFFICIAL + _RULES.format(method), "DL105")
    assert finding.fix is None
    listed = said(finding).partition("there are the families ")[2]
    assert "wecom_" not in listed


@pytest.mark.parametrize(
    ("account", "event", "offer"),
    [
        (OFFICIAL, "subscibe", "did you mean `subscribe`?"),
        (OFFICIAL, "modify_calender", "`modify_calendar` is an event of WeCom"),
        (OFFICIAL, "MODIFY_CALENDAR", "`modify_calendar` is an event of WeCom"),
        (WECOM, "MODIFY_CALENDAR", "events are written in lower case"),
        (WECOM, "modify_calender", "did you mean `modify_calendar`?"),
    ],
)
def test_an_event_that_is_offered_is_one_of_the_account(account: str, event: str, offer: str) -> None:
    finding = found(f"{account}rules: {{a: {{event: {event}, reply: ok}}}}\n", "DL506")
    assert offer in said(finding)
    assert "WeCom" not in offer or finding.fix is None


_EVENT = "rules: {{a: {{event: {}, reply: ok}}}}\n"
_BOTH = "accounts:\n  a: {path: /a, token: $(env.T)}\n  b: {type: wecom, path: /b, token: $(env.T)}\n"


@pytest.mark.parametrize("event", ["modify_calendar", "wedrive_insufficient_capacity", "[subscribe, enter_agent]"])
def test_an_event_that_only_wecom_has_never_comes_to_an_official_account(event: str) -> None:
    finding = found(OFFICIAL + _EVENT.format(event), "DL506")
    assert finding.severity is Severity.WARNING
    assert "is an event of WeCom: the bot's account is never sent it" in finding.message.en
    assert "企业微信" in finding.message.zh
    assert finding.span.file.text[finding.span.start : finding.span.end] in event


@pytest.mark.parametrize(
    ("account", "event"),
    [(WECOM, "modify_calendar"), (_BOTH, "wedrive_x"), ("", "modify_calendar"), (OFFICIAL, "subscribe")],
)
def test_an_event_that_may_come_is_no_finding(account: str, event: str) -> None:
    assert [each.code for each in diagnostics(account + _EVENT.format(event)) if each.code == "DL506"] == []


def test_what_nobody_can_call_is_an_error_with_and_without_an_account() -> None:
    call = "pay_v3.get_refund, with: {out_refund_no: text}"
    for account in ("", OFFICIAL):
        finding = found(account + _RULES.format(call), "DL515")
        assert finding.severity is Severity.ERROR
        assert finding.help is not None
        assert "`fetch`" in finding.help.en
        assert "私钥" in finding.message.zh
