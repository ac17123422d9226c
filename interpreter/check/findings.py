"""What the walk has found so far: types by model object, and diagnostics."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from interpreter.check.symbols import Symbols
from interpreter.diagnostics.diagnostic import Diagnostic, Problem
from interpreter.diagnostics.placing import place
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.leaves import Expression, Text
from interpreter.dialog.model.steps import Assignment
from interpreter.expr.findings import Findings as Problems
from interpreter.expr.inference import Typed, TypedTemplate, infer, infer_condition, infer_template
from interpreter.expr.printer import print_expression
from interpreter.expr.scope import Scope, Storage
from interpreter.expr.tree import Binary, Field, Index, Node
from interpreter.expr.tree import Literal as LiteralNode
from interpreter.expr.tree import Name as NameNode
from interpreter.expr.walk import walk
from interpreter.patterns.tree import Capture
from interpreter.source.spans import Span
from interpreter.source.tree import Scalar
from interpreter.types.kinds import ErrorType, Type, show
from interpreter.values import MAX_TEXT


class AssignTarget(Struct, frozen=True):
    """Where an assignment goes, looked up by its `Name`.

    `name` is without `user.`; `type` is the declared type (`any` for a local that has none); `proven` says that the
    value always fits it, so that nothing is left to check at run time.
    """

    scope: Literal["local", "session", "user", "turn"]
    name: str
    type: Type
    proven: bool


class Findings(Struct, frozen=True, eq=False):
    """Collects while the model is walked; read by `Analysis` afterwards. Types are kept by identity of the object."""

    symbols: Symbols
    groups: int | None = None
    """How many numbered groups the patterns of the rule at hand have."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    typed: dict[int, Typed] = field(default_factory=dict)
    texts: dict[int, TypedTemplate] = field(default_factory=dict)
    whole: dict[int, Typed] = field(default_factory=dict)
    """The whole right side of each assignment: of `x += e` it is `x + e`."""
    targets: dict[int, AssignTarget] = field(default_factory=dict)
    captures: dict[int, tuple[Capture, ...]] = field(default_factory=dict)
    """Of each rule."""
    reads: dict[str, Span] = field(default_factory=dict)
    """The first place that reads each conversation variable nothing ever sets."""
    env_names: set[str] = field(default_factory=set)
    """The names of the environment that something reads."""
    methods: set[str] = field(default_factory=set)
    """The methods of WeChat's API that a step calls, as written."""
    results: dict[str, Type] = field(default_factory=dict)
    """What `flows.x` returns and `services.x.y` picks, as far as known."""
    _by_groups: dict[int | None, Findings] = field(default_factory=dict)
    """The same findings by `groups`."""

    def in_rule(self, groups: int | None) -> Findings:
        """The same findings, while a rule with so many groups is walked."""
        if groups == self.groups:
            return self
        if groups not in self._by_groups:
            self._by_groups[groups] = replace(self, groups=groups, _by_groups={})  # not in a circle
        return self._by_groups[groups]

    def scratch(self) -> Findings:
        """Findings to be thrown away, for a walk that only asks for types."""
        return Findings(self.symbols, self.groups, results=self.results)

    def report(self, diagnostic: Diagnostic | None) -> None:
        """Keep a diagnostic, if there is one."""
        if diagnostic is not None:
            self.diagnostics.append(diagnostic)

    def problem(self, problem: Problem, scalar: Scalar, offset: int = 0) -> None:
        """Keep a problem of a scalar's text."""
        self.diagnostics.append(place(problem, scalar, offset))

    def infer(self, expression: Expression | None, scope: Scope, expected: Type | None = None) -> Type:
        """The type of an expression; of one that could not be read, `error`."""
        if expression is None:
            return ErrorType()
        return self._keep(expression, infer(expression.node, scope, expected=expected), scope)

    def _keep(self, expression: Expression, typed: Typed, scope: Scope) -> Type:
        self.typed[id(expression)] = typed
        for problem in typed.problems:
            self.problem(problem, expression.scalar, expression.offset)
        self._look_at(expression.node, scope, expression.scalar, expression.offset)
        return typed.type

    def assigned(self, assignment: Assignment, left: Node, scope: Scope, expected: Type | None) -> Type:
        """The type of the whole right side of `left op= value`; problems of the value alone are not said again."""
        value = assignment.value
        alone = self.infer(value, scope, None if assignment.operator != "=" else expected)
        if assignment.operator == "=":
            self.whole[id(assignment)] = self.typed[id(value)]
            return alone
        node = Binary(assignment.operator[0], left, value.node, value.node.start, value.node.end, value.node.start)
        typed = infer(node, scope)
        said = self.typed[id(value)].problems
        for problem in typed.problems:
            if problem not in said:
                self.problem(problem, value.scalar, value.offset)
        self.whole[id(assignment)] = typed
        return typed.type

    def condition(self, expression: Expression | None, scope: Scope) -> None:
        """Infer a condition, which must be a boolean."""
        if expression is not None:
            self._keep(expression, infer_condition(expression.node, scope), scope)

    def text(self, text: Text | None, scope: Scope) -> None:
        """Infer the holes of a text."""
        if text is None:
            return
        typed = infer_template(text.template, scope)
        self.texts[id(text)] = typed
        for problem in typed.problems:
            self.problem(problem, text.scalar)
        for hole in text.template.holes:
            self._look_at(hole.node, scope, text.scalar, 0)
        if len(text.scalar.text) > MAX_TEXT:
            self.report(_too_long(text.scalar))

    def needed(self, expression: Expression, kind: Type) -> Type:
        """The type of an expression whose value is needed, after a report when it may be null."""
        problems = Problems()
        kind = problems.needed(expression.node, kind, in_operator=False)
        for problem in problems.problems:
            self.problem(problem, expression.scalar, expression.offset)
        return kind

    def wrong_type(self, expression: Expression, wanted: Wording, found: Type) -> None:
        """Report an expression that can never be what is wanted."""
        shown = describe(expression.node, found)
        problem = Problem(
            "DL201",
            expression.node.start,
            expression.node.end,
            Wording(f"{wanted.en} is wanted here, this is {shown}", f"这里需要{wanted.zh}，而这是 {shown}"),
        )
        self.problem(problem, expression.scalar, expression.offset)

    def _look_at(self, node: Node, scope: Scope, scalar: Scalar, offset: int) -> None:
        """Note what an expression reads of the environment and of variables nothing sets, and check its groups."""
        never_set = self.symbols.never_set
        for part in walk(node):
            match part:
                case NameNode(name=name) if name in never_set and name not in self.reads:
                    if scope.bindings[name].storage is Storage.SESSION:
                        self.reads[name] = scalar.place(offset + part.start, offset + part.end)
                case Index(target=NameNode(name="match"), index=LiteralNode(value=int() as index)):
                    self._check_group(part, index, scalar, offset)
                case Field(target=NameNode(name="env"), name=name):
                    self.env_names.add(name)
                case Index(target=NameNode(name="env"), index=LiteralNode(value=str() as name)):
                    self.env_names.add(name)
                case _:
                    pass

    def _check_group(self, node: Index, index: int, scalar: Scalar, offset: int) -> None:
        groups = self.groups
        if groups is None or 0 <= index <= groups:
            return
        problem = Problem(
            "DL108",
            node.start,
            node.end,
            Wording(
                f"the pattern has {groups} group{'' if groups == 1 else 's'}, so there is no match[{index}]",
                f"模式里有 {groups} 个分组，没有 match[{index}]",
            ),
            help=Wording(
                "match[0] is the whole match, match[1] the first group", "match[0] 是整个匹配，match[1] 是第一个分组"
            ),
        )
        self.problem(problem, scalar, offset)


def _too_long(scalar: Scalar) -> Diagnostic:
    message = Wording(f"a text is longer than {MAX_TEXT:,} characters", f"文本超过 {MAX_TEXT:,} 个字符")
    return Diagnostic("DL217", scalar.place(0, 1), message)


def describe(node: Node, kind: Type) -> str:
    """What a value is, for a message: a literal as it is written, anything else by its type."""
    return print_expression(node) if isinstance(node, LiteralNode) else show(kind)
