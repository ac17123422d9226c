"""Conversation tests: what is given, what must be true, what was requested."""

from __future__ import annotations

from interpreter.check import naming
from interpreter.check.accounts import types_of
from interpreter.check.events import is_event, known_events
from interpreter.check.findings import Findings
from interpreter.check.given import check_given_value
from interpreter.check.services import check_data
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import TalkLine, Test
from interpreter.dialog.model.leaves import Data, DataMap, Name

_MOCK_KEYS = ("status", "headers", "body", "timeout")
_GIVEN = Wording("given value", "给定值")


def check_test(test: Test, findings: Findings) -> None:
    """One test."""
    for name, value in test.given:
        _check_given(name, value, findings)
    for line in test.lines:
        _check_line(line, findings)


def _check_given(name: Name, value: Data, findings: Findings) -> None:
    check_data(value, findings.symbols.constant, findings)
    text = name.text
    if text.startswith("env."):
        return
    operations = _operations(findings)
    if text in operations:
        _check_mock(value, findings)
        return
    methods = [f"api.{name}" for name in sorted(findings.methods)]
    if text in methods:
        return
    known = [*methods, *findings.symbols.variable_names(), "user.id", "user.locale", "now", "random", *operations]
    if text not in known:
        said = Wording(f"a test cannot be given `{text}`", f"测试不能给定 `{text}`")
        findings.report(naming.unknown("DL801", name, _GIVEN, known, message=said))
        return
    check_given_value(name, value, findings)


def _check_mock(value: Data, findings: Findings) -> None:
    if not isinstance(value, DataMap):
        return
    for key, _ in value.entries:
        if key.text not in _MOCK_KEYS:
            said = Wording(f"an answer of a service has no `{key.text}`", f"服务的应答没有 `{key.text}`")
            findings.report(naming.unknown("DL801", key, _GIVEN, _MOCK_KEYS, message=said))


def _check_line(line: TalkLine, findings: Findings) -> None:
    match line.kind:
        case "check":
            findings.condition(line.expression, findings.symbols.base)
        case "request":
            _check_request(line, findings)
        case "send":
            _check_sent_event(line, findings)
        case _:
            pass


def _check_request(line: TalkLine, findings: Findings) -> None:
    verb, _, operation = line.text.strip().partition(" ")
    known = _operations(findings)
    operation = operation.strip()
    if verb == "fetch" and operation not in known:
        said = Wording(f"no service operation is named `{operation}`", f"没有名为 `{operation}` 的服务操作")
        _report(line, said, nearest(operation, known), findings)
    method = operation.partition(" ")[0]
    if verb == "api" and method not in findings.methods:
        said = Wording(f"no step calls `{method}`", f"没有步骤调用 `{method}`")
        _report(line, said, nearest(method, sorted(findings.methods)), findings)


def _check_sent_event(line: TalkLine, findings: Findings) -> None:
    words = line.text.split()
    if len(words) > 1 and words[0] == "@event" and not is_event(words[1].lower()):
        said = Wording(f"WeChat sends no event `{words[1]}`", f"微信没有事件 `{words[1]}`")
        _report(line, said, nearest(words[1], sorted(known_events(types_of(findings.symbols.bot)))), findings)


def _report(line: TalkLine, said: Wording, near: str | None, findings: Findings) -> None:
    label = Wording(f"did you mean `{near}`?", f"是不是想写 `{near}`？") if near else None
    findings.report(Diagnostic("DL801", line.span, said, label=label))


def _operations(findings: Findings) -> list[str]:
    return [
        f"{name}.{operation}"
        for name, service in findings.symbols.bot.services.items()
        for operation in service.operations
    ]
