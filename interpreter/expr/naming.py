"""The types of names, and what is said of one that nobody has defined."""

from __future__ import annotations

from interpreter.diagnostics.suggest import near_names, nearest
from interpreter.diagnostics.wording import Wording
from interpreter.expr.findings import Findings
from interpreter.expr.functions.library import FUNCTIONS
from interpreter.expr.scope import Scope, Storage
from interpreter.expr.tree import Name
from interpreter.types.kinds import EntityType, EnumType, ErrorType, TextType, Type, required

_FOREIGN_NAMES = {
    "None": "null",
    "nil": "null",
    "NULL": "null",
    "Null": "null",
    "undefined": "null",
    "True": "true",
    "TRUE": "true",
    "False": "false",
    "FALSE": "false",
    "yes": "true",
    "Yes": "true",
    "on": "true",
    "no": "false",
    "No": "false",
    "off": "false",
}


def type_of_name(node: Name, scope: Scope, findings: Findings, expected: Type | None) -> Type:
    """The type of what a name stands for."""
    binding = scope.bindings.get(node.name)
    if binding is None:
        return ErrorType() if scope.is_open else _undefined(node, scope, findings, expected)
    if binding.storage is Storage.TEXTS:
        return findings.report(
            "DL201",
            node,
            Wording(f"`{node.name}` alone is no value", f"单独的 `{node.name}` 不是值"),
            help=Wording(f"say one of them: `{node.name}.NAME`", f"请写其中一个：`{node.name}.名称`"),
        )
    return scope.narrowed.get(node.name, binding.type)


def _undefined(node: Name, scope: Scope, findings: Findings, expected: Type | None) -> Type:
    message = Wording(f"no variable is named `{node.name}`", f"没有名为 `{node.name}` 的变量")
    if node.name in FUNCTIONS:
        hint = Wording(f"to call the function write `{node.name}(…)`", f"调用函数请写 `{node.name}(…)`")
        return findings.report("DL102", node, message, help=hint)
    if expected is not None and _takes_word(required(expected), node.name):
        written = f'"{node.name}"'
        label = Wording(f"a text is written in quotes: {written}", f"文本要加引号：{written}")
        return findings.report("DL102", node, message, label=label, replacement=written)
    near = _FOREIGN_NAMES.get(node.name) or nearest(node.name, scope.bindings)
    if near is not None:
        label = Wording(f"did you mean `{near}`?", f"是否想写 `{near}`？")
        return findings.report("DL102", node, message, label=label, replacement=near)
    some = near_names(node.name, scope.bindings)
    hint = Wording(f'a text is written in quotes: "{node.name}"', f'文本要加引号："{node.name}"')
    if node.name.isascii() and some:
        hint = Wording(f"names known here: {', '.join(some)} …", f"此处可用的名称：{'、'.join(some)} 等")
    return findings.report("DL102", node, message, help=hint)


def _takes_word(kind: Type, word: str) -> bool:
    """Whether a word without quotes was meant as a value of the type."""
    if _FOREIGN_NAMES.get(word) == "null" or word.casefold() in ("true", "false"):
        return False
    return isinstance(kind, (TextType, EntityType)) or (isinstance(kind, EnumType) and word in kind.values)
