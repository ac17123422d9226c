"""How much a long text hurts depends on the account."""

from pathlib import Path

import pytest

from interpreter.cli.loading import load
from interpreter.diagnostics.codes import Severity

_BOT = "dialog: 1\nname: test\n{}\nrules: {{poem: {{pattern: =诗, reply: {}}}}}\nfallback: 没听懂\n"


@pytest.mark.parametrize(
    ("account", "severity"),
    [
        ("", Severity.WARNING),
        ("account: {path: /a, token: $(env.T)}", Severity.ERROR),
        ("account: {path: /a, token: $(env.T), kind: service}", Severity.ERROR),
        ("account: {path: /a, token: $(env.T), verified: true}", Severity.WARNING),
        ("account: {type: wecom, path: /a, token: $(env.T)}", Severity.WARNING),
        ("accounts: {a: {path: /a}, b: {path: /b, verified: true}}", Severity.WARNING),
    ],
)
def test_it_is_an_error_where_the_end_can_never_arrive(account: str, severity: Severity) -> None:
    text = _BOT.format(account, "长" * 700)
    found = load(Path("bot.yaml"), only_check=True, texts={"bot.yaml": text}).diagnostics
    assert [finding.severity for finding in found if finding.code == "DL501"] == [severity]
