"""`api: family.method`: the method must be there, and take what it is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time, timedelta

from msgspec import Struct

from interpreter.catalogue.arguments import UNKNOWN, ArgumentProblem, arrange, check_arguments, describe_kind
from interpreter.catalogue.fates import describe_fate
from interpreter.catalogue.methods import Method, families, find_method, offered, suggest_method
from interpreter.check import naming
from interpreter.check.accounts import types_of
from interpreter.check.api_paths import field_at, overlapping, unfold
from interpreter.check.api_types import answer_type, never_takes
from interpreter.check.findings import describe
from interpreter.check.routine import Routine
from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.diagnostics.suggest import near_names, nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Expression, Name
from interpreter.dialog.model.steps import ApiStep, WithArgument
from interpreter.expr.scope import Scope
from interpreter.expr.tree import ListNode, Literal, MapNode, Node, Unary
from interpreter.expr.tree import Name as NameNode
from interpreter.types.kinds import AnyType, ErrorType, Type

FILES = ("file", "bytes")
"""The types of parameters that are files."""


def check_api(step: ApiStep, scope: Scope, routine: Routine) -> Type:
    """The type of what `into` receives."""
    routine.findings.methods.add(step.method.text)
    method = find_method(step.method.text)
    if method is None:
        routine.findings.report(_unknown_method(step.method, types_of(routine.symbols.bot)))
        for argument in step.arguments:
            routine.findings.infer(argument.value, scope)
        return AnyType()
    fate = describe_fate(method, step.method.text)
    if method.fate == "closed" and fate is not None:
        routine.findings.report(_closed(step.method, method, fate))
    _Call(step, method, scope, routine).check()
    return answer_type(step.method.text)


class _Call(Struct, frozen=True):
    """One call of a method that is known."""

    step: ApiStep
    method: Method
    scope: Scope
    routine: Routine

    def check(self) -> None:
        given = [(argument.name.text, self._value(argument)) for argument in self.step.arguments]
        problems = check_arguments(self.method, arrange(self.method, unfold(given)))
        unknown = [problem for problem in problems if problem.kind == "unknown"]
        missing = [problem.path for problem in problems if problem.kind == "missing"]
        for problem in problems:
            if problem.kind == "unknown":
                self.routine.findings.report(self._misspelt(problem))
            elif problem.kind != "missing":
                self._report_value(problem)
        if missing and not unknown and not self.step.is_incomplete:
            self.routine.findings.report(self._missing(missing))

    def _value(self, argument: WithArgument) -> object:
        """What is given as far as it is written out; what never fits for its type is reported."""
        node = argument.value.node
        field = field_at(self.method, argument.name.text)
        if isinstance(node, NameNode) and node.name not in self.scope.bindings:
            wants_text = self.method.is_brief or (field is not None and field.kind in ("str", "list[str]"))
            if wants_text and (field is None or not field.limits.choices or node.name in field.limits.choices):
                self._report_bare_text(argument.value, node.name)
                return UNKNOWN
        kind = self.routine.findings.infer(argument.value, self.scope)
        value = UNKNOWN if isinstance(kind, ErrorType) else written_out(node)
        if value is UNKNOWN and field is not None and never_takes(field, kind):
            wanted, found = describe_kind(field.kind), describe(node, kind)
            said = Wording(
                f"`{argument.name.text}` must be {wanted.en}, this is {found}",
                f"`{argument.name.text}` 应为{wanted.zh}，这是 {found}",
            )
            self._report("DL202", argument.value, said)
        if isinstance(value, str) and field is not None and field.kind in FILES:
            self._check_file(value, argument.value)
        return value

    def _check_file(self, name: str, expression: Expression) -> None:
        files = self.routine.symbols.bot.media
        if name in files:
            return
        near = nearest(name, files)
        problem = Problem(
            "DL101",
            expression.node.start,
            expression.node.end,
            Wording(f"`media` has no file `{name}`", f"`media` 里没有文件 `{name}`"),
            label=Wording(f"did you mean `{near}`?", f"是不是想写 `{near}`？") if near else None,
            help=Wording("a method is given files by their names in `media`", "接口要的文件用 `media` 里的名称给出"),
            replacement=f'"{near}"' if near else None,
        )
        self.routine.findings.problem(problem, expression.scalar, expression.offset)

    def _report_bare_text(self, expression: Expression, name: str) -> None:
        problem = Problem(
            "DL102",
            expression.node.start,
            expression.node.end,
            Wording(f"no variable is named `{name}`", f"没有名为 `{name}` 的变量"),
            label=Wording(f'a text is written `"{name}"`, in quotes', f'文本要带引号：`"{name}"`'),
            help=Wording(
                f"`with` holds expressions; in YAML write `'\"{name}\"'`",
                f"`with` 里是表达式；YAML 里请写 `'\"{name}\"'`",
            ),
            replacement=f'"{name}"',
        )
        self.routine.findings.problem(problem, expression.scalar, expression.offset)

    def _report_value(self, problem: ArgumentProblem) -> None:
        argument = self._argument(problem.path)
        code = "DL520" if problem.kind == "limit" else "DL202"
        if argument is None or (argument.name.text != problem.path and problem.path in _above(argument.name.text)):
            span = argument.name.span if argument else self.step.method.span
            self.routine.findings.report(Diagnostic(code, span, problem.wording))
        else:
            self._report(code, argument.value, problem.wording)

    def _report(self, code: str, expression: Expression, said: Wording) -> None:
        problem = Problem(code, expression.node.start, expression.node.end, said)
        self.routine.findings.problem(problem, expression.scalar, expression.offset)

    def _argument(self, path: str) -> WithArgument | None:
        """The argument that stands at a path, around it or, if there is none, inside it."""
        arguments = self.step.arguments
        exact = next((argument for argument in arguments if argument.name.text == path), None)
        return exact or next((argument for argument in arguments if overlapping(argument.name.text, path)), None)

    def _misspelt(self, problem: ArgumentProblem) -> Diagnostic:
        argument = self._argument(problem.path)
        shown = self.step.method.text
        said = Wording(f"`{shown}` takes no `{problem.path}`", f"`{shown}` 没有参数 `{problem.path}`")
        label = fix = help = None
        if problem.meant is not None:
            label = Wording(f"did you mean `{problem.meant}`?", f"是不是想写 `{problem.meant}`？")
        else:
            help = problem.wording
        span = argument.name.span if argument else self.step.method.span
        if argument is not None and problem.meant is not None and argument.name.text == problem.path:
            written = span.file.text[span.start : span.end]
            last = problem.path.rpartition(".")[2]
            if written.endswith(last):
                fix = naming.replacement(Name(written, span), written.removesuffix(last) + problem.meant)
        return Diagnostic("DL103", span, said, label=label, help=help, fix=fix)

    def _missing(self, paths: Sequence[str]) -> Diagnostic:
        shown = self.step.method.text
        names = [f"`{path}`" for path in paths]
        given = ", ".join(f"{path}: …" for path in paths)
        return Diagnostic(
            "DL202",
            self.step.method.span,
            Wording(f"`{shown}` needs {', '.join(names)}", f"`{shown}` 缺少 {'、'.join(names)}"),
            help=Wording(f"add `with: {{{given}}}`", f"加上 `with: {{{given}}}`"),
        )


def written_out(node: Node) -> object:
    """The value of an expression that is written out, `UNKNOWN` for all that is known only at run time."""
    match node:
        case Literal(value=date() | time() | timedelta()):
            return UNKNOWN
        case Literal(value=value):
            return value
        case Unary(operator="-", operand=Literal(value=int() | float() as value)):
            return -value
        case ListNode(items=items):
            return [written_out(item) for item in items]
        case MapNode(entries=entries):
            keys = [key.value for key, _ in entries if isinstance(key, Literal) and isinstance(key.value, str)]
            if len(keys) < len(entries):
                return UNKNOWN
            return {key: written_out(value) for key, (_, value) in zip(keys, entries, strict=True)}
        case _:
            return UNKNOWN


def files_given(step: ApiStep) -> Iterator[str | None]:
    """The names of files that a call is given; None for one that is known only at run time."""
    method = find_method(step.method.text)
    for argument in step.arguments:
        field = field_at(method, argument.name.text) if method is not None else None
        if field is not None and field.kind in FILES:
            value = written_out(argument.value.node)
            yield value if isinstance(value, str) else None


def _above(path: str) -> Iterator[str]:
    """The paths that lead to a path, itself left out."""
    return (path[:end] for end, mark in enumerate(path) if mark in ".[")


def _closed(name: Name, method: Method, fate: Wording) -> Diagnostic:
    label = Wording(f"use `{method.instead}`", f"请改用 `{method.instead}`") if method.instead else None
    return Diagnostic("DL521", name.span, fate, label=label)


def _unknown_method(name: Name, accounts: frozenset[str]) -> Diagnostic:
    """What is offered in its place is what the bot's accounts have: no method of WeCom to an official account."""
    known = offered(accounts)
    text = name.text
    group, _, word = text.partition(".")
    said = Wording(f"WeChat's API has no method `{text}`", f"微信接口没有 `{text}` 这个方法")
    meant = suggest_method(text, accounts)
    foreign = None if meant is not None or group in known else _foreign_family(group)
    if foreign is None:
        meant = meant or _same_name(word, known)
    if meant is not None:
        return Diagnostic(
            "DL105",
            name.span,
            said,
            label=Wording(f"did you mean `{meant}`?", f"是不是想写 `{meant}`？"),
            fix=naming.replacement(name, meant),
        )
    if not word:
        help = Wording("write `family.method`, such as `user.info`", "请写成 `family.method`，例如 `user.info`")
    elif foreign is not None:
        whose = Wording("official accounts", "公众号") if "wecom" in accounts else Wording("WeCom", "企业微信")
        help = Wording(
            f"`{foreign}` holds methods of {whose.en}, which the bot's account cannot call",
            f"`{foreign}` 是{whose.zh}的接口，机器人的账号不能调用",
        )
    elif group in known:
        near = ", ".join(near_names(word, (method.name for method in known[group])))
        help = Wording(f"`{group}` has {near} …", f"`{group}` 有 {near} 等方法")
    else:
        near = ", ".join(near_names(group, known))
        help = Wording(f"there are the families {near} …", f"可用的类别有 {near} 等")
    return Diagnostic("DL105", name.span, said, help=help)


def _foreign_family(group: str) -> str | None:
    """The family that was probably meant, of those that are not offered to the bot's accounts."""
    return group if group in families() else nearest(group, families())


def _same_name(word: str, known: Mapping[str, Sequence[Method]]) -> str | None:
    """The method that is called so in another family, if there is but one."""
    found = [method.full_name for methods in known.values() for method in methods if method.name == word]
    return found[0] if len(found) == 1 else None
