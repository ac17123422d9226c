"""Services: where they may reach, and what their operations send and pick."""

from __future__ import annotations

import ipaddress
import re

from interpreter.check.findings import Findings
from interpreter.check.flows import check_parameters
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Data, DataLeaf, DataList, DataMap, Expression, Text
from interpreter.dialog.model.services import Operation, Service
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.types.kinds import AnyType, IntType, MapType, TextType, Type

# Patterns for `re` to compile once one of them is needed.
_URL = r"https?://(?P<host>[^/?#]*)(?P<rest>[/?#]?)"
_NUMBERS = r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?"
"""Names that systems take for an IPv4 address, in full or not."""
_HOST = r"(?P<name>\[[0-9A-Fa-f:.]+\]|[^\s@:\[\]]+)(:[0-9]{1,5})?\Z"
_ANSWER = {
    "status": Binding(IntType(), Storage.LOCAL),
    "headers": Binding(MapType(TextType()), Storage.LOCAL),
    "body": Binding(AnyType(), Storage.LOCAL),
}


def check_service(service: Service, findings: Findings) -> None:
    """A service and its operations. They see their own arguments and `env`, nothing of the conversation."""
    constant = findings.symbols.constant
    env = Scope({"env": constant.bindings["env"]}, entities=constant.entities)
    findings.text(service.url, env)
    findings.report(_bad_url(service))
    for _, header in service.headers:
        findings.text(header, env)
    for operation in service.operations.values():
        picked = _check_operation(operation, env, findings)
        findings.results[f"services.{service.name.text}.{operation.name.text}"] = picked


def check_data(data: Data | None, scope: Scope, findings: Findings) -> None:
    """Infer what is written inside `json:`, `mock:` or `given:`."""
    match data:
        case DataLeaf(value=Expression() as expression):
            findings.infer(expression, scope)
        case DataLeaf(value=Text() as text):
            findings.text(text, scope)
        case DataList(items=items):
            for item in items:
                check_data(item, scope, findings)
        case DataMap(entries=entries):
            for _, item in entries:
                check_data(item, scope, findings)
        case _:
            pass


def _check_operation(operation: Operation, env: Scope, findings: Findings) -> Type:
    """Check an operation; the type of what `into` receives."""
    scope = check_parameters(operation.parameters, env, findings)
    findings.text(operation.path, scope)
    findings.report(_bad_path(operation.path))
    for _, text in (*operation.query, *operation.headers, *(operation.form or ())):
        findings.text(text, scope)
    check_data(operation.json, scope, findings)
    check_data(operation.mock, scope, findings)
    if operation.pick is None:
        return AnyType()
    return findings.infer(operation.pick, env.with_bindings(_ANSWER))


def _bad_url(service: Service) -> Diagnostic | None:
    """What is wrong with the host, if anything; an address of another scheme has been refused already."""
    if service.url is None:
        return None
    parts = service.url.template.parts
    first = parts[0] if parts and isinstance(parts[0], str) else ""
    match = re.match(_URL, first)
    if match is None:
        return None if first else _host_not_constant(service.url)
    if match["rest"] == "" and len(parts) > 1:
        return _host_not_constant(service.url)
    return _bad_host(match["host"], service.url, may_be_private=service.private)


def _host_not_constant(url: Text) -> Diagnostic:
    return Diagnostic(
        "DL702",
        url.scalar.span,
        Wording("the host of a service must be written out", "服务的主机必须直接写明"),
        help=Wording(
            "begin with `https://host/`; values may stand in the path and in `query`",
            "请以 `https://主机/` 开头，变量可以放在路径和 `query` 里",
        ),
    )


def _bad_host(host: str, url: Text, *, may_be_private: bool) -> Diagnostic | None:
    match = re.match(_HOST, host)
    if match is None:
        said = Wording(f"`{host}` is no host that can be reached", f"`{host}` 不是可以访问的主机")
        return Diagnostic("DL702", url.scalar.span, said)
    name = match["name"].strip("[]")
    if may_be_private:
        return None
    if re.fullmatch(_NUMBERS, name) and not _is_address(name):
        return Diagnostic(
            "DL702",
            url.scalar.span,
            Wording(f"`{name}` is an address that is not written in full", f"`{name}` 是没有写全的 IP 地址"),
            help=Wording("write four numbers such as `127.0.0.1`", "请写成 `127.0.0.1` 这样的四个数字"),
        )
    if not _is_private(name):
        return None
    return Diagnostic(
        "DL702",
        url.scalar.span,
        Wording(f"`{name}` is a private address and is refused", f"`{name}` 是内网地址，会被拒绝"),
        help=Wording("write `private: true` if that is meant", "如果确实需要，请写 `private: true`"),
    )


def _is_private(name: str) -> bool:
    if name.lower() == "localhost" or name.lower().endswith(".localhost"):
        return True
    return _is_address(name) and not ipaddress.ip_address(name).is_global


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _bad_path(path: Text | None) -> Diagnostic | None:
    """A path that does not begin with a slash could lengthen the host's name."""
    if path is None:
        return None
    parts = path.template.parts
    if not parts or (isinstance(parts[0], str) and parts[0].startswith(("/", "?"))):
        return None
    return Diagnostic(
        "DL702",
        path.scalar.span,
        Wording("the path of an operation begins with `/`", "操作的路径必须以 `/` 开头"),
        help=Wording("the host stands in the service's `url`", "主机写在服务的 `url` 里"),
    )
