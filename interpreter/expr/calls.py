"""Calls of functions: which argument goes to which parameter, and whether it fits there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from interpreter.diagnostics.suggest import near_names, nearest
from interpreter.diagnostics.wording import Wording
from interpreter.expr.assignable import assignable
from interpreter.expr.findings import Findings
from interpreter.expr.functions.library import FUNCTIONS
from interpreter.expr.functions.registry import MISSING, Function, Parameter
from interpreter.expr.operators import kind_word
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import Argument, Call, Node
from interpreter.types.kinds import AnyType, ErrorType, NullType, OptionalType, TextType, Type, show


class BoundCall(Struct, frozen=True):
    """A call whose arguments have found their parameters."""

    function: Function
    given: tuple[Node | None, ...]
    """One for each parameter; None where its default is taken."""
    rest: tuple[Node, ...]

    def with_parameters(self) -> list[tuple[Parameter, Node]]:
        """Each argument with the parameter that takes it."""
        pairs = [
            (parameter, node)
            for parameter, node in zip(self.function.parameters, self.given, strict=True)
            if node is not None
        ]
        rest = self.function.rest
        return pairs if rest is None else pairs + [(rest, node) for node in self.rest]


def bind_call(node: Call, findings: Findings) -> BoundCall | None:
    """Find the function of a call and a parameter for each of its arguments; None after reporting why not."""
    function = FUNCTIONS.get(node.function)
    if function is None:
        _unknown_function(node, findings)
        return None
    names = [parameter.name for parameter in function.parameters]
    given: dict[str, Node] = {}
    rest: list[Node] = []
    has_named = False
    for position, argument in enumerate(node.arguments):
        if argument.name is not None:
            has_named = True
            if not _named_fits(function, names, given, argument, findings):
                return None
            given[argument.name] = argument.value
        elif has_named:
            _wrong(
                argument, "an argument without a name follows one with a name", "无名参数不能写在具名参数之后", findings
            )
            return None
        elif position < len(names):
            given[names[position]] = argument.value
        elif function.rest is not None:
            rest.append(argument.value)
        else:
            _too_many(node, function, findings)
            return None
    if not _complete(node, function, given, findings):
        return None
    return BoundCall(function, tuple(given.get(name) for name in names), tuple(rest))


def _unknown_function(node: Call, findings: Findings) -> None:
    near = nearest(node.function, FUNCTIONS)
    some = "、".join(near_names(node.function, FUNCTIONS, 3))
    findings.report_at(
        node.start,
        node.start + len(node.function),
        "DL103",
        Wording(f"no function is named `{node.function}`", f"没有名为 `{node.function}` 的函数"),
        label=None if near is None else Wording(f"did you mean `{near}`?", f"是否想写 `{near}`？"),
        help=None if near else Wording(f"the nearest names are {some}", f"相近的名称：{some}"),
        replacement=near,
    )


def _named_fits(
    function: Function, names: Sequence[str], given: dict[str, Node], argument: Argument, findings: Findings
) -> bool:
    name = argument.name or ""
    end = argument.start + len(name)
    if name not in names:
        near = nearest(name, names)
        findings.report_at(
            argument.start,
            end,
            "DL103",
            Wording(f"`{function.name}` has no argument named `{name}`", f"`{function.name}` 没有名为 `{name}` 的参数"),
            label=None if near is None else Wording(f"did you mean `{near}`?", f"是否想写 `{near}`？"),
            help=Wording(f"it is called as {signature(function)}", f"用法：{signature(function)}"),
            replacement=near,
        )
        return False
    if name in given:
        findings.report_at(
            argument.start,
            end,
            "DL202",
            Wording(f"`{name}` is given twice", f"参数 `{name}` 给了两次"),
        )
        return False
    return True


def _too_many(node: Call, function: Function, findings: Findings) -> None:
    count = len(function.parameters)
    first = node.arguments[count]
    findings.report_at(
        first.start,
        node.arguments[-1].end,
        "DL202",
        Wording(
            f"`{function.name}` takes {_counted(count)}, {len(node.arguments)} are given",
            f"`{function.name}` 最多接受 {count} 个参数，这里给了 {len(node.arguments)} 个",
        ),
        help=Wording(f"it is called as {signature(function)}", f"用法：{signature(function)}"),
    )


def _counted(count: int) -> str:
    return {0: "no arguments", 1: "at most 1 argument"}.get(count, f"at most {count} arguments")


def _complete(node: Call, function: Function, given: dict[str, Node], findings: Findings) -> bool:
    missing = [p.name for p in function.parameters if p.default is MISSING and p.name not in given]
    if missing:
        shown = "、".join(f"`{name}`" for name in missing)
        findings.report_at(
            node.start,
            node.end,
            "DL202",
            Wording(f"`{function.name}` needs {shown.replace('、', ', ')}", f"`{function.name}` 缺少参数 {shown}"),
            help=Wording(f"it is called as {signature(function)}", f"用法：{signature(function)}"),
        )
    return not missing


def _wrong(argument: Argument, en: str, zh: str, findings: Findings) -> None:
    findings.report_at(argument.start, argument.end, "DL202", Wording(en, zh))


def signature(function: Function) -> str:
    """How a function is called: `join(sep, list)`, `range(a, [b])`."""
    shown = [p.name if p.default is MISSING else f"[{p.name}]" for p in function.parameters]
    if function.rest is not None:
        shown.append(f"{function.rest.name}…")
    return f"`{function.name}({', '.join(shown)})`"


def call_type(bound: BoundCall, type_of: Callable[[Node], Type], findings: Findings) -> Type:
    """The type of a call, from the types its arguments have been found to have."""
    kinds = {
        id(node): _argument(bound.function, p, node, type_of(node), findings) for p, node in bound.with_parameters()
    }
    if any(isinstance(kind, ErrorType) for kind in kinds.values()):
        return bound.function.result if not callable(bound.function.result) else ErrorType()
    defaults = zip(bound.function.parameters, bound.given, strict=True)
    places = [None if node is None else kinds[id(node)] for _, node in defaults]
    return bound.function.result_type([*places, *(kinds[id(node)] for node in bound.rest)])


def fits_parameter(parameter: Parameter, kind: Type) -> bool | None:
    """Whether an argument of a type fits a parameter: always, never (False) or perhaps (None)."""
    answers = {assignable(wanted, kind) for wanted in parameter.one_of or (parameter.type,)}
    return True if True in answers else None if None in answers else False


def _argument(function: Function, parameter: Parameter, node: Node, kind: Type, findings: Findings) -> Type:
    """The type of an argument in its place; reports what does not fit and what may be null."""
    fits = fits_parameter(parameter, kind)
    if fits is True or isinstance(kind, AnyType):
        return kind
    if isinstance(kind, (OptionalType, NullType)) and not _takes_null(parameter):
        inner = findings.needed(node, kind, in_operator=False)
        fits = fits_parameter(parameter, inner)
        kind = inner
    return kind if fits is not False else _misfit(function, parameter, node, kind, findings)


def _takes_null(parameter: Parameter) -> bool:
    return any(isinstance(kind, (OptionalType, NullType)) for kind in parameter.one_of or (parameter.type,))


def _misfit(function: Function, parameter: Parameter, node: Node, kind: Type, findings: Findings) -> Type:
    wanted = parameter.show_type()
    printable = kind_word(kind) in ("int", "number", "bool", "date", "time", "datetime", "duration")
    mended = f"text({print_expression(node)})" if parameter.type == TextType() and printable else None
    return findings.report(
        "DL202",
        node,
        Wording(
            f"`{function.name}` takes {wanted} as `{parameter.name}`, this is {show(kind)}",
            f"`{function.name}` 的参数 `{parameter.name}` 应为 {wanted}，这是 {show(kind)}",
        ),
        label=None if mended is None else Wording(f"write `{mended}`", f"写成 `{mended}`"),
        help=Wording(f"it is called as {signature(function)}", f"用法：{signature(function)}"),
        replacement=mended,
    )
