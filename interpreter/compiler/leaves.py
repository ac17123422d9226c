"""Lowering leaves: expressions, texts, data and assignment targets."""

from __future__ import annotations

from dataclasses import dataclass, field

from interpreter.check.analysis import Analysis
from interpreter.compiler.callables import Constant, ConstantText, EncodedPath, Fits, NewList, NewMap
from interpreter.compiler.late import LateClosure, LateCondition, LateText
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.leaves import Data, DataLeaf, DataList, Expression, Name, Text
from interpreter.dialog.model.rules import Parameter
from interpreter.expr.env import Closure, TextClosure
from interpreter.expr.inference import TypedTemplate
from interpreter.program.instructions import Target
from interpreter.program.names import Place, RoutineName
from interpreter.program.tables import Routine
from interpreter.source.spans import Span
from interpreter.types.kinds import AnyType, Type, show


@dataclass(frozen=True, slots=True)
class Lowering:
    """What every lowering function needs: the bot, what is known of it, and the routines made so far."""

    bot: Bot
    analysis: Analysis
    routines: dict[RoutineName, Routine] = field(default_factory=dict)


def place_of(span: Span) -> Place:
    """A span as the machine carries it."""
    line, column = span.file.line_column(span.start)
    return Place(span.file.name, line, column)


def lower_expression(context: Lowering, expression: Expression) -> Closure:
    """The closure of an expression that was checked without errors."""
    typed = context.analysis.typed(expression)
    assert typed is not None, f"unchecked expression at {expression.scalar.span}"
    return LateClosure(typed)


def lower_condition(context: Lowering, expression: Expression | None) -> Closure | None:
    """The closure of a condition, whose value is true or false; None for one that was not written."""
    if expression is None:
        return None
    typed = context.analysis.typed(expression)
    assert typed is not None, f"unchecked condition at {expression.scalar.span}"
    return LateCondition(typed)


def lower_text(context: Lowering, text: Text) -> TextClosure:
    """The closure of a text."""
    typed = context.analysis.text(text)
    assert typed is not None, f"unchecked text at {text.scalar.span}"
    return late_text(typed)


def late_text(typed: TypedTemplate) -> TextClosure:
    """The closure of a text that was checked without errors."""
    parts = typed.template.parts
    if not parts:
        return ConstantText("")
    text = parts[0]
    return ConstantText(text) if len(parts) == 1 and isinstance(text, str) else LateText(typed)


def lower_path(context: Lowering, text: Text) -> TextClosure:
    """The closure of a piece of a URL: what its holes give is percent-encoded."""
    typed = context.analysis.text(text)
    assert typed is not None, f"unchecked text at {text.scalar.span}"
    holes = iter(typed.holes)
    return EncodedPath(
        tuple(part if isinstance(part, str) else LateClosure(next(holes)) for part in typed.template.parts)
    )


def lower_data(context: Lowering, data: Data) -> Closure:
    """The closure of `json:`, `mock:` or `given:` content."""
    if isinstance(data, DataLeaf):
        value = data.value
        if isinstance(value, Expression):
            return lower_expression(context, value)
        return lower_text(context, value) if isinstance(value, Text) else Constant(value)
    if isinstance(data, DataList):
        return NewList(tuple(lower_data(context, item) for item in data.items))
    return NewMap(tuple((name.text, lower_data(context, value)) for name, value in data.entries))


def fits_type(context: Lowering, kind: Type) -> Fits:
    """The run-time test whether a value is of a type."""
    return Fits(kind, context.analysis.lexicon)


def lower_target(context: Lowering, name: Name) -> Target:
    """Where an assigned name's value goes."""
    target = context.analysis.target(name)
    assert target is not None, f"unchecked name at {name.span}"
    return make_target(context, target.scope, target.name, None if target.proven else target.type)


def make_target(context: Lowering, scope: str, name: str, kind: Type | None) -> Target:
    """A target; without a type anything may be stored there."""
    if kind is None or isinstance(kind, AnyType):
        return Target(scope, name)  # type: ignore[arg-type]  # the analysis knows the same four words
    return Target(scope, name, fits_type(context, kind), show(kind))  # type: ignore[arg-type]  # likewise


def lower_parameter(context: Lowering, parameter: Parameter) -> tuple[str, Closure | None, Target]:
    """A parameter of a flow or an operation: its name, its default, and the typed local it fills."""
    default = lower_expression(context, parameter.default) if parameter.default else None
    return parameter.name.text, default, make_target(context, "local", parameter.name.text, parameter.type)
