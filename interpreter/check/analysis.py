"""The analysis of a whole bot: the one walk over its model, and what the compiler looks up afterwards."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from interpreter.check import captures as capturing
from interpreter.check import naming, records
from interpreter.check.accounts import check_account
from interpreter.check.findings import AssignTarget, Findings
from interpreter.check.flows import check_default, check_flows
from interpreter.check.given import given_type
from interpreter.check.loops import endless_loops
from interpreter.check.media import check_media
from interpreter.check.menus import check_menus
from interpreter.check.questions import choice_scope
from interpreter.check.routine import Routine
from interpreter.check.rules import check_root_rule, check_state
from interpreter.check.services import check_service
from interpreter.check.steps import walk_steps
from interpreter.check.symbols import Symbols, declare
from interpreter.check.talks import check_test
from interpreter.check.texts import check_texts
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.leaves import Expression, Name, Text
from interpreter.dialog.model.rules import Domain, Parameter, Rule
from interpreter.dialog.model.steps import Assignment
from interpreter.expr.inference import Typed, TypedTemplate
from interpreter.expr.scope import Binding, Storage
from interpreter.patterns.tree import Capture
from interpreter.types.answers import Lexicon
from interpreter.types.kinds import OptionalType, TextType, Type

__all__ = ["Analysis", "AssignTarget", "analyse"]


class Analysis(Struct, frozen=True, eq=False):
    """What is known of a bot's expressions, texts and names; everything is looked up by the object in the model."""

    bot: Bot
    lexicon: Lexicon
    _findings: Findings

    @property
    def env_names(self) -> frozenset[str]:
        """The names of the environment that the bot reads."""
        return frozenset(self._findings.env_names)

    def typed(self, expression: Expression) -> Typed | None:
        """The typed form of an expression; None of one that no check has reached."""
        return self._findings.typed.get(id(expression))

    def text(self, text: Text) -> TypedTemplate | None:
        """The typed form of a text."""
        return self._findings.texts.get(id(text))

    def assigned(self, assignment: Assignment) -> Typed | None:
        """The whole right side of an assignment, ready to be stored: of `x += e` it is `x + e`.

        `typed(assignment.value)` is what was written after the operator.
        """
        return self._findings.whole.get(id(assignment))

    def target(self, name: Name) -> AssignTarget | None:
        """Where an assigned name's value goes; None of a name that cannot be assigned, which has been reported."""
        return self._findings.targets.get(id(name))

    def given_type(self, name: str) -> Type | None:
        """The type of what a test can give by a name; None of a name whose values have no declared type."""
        return given_type(name, self._findings.symbols)

    def captures(self, rule: Rule) -> tuple[Capture, ...]:
        """The captures of all patterns of a rule; optional are those that not every way into it gives."""
        found = self._findings.captures.get(id(rule))
        return capturing.captures_of(rule) if found is None else found

    def has_regex(self, rule: Rule) -> bool:
        """Whether the rule's steps see `match`."""
        return capturing.has_regex(rule)


def analyse(bot: Bot) -> tuple[Analysis, tuple[Diagnostic, ...]]:
    """Check a bot; the diagnostics are in the order of its files and lines."""
    symbols = declare(bot)
    findings = Findings(symbols)
    _check_variables(symbols, findings)
    _check_settings(bot, findings)
    check_flows(findings)
    for rule in (*bot.rules, *bot.menu_rules):
        check_root_rule(rule, findings)
    for state in bot.states.values():
        check_state(state, findings)
    _check_turn(bot, findings)
    for test in bot.tests:
        check_test(test, findings)
    _check_never_set(symbols, findings)
    findings.diagnostics.extend(endless_loops(symbols))
    return Analysis(bot, symbols.lexicon, findings), _in_order(bot, findings.diagnostics)


def _check_variables(symbols: Symbols, findings: Findings) -> None:
    for variable in symbols.bot.variables:
        findings.report(_bad_variable(variable))
        check_default(variable, symbols.constant, findings)


def _bad_variable(variable: Parameter) -> Diagnostic | None:
    text, span = variable.name.text, variable.name.span
    if not text.startswith("user."):
        return naming.bad_name(text, span)
    field = text.removeprefix("user.")
    if field in ("id", "locale"):
        return Diagnostic(
            "DL113", span, Wording(f"`{text}` is always there and cannot be declared", f"`{text}` 是内置的，不能声明")
        )
    return None if field in naming.BUILT_IN else naming.bad_name(field, span)


def _check_settings(bot: Bot, findings: Findings) -> None:
    """What is said outside of conversations, and what steps refer to."""
    for account in bot.accounts:
        check_account(account, findings)
    check_menus(bot, findings)
    check_media(bot, findings)
    for service in bot.services.values():
        check_service(service, findings)
    findings.text(bot.choice, choice_scope(findings.symbols.base))
    check_texts(findings)


def _check_turn(bot: Bot, findings: Findings) -> None:
    """Domains, and the steps that belong to no rule: before, after, fallback, failure."""
    symbols = findings.symbols
    routine = Routine(findings)
    walk_steps(bot.before, symbols.base, Routine(findings, settable=frozenset({"text"})))
    for domain in bot.domains.values():
        _check_domain(domain, routine)
    if bot.fallback is not None:
        by_message = bot.fallback.by_message or {}
        walk_steps(bot.fallback.steps, symbols.scope(records.UNDERSTOOD), routine)
        for message, steps in by_message.items():
            walk_steps(steps, symbols.scope(records.variants_of([message], [])), routine)
    error = {"error": Binding(records.ERROR, Storage.LOCAL)}
    walk_steps(bot.failure or (), symbols.base.with_bindings(error), routine)
    reply = {"reply": Binding(OptionalType(TextType()), Storage.ROOT)}
    last = Routine(findings, may_wait=False, may_repeat=False, settable=frozenset({"reply"}))
    walk_steps(bot.after, symbols.base.with_bindings(reply), last)


def _check_domain(domain: Domain, routine: Routine) -> None:
    base = routine.symbols.base
    routine.findings.condition(domain.guard, base)
    walk_steps(domain.refused or (), base, routine)
    walk_steps(domain.before, base, routine)


def _check_never_set(symbols: Symbols, findings: Findings) -> None:
    for name, span in findings.reads.items():
        declared = symbols.session[name].name.span
        findings.report(
            Diagnostic(
                "DL102",
                declared,
                Wording(f"nothing ever gives `{name}` a value", f"没有任何步骤给 `{name}` 赋值"),
                related=(Label(span, Wording("but it is read here", "但这里读取了它")),),
                help=Wording("give it a default, or make it optional with `?`", "请给它默认值，或加 `?` 设为可选"),
            )
        )


def _in_order(bot: Bot, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By file (the bot's own first) and place; what was found twice in one place is said once."""
    rank = {name: index for index, name in enumerate(bot.sources)}
    unique = {(each.code, each.span.file.name, each.span.start, each.message.en): each for each in diagnostics}
    return tuple(
        sorted(
            unique.values(),
            key=lambda each: (
                rank.get(each.span.file.name, len(rank)),
                each.span.file.name,
                each.span.start,
                each.span.end,
                each.code,
                each.message.en,
            ),
        )
    )
