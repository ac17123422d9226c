"""`retry` where nothing is ever tried again: a POST may have been carried out although no answer came."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.services import Operation

CODE = "DL706"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Operations with a `retry` of their own, and services all of whose operations are POST."""
    for service in subject.bot.services.values():
        operations = service.operations.values()
        for operation in operations:
            if operation.retry and operation.method == "POST":
                yield _ignored(operation)
        only_posts = all(each.method == "POST" and not each.retry for each in operations)
        if service.retry and operations and only_posts:
            yield _ignored(next(iter(operations)))


def _ignored(operation: Operation) -> Diagnostic:
    return Diagnostic(
        CODE,
        operation.name.span,
        Wording(
            f"`retry` does nothing for `{operation.name.text}`: a `post` is sent only once",
            f"`retry` 对 `{operation.name.text}` 不起作用：`post` 只发送一次",
        ),
        label=Wording("it could be carried out twice", "重试可能使它执行两次"),
        help=Wording(
            "remove `retry`, or use `put` if the server takes the same request twice as one",
            "请删掉 `retry`；如果服务器能把重复的请求当作一次，请改用 `put`",
        ),
    )
