"""`dialog-api`: calls a method of WeChat's API for the account of a bot."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from interpreter.catalogue.fates import describe_fate
from interpreter.catalogue.methods import Follow, Method, find_method, suggest_method
from interpreter.catalogue.rights import Standing, is_beyond, refusal
from interpreter.cli.api_following import Pause, follow, number_of, say_how_to_ask, tell
from interpreter.cli.api_pages import Lines, print_pages
from interpreter.cli.api_words import completion, explain, listing, plan, read_arguments
from interpreter.cli.common import CLEAN, FINDINGS, USAGE, Parser, UsageError, run_command
from interpreter.cli.progress import Progress
from interpreter.diagnostics.wording import Wording
from interpreter.server.errors import ServerError
from interpreter.server.settings import AccountSettings
from interpreter.stores.protocol import StoreError
from interpreter.wechat.api.client import ApiClient
from interpreter.wechat.api.errors import DUPLICATE_MASS, ApiError, ApiFailure, CallRefused
from interpreter.wechat.api.transport import Answer, Download, Sink

_SHELLS = ("bash", "zsh", "fish")


def main() -> int:
    """The command."""
    return run_command(lambda argv, language: api(argv, language, os.environ))


def _parser(language: str) -> Parser:
    parser = Parser(
        "dialog-api",
        Wording(
            "Call a method of WeChat's API. Exit code 0: done, 1: refused or not answered, 2: wrong usage or not sent.",
            "调用微信接口。退出码 0：成功，1：被拒绝或没有回答，2：用法错误或没有发出。",
        ),
        language,
    )
    parser.option(
        "words",
        nargs="*",
        metavar="bot.yaml family.method key=value",
        help=Wording(
            "the bot whose account is meant, the method and its arguments; lists with commas, `a.b=c` for nested ones",
            "用哪个机器人的账号、哪个接口、哪些参数；列表用逗号分隔，嵌套写成 `a.b=c`",
        ),
    )
    parser.option(
        "--list", action="store_true", help=Wording("list the methods with these words", "列出含有这些词的接口")
    )
    parser.option(
        "--explain",
        metavar="METHOD",
        help=Wording("parameters, limits and errors of a method", "接口的参数、限制和错误"),
    )
    parser.option(
        "--body",
        metavar="JSON",
        help=Wording("arguments as JSON; - reads standard input", "JSON 格式的参数；- 表示标准输入"),
    )
    parser.option("--account", metavar="NAME", help=Wording("which of several accounts", "用哪个账号（有多个时）"))
    parser.option("--env-file", metavar="FILE", help=Wording("read settings from a file", "从文件读取设置"))
    parser.option(
        "--output", metavar="FILE", help=Wording("write the answer, or the file, there", "把结果或文件写到这里")
    )
    parser.option(
        "--dry-run", action="store_true", help=Wording("show the request, send nothing", "只显示请求，不发送")
    )
    parser.option("--yes", "-y", action="store_true", help=Wording("do not ask", "不再询问"))
    parser.option(
        "--wait",
        action="store_true",
        help=Wording("after a mass message: wait until it is sent", "群发之后：等到发送完成"),
    )
    parser.option(
        "--resume",
        metavar="OPENID",
        help=Wording(
            "of a list in pages: go on after this item, adding to the file that was stopped",
            "分页列表：从这一项之后继续，追加到中断时的文件",
        ),
    )
    parser.option(
        "--closed", action="store_true", help=Wording("send even what WeChat has closed", "已关闭的接口也发送")
    )
    parser.option("--completion", choices=_SHELLS, help=Wording("completion for a shell", "输出命令补全脚本"))
    parser.option("--names", action="store_true", help=Wording(argparse.SUPPRESS, argparse.SUPPRESS))
    return parser


def api(argv: Sequence[str], language: str, environ: Mapping[str, str], *, pause: Pause = asyncio.sleep) -> int:
    """Do what the arguments say; the exit code."""
    arguments = _parser(language).parse_intermixed_args(argv)
    try:
        shown = _shown(arguments, language)
        if shown is not None:
            print(shown)
            return CLEAN
        return _call(arguments, language, environ, pause)
    except (UsageError, ServerError) as error:
        return _stop(error.wording, language, USAGE)
    except CallRefused as refused:
        return _stop(_named(refused), language, USAGE)
    except ApiFailure as failure:
        return _stop(_named(failure), language, FINDINGS)
    except StoreError as error:
        return _stop(Wording(str(error), str(error)), language, FINDINGS)


def _shown(arguments: argparse.Namespace, language: str) -> str | None:
    """What is only shown."""
    if arguments.completion:
        return completion(arguments.completion)
    if arguments.list or arguments.names:
        return listing(arguments.words, language, only_names=arguments.names)
    if arguments.explain:
        return explain(_method(arguments.explain), language)
    return None


def _call(arguments: argparse.Namespace, language: str, environ: Mapping[str, str], pause: Pause) -> int:
    if len(arguments.words) < 2:
        raise UsageError(
            Wording(
                "say a bot file and a method, such as `dialog-api bot.yaml user.list`; --list shows all methods",
                "请给出机器人文件和接口，例如 `dialog-api bot.yaml user.list`；--list 列出全部接口",
            )
        )
    file, name, *words = arguments.words
    method = _method(name)
    if is_beyond(method):
        raise UsageError(_no_key(method, name))
    if arguments.wait and method.follow is None:
        raise UsageError(Wording(f"--wait: {name} is done when it answers", f"--wait：{name} 返回时就已完成"))
    given = read_arguments(method, words, _json(arguments.body))
    begin = _begin(method, name, given, arguments.resume)
    return asyncio.run(_run(_Order(Path(file), name, method, given, begin, arguments, language, pause), environ))


@dataclass(frozen=True, slots=True)
class _Order:
    file: Path
    called: str
    method: Method
    given: Mapping[str, object]
    begin: Mapping[str, object]
    """Where a list is to go on."""
    arguments: argparse.Namespace
    language: str
    pause: Pause


async def _run(order: _Order, environ: Mapping[str, str]) -> int:
    from interpreter.cli.api_account import opened

    name, env_file, is_dry = order.arguments.account, order.arguments.env_file, order.arguments.dry_run
    async with opened(order.file, name, env_file, environ, may_call=not is_dry) as (account, client):
        method, given, closed = order.method, {**order.given, **order.begin}, order.arguments.closed
        prepared = client.prepare(method, given, closed=closed, called=order.called)
        if is_dry:
            print(plan(method, prepared, client.account, order.language))
            return CLEAN
        if method.fate == "marked":
            _warn(order)
        if method.reach is not None and not order.arguments.yes:
            _ask(order, account, plan(method, prepared, client.account, order.language))
        if method.pages is not None and method.pages.parameter not in order.given:
            lines = Lines(order.arguments.output, after=order.arguments.resume or "")
            pages = partial(client.pages, order.called, given)
            await print_pages(pages, lines, partial(_going_on, order), order.language)
            return CLEAN
        return await _answer(client, order)


async def _answer(client: ApiClient, order: _Order) -> int:
    """Call the method, print what it answers, and see to what it has only accepted."""
    method, output, error = order.method, order.arguments.output, None
    with Progress(order.language) as progress:
        sink = Sink(Path(output), progress.bytes) if output and method.is_binary else None
        try:
            answer = await client.call(order.called, order.given, closed=order.arguments.closed, sink=sink)
        except ApiError as failure:
            if failure.code != DUPLICATE_MASS:
                raise
            error, answer = failure, dict(failure.answer)
    if error is None:
        _print(answer, output, order.language)
    else:
        tell(_named(error), order.language)
    number = number_of(method.follow, answer) if method.follow is not None else None
    if method.follow is not None and number is not None:
        later = _later(order, method.follow, number)
        if not order.arguments.wait:
            say_how_to_ask(later, order.language)
        else:
            is_done = await follow(client, method.follow, number, later, order.language, order.pause)
            return CLEAN if is_done else FINDINGS
    return CLEAN if error is None else FINDINGS


def _later(order: _Order, follow: Follow, number: str) -> str:
    """The command that asks what has become of the work."""
    return _command(order, follow.ask, f"{follow.by}={number}")


def _going_on(order: _Order, last: str) -> str:
    """The command that goes on with a list after an item."""
    body, output = order.arguments.body, order.arguments.output
    words = order.arguments.words[2:] if body is None else ["--body", json.dumps(order.given, ensure_ascii=False)]
    return _command(order, order.called, *words, "--resume", last, *(["--output", output] if output else []))


def _command(order: _Order, *words: str) -> str:
    """A further command for the same account."""
    options = ((f"--{name.replace('_', '-')}", getattr(order.arguments, name)) for name in ("account", "env_file"))
    given = [word for option in options if option[1] for word in option]
    return shlex.join(["dialog-api", str(order.file), *words, *given])


def _warn(order: _Order) -> None:
    said = describe_fate(order.method, order.called)
    assert said is not None
    tell(said, order.language)


def _ask(order: _Order, account: AccountSettings, planned: str) -> None:
    """Show what would happen and ask."""
    kinds = {
        "many": Wording("this reaches many people, or changes what they all see", "这会影响很多用户"),
        "destroys": Wording("this cannot be undone", "此操作不能撤销"),
        "pays": Wording("this moves money", "此操作涉及资金"),
    }
    assert order.method.reach is not None
    reason = kinds[order.method.reach]
    sys.stderr.write(f"{account.name}: {reason.say(order.language)}\n{planned}\n")
    if not sys.stdin.isatty():
        raise UsageError(Wording("nothing was sent; say --yes to send it", "没有发送；确认发送请加 --yes"))
    question = Wording("send it? [y/N] ", "发送吗？[y/N] ")
    sys.stderr.write(question.say(order.language))
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "是"):
        raise UsageError(Wording("nothing was sent", "没有发送"))


def _print(answer: Answer, out: str | None, language: str) -> None:
    if isinstance(answer, Download):
        _print_file(answer, out, language)
        return
    text = json.dumps(answer, ensure_ascii=False, indent=2)
    if out:
        Path(out).write_text(f"{text}\n", encoding="utf-8")
    else:
        print(text)


def _print_file(file: Download, out: str | None, language: str) -> None:
    if isinstance(file.content, Path):
        said = Wording(
            f"{file.content}: {file.size} bytes, {file.type}", f"{file.content}：{file.size} 字节，{file.type}"
        )
        print(said.say(language))
    elif out:
        Path(out).write_bytes(file.content)
    elif sys.stdout.isatty():
        raise UsageError(
            Wording(
                f"the answer is a file of {file.size} bytes; say --output FILE",
                f"结果是 {file.size} 字节的文件；请加 --output 文件名",
            )
        )
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(file.content)


def _method(name: str) -> Method:
    method = find_method(name)
    if method is None:
        meant = suggest_method(name)
        hint, hint_zh = (f"; did you mean {meant}?", f"，是不是 {meant}？") if meant else ("", "")
        raise UsageError(Wording(f"there is no method {name}{hint}", f"没有接口 {name}{hint_zh}"))
    return method


def _no_key(method: Method, called: str) -> Wording:
    """Why a method cannot be called, whatever the account is, and what to do."""
    said = refusal(Standing(), method, called)
    assert said is not None
    return Wording(
        f"{said.en}, and no setting gives one; nothing was sent: call it from a program of yours that holds the key "
        "(a bot asks that program with `fetch`), or use the console of WeChat Pay",
        f"{said.zh}，也没有设置可以给出；没有发出请求：请用您自己持有私钥的程序调用（机器人可用 `fetch` 请求该程序），"
        "或使用微信支付商户平台",
    )


def _begin(method: Method, called: str, given: Mapping[str, object], resume: str | None) -> Mapping[str, object]:
    """The parameter that says where a list is to go on."""
    if resume is None:
        return {}
    if method.pages is None:
        raise UsageError(Wording(f"--resume: {called} is no list in pages", f"--resume：{called} 不是分页列表"))
    name = method.pages.parameter
    if name in given:
        raise UsageError(Wording(f"--resume and {name} both say where to begin", f"--resume 和 {name} 只能用一个"))
    return {name: resume}


def _json(written: str | None) -> Mapping[str, object]:
    if written is None:
        return {}
    try:
        content = json.loads(sys.stdin.read() if written == "-" else written)
    except ValueError as error:
        raise UsageError(Wording(f"--body: {error}", f"--body：{error}")) from None
    except RecursionError:
        raise UsageError(Wording("--body: it is nested too deep", "--body：嵌套过深")) from None
    if not isinstance(content, dict):
        raise UsageError(Wording("--body: expected an object", "--body：应为对象"))
    return content


def _named(failure: ApiFailure) -> Wording:
    """What went wrong, after the name of the method or host unless the sentence says it."""
    name, said = failure.method, failure.wording
    return Wording(f"{name}: {said.en}", f"{name}：{said.zh}") if name else said


def _stop(wording: Wording, language: str, code: int) -> int:
    tell(wording, language)
    return code


if __name__ == "__main__":
    sys.exit(main())
