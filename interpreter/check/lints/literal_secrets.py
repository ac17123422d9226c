"""Secrets that are written out: in headers and requests of services, and wherever a text has the form of one.

What an account needs is held against the environment by `check.accounts`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Data, DataLeaf, DataList, DataMap, Name, Text
from interpreter.dialog.model.services import Operation, Service
from interpreter.source.spans import Span

CODE = "DL701"

_LONG_WORD = re.compile(r"[\w-]{13}|-----", re.ASCII)
"""What each of the forms has."""
# Patterns for `re` to compile once one of them is needed: few texts hold such a word, and these are large.
_FORMS = (
    r"\b(?:sk-[A-Za-z0-9_-]{20,}|AKIA[0-9A-Z]{16}|AKID[A-Za-z0-9]{32}|LTAI[A-Za-z0-9]{12,30}|gh[pousr]_[A-Za-z0-9]{36}"
    r"|xox[abpr]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{35}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_PAIR = r"(?s)\bwx[0-9a-f]{16}\b.*?\b([0-9a-f]{32})\b"
_KEYS = (
    r"(?i)(?:^|[_-])"
    r"(?:api[_-]?key|apikey|appkey|key|token|secret|appsecret|password|passwd|pwd|signature|authorization)$"
)
_SCHEME = r"(?i)(?:Bearer|Basic|Token|ApiKey)[ ]+(?P<value>\S+)\s*\Z"
_IN_URL = r"[?&](?P<name>[\w-]+)=(?P<value>[^&#\s$]+)"
_PLAIN_WORD = r"[A-Za-z]+\Z|[0-9]{1,11}\Z"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Each place once."""
    said: set[int] = set()
    for service in subject.bot.services.values():
        for name, text in _named(service):
            if (span := _under_key(name, text)) is not None:
                said.add(id(text))
                yield _secret(span, name)
        for text in _addresses(service):
            for found in re.finditer(_IN_URL, text.scalar.text):
                if re.search(_KEYS, found["name"]) and _is_random(found["value"]):
                    said.add(id(text))
                    yield _secret(text.scalar.place(*found.span("value")), found["name"])
    for leaf in subject.leaves:
        if isinstance(leaf, Text) and id(leaf) not in said:
            written = leaf.scalar.text
            if _LONG_WORD.search(written) is None:
                continue
            if found_form := re.search(_FORMS, written):
                yield _secret(leaf.scalar.place(*found_form.span()), None)
            elif "wx" in written and (pair := re.search(_PAIR, written)):
                yield _secret(leaf.scalar.place(*pair.span(1)), None)


def _named(service: Service) -> Iterator[tuple[str, Text]]:
    """What is sent under a name: headers, and the fields of queries, forms and JSON."""
    for name, text in service.headers:
        yield name.text, text
    for operation in service.operations.values():
        yield from _named_in(operation)


def _named_in(operation: Operation) -> Iterator[tuple[str, Text]]:
    for name, text in (*operation.headers, *operation.query, *(operation.form or ())):
        yield name.text, text
    if operation.json is not None:
        yield from _named_data(None, operation.json)


def _named_data(name: Name | None, data: Data) -> Iterator[tuple[str, Text]]:
    match data:
        case DataLeaf(value=Text() as text) if name is not None:
            yield name.text, text
        case DataList(items=items):
            for item in items:
                yield from _named_data(name, item)
        case DataMap(entries=entries):
            for key, item in entries:
                yield from _named_data(key, item)
        case _:
            pass


def _addresses(service: Service) -> Iterator[Text]:
    if service.url is not None:
        yield service.url
    for operation in service.operations.values():
        if operation.path is not None:
            yield operation.path


def _under_key(name: str, text: Text) -> Span | None:
    """The place of a literal value that its name, or the scheme before it, calls a secret."""
    if text.template.holes:
        return None
    scheme = re.match(_SCHEME, text.scalar.text)
    if scheme is not None and _is_random(scheme["value"]):
        return text.scalar.place(*scheme.span("value"))
    if re.search(_KEYS, name) and _is_random(text.scalar.text):
        return text.scalar.span
    return None


def _is_random(value: str) -> bool:
    """Whether a value looks drawn by lot, not written by a human: long, without spaces, of many different letters."""
    if (
        len(value) < 12
        or not value.isascii()
        or not value.isprintable()
        or " " in value
        or re.match(_PLAIN_WORD, value)
    ):
        return False
    if "..." in value or "xxx" in value.casefold() or not any(char.isdigit() for char in value):
        return False
    counts = Counter(value)
    entropy = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    return entropy >= 3.0


def _secret(span: Span, name: str | None) -> Diagnostic:
    what = Wording(f"the {name}", name) if name else Wording("a secret", "密钥")
    return Diagnostic(
        CODE,
        span,
        Wording(f"{what.en} is written in the file, for everyone to read", f"{what.zh} 直接写在文件里，谁都能看到"),
        label=Wording("keep it in the environment", "请放在环境变量里"),
        help=Wording(
            "write `$(env.NAME)`, set NAME where the bot runs, and have this one replaced",
            "请写 `$(env.NAME)`，在运行环境里设置 NAME，并更换已经泄露的这一个",
        ),
    )
