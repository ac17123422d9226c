"""What a bot declares, by name, and the scopes that follow from it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from interpreter.check import records
from interpreter.check.traversal import assigned_names, nulled_names, rules_gone_to
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.rules import Parameter, Rule
from interpreter.expr.scope import Binding, Scope, Storage
from interpreter.source.spans import Span
from interpreter.types.kinds import (
    DateTimeType,
    DateType,
    RecordType,
    TextType,
    Type,
    optional,
)
from interpreter.types.lexicon import Lexicon


class Symbols(Struct, frozen=True):
    """The declarations of a bot and the names every place can see."""

    bot: Bot
    session: Mapping[str, Parameter]
    """Conversation variables."""
    user: Mapping[str, Parameter]
    """User variables, by name without `user.`."""
    rules: Mapping[str, Rule]
    """The root rules, the menu's included."""
    constant: Scope
    """What is there before any conversation: `bot env now today`."""
    base: Scope
    """What every place of a conversation sees."""
    unset: frozenset[str]
    """Conversation variables that have no value until something sets them."""
    never_set: frozenset[str]
    """Those of them that nothing ever sets."""
    nullable: frozenset[str]
    """Variables to which a step somewhere assigns `null`: what a condition showed of them is gone after a wait."""
    gone_to: frozenset[str]
    """The paths of the root rules that a `goto` leads to."""
    lexicon: Lexicon
    """What the bot knows of words."""

    _scopes: dict[records.Variants, Scope] = field(default_factory=dict)

    def scope(self, variants: records.Variants) -> Scope:
        """The base scope where one of these messages has come."""
        if variants not in self._scopes:
            self._scopes[variants] = self.with_message(self.base, variants)
        return self._scopes[variants]

    def with_message(self, scope: Scope, variants: records.Variants) -> Scope:
        """A scope in which the current message is one of these."""
        return scope.with_bindings({"message": Binding(records.message_type(variants), Storage.ROOT)})

    def user_type(self, name: str) -> Type | None:
        """The declared type of `user.name`, where it can be set."""
        if name == "locale":
            user = self.base.bindings["user"].type
            return user.fields["locale"] if isinstance(user, RecordType) else None
        variable = self.user.get(name)
        return variable.type if variable else None

    def state_names(self) -> dict[str, Span]:
        """Every state and where it is defined."""
        return {name: state.name.span for name, state in self.bot.states.items()}

    def flow_names(self) -> dict[str, Span]:
        """Every flow and where it is defined."""
        return {name: flow.name.span for name, flow in self.bot.flows.items()}

    def rule_names(self) -> dict[str, Span]:
        """Every root rule and where it is defined."""
        return {name: rule.name.span for name, rule in self.rules.items()}

    def domain_names(self) -> dict[str, Span]:
        """Every domain and where it is defined."""
        return {name: domain.name.span for name, domain in self.bot.domains.items()}

    def variable_names(self) -> dict[str, Span]:
        """Every variable as it is written (`answer`, `user.name`) and where it is declared."""
        return {variable.name.text: variable.name.span for variable in self.bot.variables}


def declare(bot: Bot) -> Symbols:
    """The symbols of a bot."""
    session = {variable.name.text: variable for variable in bot.variables if "." not in variable.name.text}
    user = {
        variable.name.text.removeprefix("user."): variable
        for variable in bot.variables
        if variable.name.text.startswith("user.")
    }
    rules: dict[str, Rule] = {}
    for rule in (*bot.rules, *bot.menu_rules):
        rules.setdefault(rule.name.text, rule)
    unset = frozenset(name for name, variable in session.items() if variable.has_no_value)
    constant = _constant_scope(bot)
    base = constant.with_bindings(_conversation_bindings(bot, session, user, unset))
    gone_to = frozenset(rules[name].path for name in rules_gone_to(bot) if name in rules)
    never_set = unset - assigned_names(bot)
    lexicon = Lexicon({name: entity.things for name, entity in bot.entities.items()}, bot.locales, bot.timezone)
    nulled = nulled_names(bot)
    return Symbols(bot, session, user, rules, constant, base, unset, never_set, nulled, gone_to, lexicon)


def _constant_scope(bot: Bot) -> Scope:
    return Scope(
        {
            "bot": Binding(records.BOT, Storage.ROOT),
            "env": Binding(records.ENV, Storage.ROOT),
            "now": Binding(DateTimeType(), Storage.ROOT),
            "today": Binding(DateType(), Storage.ROOT),
        },
        entities={name: tuple(entity.things) for name, entity in bot.entities.items()},
    )


def _conversation_bindings(
    bot: Bot, session: Mapping[str, Parameter], user: Mapping[str, Parameter], unset: frozenset[str]
) -> dict[str, Binding]:
    of_user = {
        name: optional(variable.type) if variable.has_no_value else variable.type for name, variable in user.items()
    }
    texts: dict[str, Type] = dict.fromkeys((name.text for name in bot.text_names), TextType())
    bindings = {
        "text": Binding(TextType(), Storage.ROOT),
        "message": Binding(records.message_type(records.EVERY), Storage.ROOT),
        "user": Binding(records.user_type(bot.locales, of_user), Storage.USER),
        "session": Binding(records.SESSION, Storage.ROOT),
        "state": Binding(records.STATE, Storage.ROOT),
        "texts": Binding(RecordType("texts", texts), Storage.TEXTS),
    }
    for name, variable in session.items():
        bindings.setdefault(name, Binding(variable.type, Storage.SESSION, may_be_unset=name in unset))
    return bindings
