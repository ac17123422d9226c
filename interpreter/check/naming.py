"""What is said about names: unknown ones, with the nearest known one, and names that nothing may be called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Label
from interpreter.diagnostics.suggest import near_names, nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Name
from interpreter.source.spans import Span

BUILT_IN = frozenset(
    ("text", "message", "user", "session", "state", "bot", "env", "now", "today", "match", "error", "reply", "texts")
)
"""Names that are always there, or there in some places: nothing else may be called so."""
_KEYWORDS = frozenset(["and", "or", "not", "in", "if", "else", "for", "true", "false", "null"])

STATE = Wording("state", "状态")
FLOW = Wording("flow", "流程")
RULE = Wording("rule", "规则")
DOMAIN = Wording("domain", "域")
TEXT = Wording("text", "文本")
SERVICE = Wording("service", "服务")
OPERATION = Wording("operation", "操作")
ENTITY = Wording("entity", "实体")
VARIABLE = Wording("variable", "变量")
ARGUMENT = Wording("argument", "参数")
CAPTURE = Wording("capture", "捕获")
EVENT = Wording("event", "事件")


def unknown(
    code: str,
    name: Name,
    noun: Wording,
    known: Mapping[str, Span] | Iterable[str],
    *,
    message: Wording | None = None,
    help: Wording | None = None,
) -> Diagnostic:
    """A name that nothing has: with the nearest one as a fix and where that is defined, else with a few near ones."""
    candidates = list(known)
    text = name.text
    said = message or Wording(f"no {noun.en} is named `{text}`", f"没有名为 `{text}` 的{noun.zh}")
    near = nearest(text, candidates)
    if near is None:
        return Diagnostic(
            code, name.span, said, help=help or _known_ones(noun, near_names(text, candidates)) or _define(noun, text)
        )
    related: tuple[Label, ...] = ()
    if isinstance(known, Mapping):
        related = (Label(known[near], Wording(f"`{near}` is defined here", f"`{near}` 定义在这里")),)
    return Diagnostic(
        code,
        name.span,
        said,
        label=Wording(f"did you mean `{near}`?", f"是不是想写 `{near}`？"),
        related=related,
        help=help,
        fix=replacement(name, near),
    )


def replacement(name: Name, text: str) -> Fix:
    """The fix that writes another name; safe only where the file holds the name as it is."""
    span = name.span
    line, column = span.file.line_column(span.start)
    written = span.file.text[span.start : span.end]
    if written != name.text:
        return Fix(text)
    whole = span.file.line_text(line)
    shown = whole[: column - 1] + text + whole[column - 1 + len(written) :]
    return Fix(shown.strip(), (Edit(span, text),), Applicability.SAFE)


def _known_ones(noun: Wording, names: Iterable[str]) -> Wording | None:
    listed = [f"`{name}`" for name in names]
    if not listed:
        return None
    return Wording(f"known {noun.en} names: {', '.join(listed)}", f"已有的{noun.zh}：{'、'.join(listed)}")


def _define(noun: Wording, text: str) -> Wording | None:
    """How to define the first thing of a kind."""
    written = _DEFINITIONS.get(noun.en)
    if written is None:
        return None
    section, body = written
    return Wording(
        f"define it under `{section}`: `{section}: {{{text}: {body}}}`",
        f"请在 `{section}` 之下定义它：`{section}: {{{text}: {body}}}`",
    )


_DEFINITIONS = {
    "state": ("states", "{prompt: …, rules: {…}}"),
    "flow": ("flows", "[{ask: …, into: answer}, {reply: …}]"),
    "rule": ("rules", "…"),
    "domain": ("domains", "{guard: …, else: …}"),
    "text": ("texts", "…"),
    "service": ("services", "{url: 'https://…', operations: {…}}"),
    "entity": ("entities", "[…]"),
    "variable": ("vars", "text"),
}
"""For the kinds of things that an author defines: the key they stand under, and what such a thing may be."""


def is_usable(text: str) -> bool:
    """Whether something can be given a name."""
    return text not in BUILT_IN and text.isidentifier() and text not in _KEYWORDS


def bad_name(text: str, span: Span) -> Diagnostic | None:
    """What is wrong with a name that something is given, if anything: it hides a built-in or is no identifier."""
    if text in BUILT_IN:
        return Diagnostic(
            "DL113",
            span,
            Wording(f"`{text}` is always there and cannot name anything else", f"`{text}` 是内置名，不能另作他用"),
        )
    if is_usable(text):
        return None
    return Diagnostic(
        "DL113",
        span,
        Wording(f"`{text}` cannot be written in an expression", f"`{text}` 不能写在表达式里"),
        help=Wording(
            "a name is letters, digits and `_`, does not begin with a digit and is no word of the language",
            "名称由字母、汉字、数字和 `_` 组成，不以数字开头，也不能是语言的关键字",
        ),
    )
