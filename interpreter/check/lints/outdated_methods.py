"""DL522: a method of WeChat's API that still works, though another one has taken its place."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.catalogue.fates import describe_fate
from interpreter.catalogue.methods import find_method
from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording

CODE = "DL522"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Every call of one."""
    for step in subject.calls:
        method = find_method(step.method.text)
        if method is None or method.fate != "marked":
            continue
        fate = describe_fate(method, step.method.text)
        assert fate is not None
        instead = method.instead
        label = None if instead is None else Wording(f"use `{instead}`", f"请改用 `{instead}`")
        yield Diagnostic(CODE, step.method.span, fate, label=label)
