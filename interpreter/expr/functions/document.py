"""The pages `docs/functions*.md`, which `python -m interpreter.expr.functions.document` writes from the functions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from interpreter.diagnostics.wording import Wording
from interpreter.expr.functions.library import families
from interpreter.expr.functions.registry import MISSING, Family, Function, Missing, Parameter
from interpreter.types.kinds import AnyType, Type, show
from interpreter.values import Value, print_value

DOCUMENTS = {"en": Path("docs", "functions.md"), "zh": Path("docs", "functions.zh-CN.md")}
"""The pages, by language."""

_HEAD = Wording(
    """\
# Functions

[简体中文](functions.zh-CN.md)

<!-- Written by `python -m interpreter.expr.functions.document`; edit the functions instead. -->

Functions have a namespace of their own and are called as `f(x, k=v)`: arguments come by place or by name.
`t?` may be null, `a = 1` has a default, `…` takes any number of further arguments.
Texts are limited to 65,536 characters, lists and maps to 10,000 items.
What a function cannot do is a failure of the turn. Every example here is a test.
""",
    """\
# 函数

[English](functions.md)

<!-- 由 `python -m interpreter.expr.functions.document` 生成；请修改函数本身。 -->

函数有自己的命名空间，写作 `f(x, k=v)`：参数按位置或按名称给出。
`t?` 可以为 null，`a = 1` 有默认值，`…` 可接任意多个参数。
文本不超过 65,536 个字符，列表和映射不超过 10,000 项。
函数做不到的事就是这一轮的失败。这里的每个例子都是测试。
""",
)


def page(language: str) -> str:
    """The whole page in `zh` or `en`."""
    return "\n".join((_HEAD.say(language), *(line for family in families() for line in _family(family, language))))


def signature(function: Function) -> str:
    """A function as an author calls it: `join(sep: text, list: list): text`."""
    parts = [_parameter(parameter) for parameter in function.parameters]
    if function.rest:
        parts.append(f"…{_parameter(function.rest)}")
    return f"{function.name}({', '.join(parts)}): {_result(function)}"


def _family(family: Family, language: str) -> Iterator[str]:
    yield f"## {family.title.say(language)}\n"
    if family.note:
        yield f"{family.note.say(language)}\n"
    for function in family.functions:
        yield f"### `{signature(function)}`\n"
        yield f"{function.summary.say(language)}\n"
        yield "```"
        yield from (f"{expression}  # {value}" for expression, value in function.examples)
        yield "```\n"


def _parameter(parameter: Parameter) -> str:
    kind = "" if isinstance(parameter.type, AnyType) and not parameter.one_of else f": {parameter.show_type()}"
    default = "" if isinstance(parameter.default, Missing) else f" = {_literal(parameter.default)}"
    return f"{parameter.name}{kind}{default}"


def _result(function: Function) -> str:
    """The result type, or what it is for each type of the first parameter, without and with the optional ones."""
    shortest: list[Type | None] = [each.type if each.default is MISSING else None for each in function.parameters]
    longest: list[Type | None] = [each.type for each in function.parameters]
    firsts = function.parameters[0].one_of or (function.parameters[0].type,)
    calls = ([first, *kinds[1:]] for kinds in (shortest, longest) for first in firsts)
    results = dict.fromkeys(show(function.result_type(kinds)) for kinds in calls)
    return " | ".join(result for result in results if f"{result}?" not in results)


def _literal(value: Value) -> str:
    if value is None:
        return "null"
    return f'"{value}"' if isinstance(value, str) else print_value(value)


if __name__ == "__main__":
    for language, path in DOCUMENTS.items():
        path.write_text(page(language), encoding="utf-8")
