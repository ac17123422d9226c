"""What is said of the thing under the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from interpreter.diagnostics.codes import CODES
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.rules import Parameter
from interpreter.expr.functions.document import signature
from interpreter.expr.functions.library import FUNCTIONS
from interpreter.language_server import api_offers
from interpreter.language_server.checked import Checked
from interpreter.language_server.index import Index, Kind, Symbol
from interpreter.language_server.lines import place_at
from interpreter.language_server.places import key_at
from interpreter.source.spans import SourceFile, Span
from interpreter.types.kinds import show

NOUNS: dict[Kind, Wording] = {
    "state": Wording("state", "状态"),
    "flow": Wording("flow", "流程"),
    "rule": Wording("rule", "规则"),
    "domain": Wording("domain", "域"),
    "text": Wording("text", "文本"),
    "service": Wording("service", "服务"),
    "operation": Wording("operation", "操作"),
    "entity": Wording("entity", "实体"),
    "variable": Wording("variable", "变量"),
    "local": Wording("local", "局部变量"),
    "function": Wording("function", "函数"),
}
"""What each kind of symbol is called."""


@dataclass(frozen=True, slots=True)
class Hover:
    """A text in Markdown and what it is about."""

    text: str
    span: Span


def hover(checked: Checked, file: SourceFile, offset: int, language: str) -> Hover | None:
    """What to say about an offset of a file: the names there, else the key; and what was found there."""
    found = [
        each
        for each in checked.diagnostics
        if each.span.file.name == file.name and each.span.start <= offset <= each.span.end
    ]
    said = [f"**{each.code}** {CODES[each.code].title.say(language)}" for each in found]
    span = Span(file, found[0].span.start, found[0].span.end) if found else None
    occurrence = checked.index.at(file.name, offset)
    key = _key(file, offset)
    method = api_offers.method_at(file.text, offset)
    if method is not None:
        said.insert(0, api_offers.describe(method[0], language))
        span = Span(file, method[1], method[2])
    elif occurrence is not None and checked.bot is not None:
        said.insert(0, describe(occurrence.symbol, checked.bot, checked.index, language))
        span = Span(file, occurrence.span.start, occurrence.span.end)
    elif key is not None:
        name, about, span = key
        said.insert(0, f"`{name}`  \n{about.say(language)}")
    return Hover("\n\n---\n\n".join(said), span) if span is not None else None


def describe(symbol: Symbol, bot: Bot, index: Index, language: str) -> str:
    """A symbol in Markdown."""
    match symbol.kind:
        case "function":
            return _function(symbol.name, language)
        case "variable" | "local":
            head = _variable(symbol, bot, index)
        case "flow":
            head = f"{symbol.name}{_parameters(bot.flows[symbol.name].parameters)}" if symbol.name in bot.flows else ""
        case "operation":
            head = _operation(symbol, bot)
        case _:
            head = symbol.name
    more = "".join(f"  \n{line}" for line in _more(symbol, bot, language))
    return f"{NOUNS[symbol.kind].say(language)} `{head or symbol.name}`{more}"


def _key(file: SourceFile, offset: int) -> tuple[str, Wording, Span] | None:
    """The key of the language at an offset, and what it is for."""
    text = file.text
    end = offset
    while end < len(text) and text[end] not in ":\n":
        end += 1
    if end == len(text) or text[end] != ":" or "\n" in text[offset:end]:
        return None
    place = place_at(text, end + 1)
    key = key_at(place.path) if place.part == "value" and not place.is_block else None
    if key is None or not text[:end].endswith(key.name):
        return None
    span = Span(file, end - len(key.name), end)
    return (key.name, key.about, span) if span.start <= offset else None


def _function(name: str, language: str) -> str:
    function = FUNCTIONS.get(name)
    if function is None:
        return f"{NOUNS['function'].say(language)} `{name}`"
    examples = "\n".join(f"{expression}  # {value}" for expression, value in function.examples)
    return f"```\n{signature(function)}\n```\n{function.summary.say(language)}\n```\n{examples}\n```"


def _variable(symbol: Symbol, bot: Bot, index: Index) -> str:
    kind = index.type_of(symbol)
    shown = f"{symbol.name}: {show(kind)}" if kind is not None else symbol.name
    declared = next((each for each in bot.variables if each.name.text == symbol.name), None)
    if symbol.kind == "variable" and declared is not None and declared.default is not None:
        scalar = declared.default.scalar
        shown += f" = {scalar.text[declared.default.offset :].strip()}"
    return shown


def _operation(symbol: Symbol, bot: Bot) -> str:
    service = bot.services.get(symbol.owner)
    operation = service.operations.get(symbol.name) if service else None
    return f"{symbol.owner}.{symbol.name}{_parameters(operation.parameters)}" if operation else symbol.name


def _parameters(parameters: tuple[Parameter, ...]) -> str:
    return f"({', '.join(f'{each.name.text}: {show(each.type)}' for each in parameters)})"


def _more(symbol: Symbol, bot: Bot, language: str) -> Iterator[str]:
    """A few words on what a name stands for."""
    name = symbol.name
    match symbol.kind:
        case "state" if name in bot.states:
            state = bot.states[name]
            names = [f"`{rule.name.text}`" for rule in (*state.choices, *state.rules)]
            if names:
                yield Wording(f"answered by {', '.join(names)}", f"由 {'、'.join(names)} 回答").say(language)
            if state.tries:
                yield Wording(f"at most {state.tries} tries", f"最多 {state.tries} 次").say(language)
        case "flow" if name in bot.flows:
            count = len(bot.flows[name].steps)
            steps = "1 step" if count == 1 else f"{count} steps"
            yield Wording(steps, f"{count} 个步骤").say(language)
        case "rule":
            for rule in (*bot.rules, *bot.menu_rules):
                if rule.name.text == name and rule.trigger.patterns:
                    yield ", ".join(f"`{leaf.scalar.text}`" for leaf in rule.trigger.patterns)
        case "operation":
            operation = bot.services[symbol.owner].operations.get(name) if symbol.owner in bot.services else None
            if operation is not None and operation.path is not None:
                yield f"`{operation.method} {operation.path.scalar.text}`"
        case "entity" if name in bot.entities:
            yield ", ".join(list(bot.entities[name].things)[:9])
        case _:
            return
