"""Giving a name a value: where it goes, whether the value fits, and what is known of the name afterwards."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from interpreter.check import naming
from interpreter.check.findings import AssignTarget
from interpreter.check.fitting import find_misfits, misfit_problem
from interpreter.check.joins import widen
from interpreter.check.routine import Routine
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Expression, Name
from interpreter.dialog.model.steps import Assignment
from interpreter.expr.assignable import assignable
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.expr.tree import Field, Node
from interpreter.expr.tree import Name as NameNode
from interpreter.source.spans import Span
from interpreter.types.kinds import (
    AnyType,
    ErrorType,
    NullType,
    OptionalType,
    RecordType,
    TextType,
    Type,
    required,
    show,
)

_ANY = AnyType()


def set_variable(assignment: Assignment, scope: Scope, routine: Routine) -> Scope:
    """`set: x = e`: the scope after it."""
    found = _resolve(assignment.target, scope, routine)
    expected = found.type if found else None
    kind = routine.findings.assigned(assignment, _left(assignment), scope, expected)
    if found is None:
        return scope
    _keep(assignment.target, found, kind, assignment, routine)
    return _after(found, kind, scope)


def let_variable(assignment: Assignment, scope: Scope, routine: Routine) -> Scope:
    """`let: x = e`: the scope after it."""
    name = assignment.target
    if name.text in routine.symbols.session:
        routine.findings.report(_hides_variable(name, routine))
    else:
        routine.findings.report(naming.bad_name(name.text, name.span))
    kind = routine.findings.assigned(assignment, _left(assignment), scope, None)
    return bind_local(name, kind, scope, routine)


def store(name: Name, kind: Type, scope: Scope, routine: Routine) -> Scope:
    """`into: x` or a form field: a variable that is there already, else a new local."""
    if not _is_known(name.text, scope, routine):
        routine.findings.report(naming.bad_name(name.text, name.span))
        return bind_local(name, kind, scope, routine)
    found = _resolve(name, scope, routine)
    if found is None:
        return scope
    _keep(name, found, kind, None, routine)
    return _after(found, kind, scope)


def store_nothing(name: Name, scope: Scope, routine: Routine) -> Scope:
    """`into: x` of a request that failed: null, or what the variable held before where its type has no null."""
    if _is_known(name.text, scope, routine):
        found = _resolve(name, scope, routine)
        if found is not None and found.scope != "local" and assignable(found.type, NullType()) is False:
            return scope
    return store(name, NullType(), scope, routine)


def assume_set(name: Name, scope: Scope) -> Scope:
    """The scope after a name was given what could not be read: it has some value, of its type if that is known."""
    first, _, field = name.text.partition(".")
    binding = scope.bindings.get(first)
    if field:
        kind = binding.type.fields.get(field) if binding and isinstance(binding.type, RecordType) else None
        return scope.with_narrowed({name.text: required(kind)}) if kind else scope
    if binding is not None and binding.storage is not Storage.LOCAL:
        return scope.with_bindings({first: Binding(required(binding.type), binding.storage)})
    return scope.with_bindings({first: Binding(ErrorType(), Storage.LOCAL)})


def bind_local(name: Name, kind: Type, scope: Scope, routine: Routine) -> Scope:
    """A new local."""
    routine.findings.targets[id(name)] = AssignTarget("local", name.text, _ANY, proven=True)
    return scope.with_bindings({name.text: Binding(widen(kind), Storage.LOCAL)})


def after_wait(scope: Scope, routine: Routine) -> Scope:
    """A scope once other rules may have run: what was shown of variables that can be set to null is gone."""
    for path in routine.symbols.nullable:
        scope = scope.without_narrowed(path)
    return scope


def _left(assignment: Assignment) -> Node:
    """The target of an assignment as an expression, standing where the value begins."""
    start = assignment.value.node.start
    first, *rest = assignment.target.text.split(".")
    node: Node = NameNode(first, start, start)
    for part in rest:
        node = Field(node, part, start, start)
    return node


def _is_known(text: str, scope: Scope, routine: Routine) -> bool:
    binding = scope.bindings.get(text)
    if binding is not None:
        return binding.storage in (Storage.LOCAL, Storage.SESSION) or text in routine.settable
    return text.startswith("user.")


def _resolve(name: Name, scope: Scope, routine: Routine) -> AssignTarget | None:
    """Where a name's value goes, or None after a report."""
    text = name.text
    if text in routine.settable:
        kind: Type = TextType() if text == "text" else OptionalType(TextType())
        return AssignTarget("turn", text, kind, proven=False)
    if text.startswith("user."):
        return _resolve_user(name, routine)
    binding = scope.bindings.get(text)
    match binding:
        case Binding(storage=Storage.LOCAL):
            return AssignTarget("local", text, _ANY, proven=False)
        case Binding(storage=Storage.SESSION):
            return AssignTarget("session", text, routine.symbols.session[text].type, proven=False)
        case _:
            routine.findings.report(_not_settable(name, scope, routine))
            return None


def _resolve_user(name: Name, routine: Routine) -> AssignTarget | None:
    field = name.text.removeprefix("user.")
    kind = routine.symbols.user_type(field)
    if kind is not None:
        return AssignTarget("user", field, kind, proven=False)
    if field == "id":
        said = Wording("`user.id` is WeChat's and cannot be set", "`user.id` 由微信给出，不能设置")
        routine.findings.report(Diagnostic("DL102", name.span, said))
        return None
    known = [*routine.symbols.variable_names(), "user.locale"]
    routine.findings.report(naming.unknown("DL102", name, naming.VARIABLE, known, help=_declare(name.text)))
    return None


def _not_settable(name: Name, scope: Scope, routine: Routine) -> Diagnostic:
    text = name.text
    if text.partition(".")[0] not in naming.BUILT_IN:
        known: Mapping[str, object] = routine.symbols.variable_names()
        local = [each for each, binding in scope.bindings.items() if binding.storage is Storage.LOCAL]
        near = [*local, *known]
        return naming.unknown("DL102", name, naming.VARIABLE, near, help=_declare(text))
    said = Wording(f"`{text}` cannot be set here", f"`{text}` 不能在这里设置")
    help = {
        "text": Wording("the message's text can be set in `before` only", "消息文本只能在 `before` 里设置"),
        "reply": Wording("the reply can be set in `after` only", "回复只能在 `after` 里设置"),
    }.get(text)
    return Diagnostic("DL102", name.span, said, help=help)


def _hides_variable(name: Name, routine: Routine) -> Diagnostic:
    declared = routine.symbols.session[name.text].name.span
    return Diagnostic(
        "DL113",
        name.span,
        Wording(f"`{name.text}` is a variable of the bot already", f"`{name.text}` 已经是机器人的变量"),
        related=(Label(declared, Wording("declared here", "声明在这里")),),
        help=Wording(
            "use `set` to change it, or another name for a local value", "要修改它请用 `set`，局部值请换个名字"
        ),
    )


def _declare(text: str) -> Wording:
    return Wording(
        f"declare it (`vars: {{{text}: text}}`), or use `let` for a local value",
        f"请先声明（`vars: {{{text}: text}}`），局部值用 `let`",
    )


def _keep(name: Name, found: AssignTarget, kind: Type, assignment: Assignment | None, routine: Routine) -> None:
    fits = True if found.scope == "local" else assignable(found.type, kind)
    routine.findings.targets[id(name)] = replace(found, proven=fits is True)
    if fits is True:
        return
    if assignment is None or assignment.operator != "=":
        if fits is False:
            span = name.span if assignment is None else _place_of(assignment.value)
            routine.findings.report(Diagnostic("DL210", span, _never_takes(name, found, show(kind))))
        return
    value, lexicon = assignment.value, routine.symbols.lexicon
    for misfit in find_misfits(value, found.type, kind, lexicon):
        said = _never_takes(name, found, misfit.shown)
        problem = misfit_problem("DL210", misfit, said, name.text, found.type, lexicon)
        routine.findings.problem(problem, value.scalar, value.offset)


def _place_of(value: Expression) -> Span:
    return value.scalar.place(value.node.start + value.offset, value.node.end + value.offset)


def _never_takes(name: Name, found: AssignTarget, given: str) -> Wording:
    declared = show(found.type)
    return Wording(
        f"`{name.text}` is {declared} and never takes {given}",
        f"`{name.text}` 的类型是 {declared}，不能存入 {given}",
    )


def _after(found: AssignTarget, kind: Type, scope: Scope) -> Scope:
    """What is known once the value is stored: it is there, and not null unless the value may be."""
    if found.scope == "local":
        return scope.with_bindings({found.name: Binding(widen(kind), Storage.LOCAL)})
    path = f"user.{found.name}" if found.scope == "user" else found.name
    scope = scope.without_narrowed(path)
    if found.scope == "session" and scope.bindings[path].may_be_unset:
        scope = scope.with_bindings({path: Binding(found.type, Storage.SESSION)})
    if isinstance(kind, (OptionalType, NullType, AnyType)):
        return scope
    return scope.with_narrowed({path: required(found.type)})
