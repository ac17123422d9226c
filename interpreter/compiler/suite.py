"""Lowering a bot's tests and examples."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from interpreter.check.analysis import Analysis
from interpreter.check.given import read_given, read_leaf
from interpreter.compiler.callables import Constant, NewList
from interpreter.compiler.late import LateClosure
from interpreter.compiler.leaves import Lowering, fits_type, lower_data, lower_expression, place_of
from interpreter.compiler.rules import nested_states
from interpreter.dialog.model.bot import Bot, Button, TalkLine, Test
from interpreter.dialog.model.leaves import Data, DataLeaf, DataList, Expression, Name
from interpreter.dialog.model.rules import Rule
from interpreter.expr.env import Closure, Env
from interpreter.expr.inference import infer
from interpreter.expr.printer import print_expression
from interpreter.expr.tree import Binary, ListNode, Literal, Node, Unary
from interpreter.program.names import RoutineName, StateName
from interpreter.program.suite import ConversationLine, ConversationTable, ExampleTable, GivenValue, SuiteTable
from interpreter.types.answers import fits
from interpreter.types.kinds import ListType, Type, required, show
from interpreter.types.lexicon import Lexicon
from interpreter.values import Value


def lower_suite(bot: Bot, analysis: Analysis) -> SuiteTable:
    """The tests and examples of a bot that was checked without errors."""
    context = Lowering(bot, analysis)
    return SuiteTable(
        tuple(_lower_test(context, test) for test in bot.tests),
        tuple(_examples(bot)),
        _button_keys(bot),
    )


def _lower_test(context: Lowering, test: Test) -> ConversationTable:
    given = tuple(_lower_given(context, name, data) for name, data in test.given)
    lines = tuple(_lower_line(context, line) for line in test.lines)
    return ConversationTable(test.name.text, given, lines, place_of(test.name.span))


def _lower_given(context: Lowering, name: Name, data: Data) -> GivenValue:
    kind = context.analysis.given_type(name.text)
    place = place_of(name.span)
    if kind is None:
        return GivenValue(name.text, lower_data(context, data), None, "any", place)
    return GivenValue(name.text, _typed_data(context, data, kind), fits_type(context, kind), show(kind), place)


def _typed_data(context: Lowering, data: Data, kind: Type) -> Closure:
    """The closure of given content, of which texts are read as values of the type that is wanted."""
    lexicon, inner = context.analysis.lexicon, required(kind)
    match data:
        case DataLeaf():
            read = read_leaf(data, kind, lexicon)
            return Constant(read.value) if read.is_known else ReadAs(lower_data(context, data), kind, lexicon)
        case DataList(items=items) if isinstance(inner, ListType):
            return NewList(tuple(_typed_data(context, item, inner.item) for item in items))
        case _:
            return lower_data(context, data)


class ReadAs(Struct, frozen=True):
    """What a closure gives; a text that is none of a type's values is read as one, if it can be."""

    content: Closure
    kind: Type
    lexicon: Lexicon

    def __call__(self, env: Env) -> Value:
        """The value."""
        value = self.content(env)
        if fits(self.kind, value, self.lexicon):
            return value
        read = read_given(value, self.kind, self.lexicon)
        return value if read is None else read


def _lower_line(context: Lowering, line: TalkLine) -> ConversationLine:
    if line.expression is None:
        return ConversationLine(line.kind, line.text, line.user, place_of(line.span))
    check, operands = lower_expression(context, line.expression), tuple(_operands(context, line.expression))
    return ConversationLine(line.kind, line.text, line.user, place_of(line.span), check, operands)


def _operands(context: Lowering, expression: Expression) -> Iterator[tuple[str, Closure]]:
    typed = context.analysis.typed(expression)
    if typed is not None:
        for node in _compared(typed.node):
            yield print_expression(node), LateClosure(infer(node, typed.scope))


def _compared(node: Node) -> Iterator[Node]:
    """Both sides of every comparison, what is written out left out."""
    match node:
        case Binary(operator="and" | "or", left=left, right=right):
            yield from _compared(left)
            yield from _compared(right)
        case Unary(operator="not", operand=operand):
            yield from _compared(operand)
        case Binary(operator="==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in", left=left, right=right):
            yield from (side for side in (left, right) if not isinstance(side, Literal | ListNode))


def _examples(bot: Bot) -> Iterator[ExampleTable]:
    rules = (*bot.rules, *bot.menu_rules)
    yield from _examples_of(rules, None)
    states = [*bot.states.values(), *nested_states(rules)]
    for state in bot.states.values():
        states += nested_states((*state.choices, *state.rules))
    for state in states:
        yield from _examples_of((*state.choices, *state.rules), StateName(state.path))


def _examples_of(rules: tuple[Rule, ...], state: StateName | None) -> Iterator[ExampleTable]:
    for rule in rules:
        for example in rule.examples:
            yield ExampleTable(example.text, RoutineName(rule.path), state, place_of(example.span))


def _button_keys(bot: Bot) -> dict[str, str]:
    """Keys by the names of buttons, by what phones show, and by whole paths; the menu of everybody comes first."""
    found: dict[str, str] = {}
    for button in (*_keyed(bot.buttons), *(each for menu in bot.conditional_menus for each in _keyed(menu.buttons))):
        for name in (button.path, button.name.text, button.shown):
            found.setdefault(name, button.key or "")
    return found


def _keyed(buttons: tuple[Button, ...]) -> Iterator[Button]:
    for button in buttons:
        if button.key is not None:
            yield button
        yield from _keyed(button.items)
