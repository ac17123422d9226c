"""Rules and states: what they answer, what their steps see."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from interpreter.check import naming, records
from interpreter.check.accounts import types_of
from interpreter.check.captures import MATCH, capture_bindings, captures_of, certain_groups, group_count, has_regex
from interpreter.check.events import EVENTS, is_event, is_sent, known_events
from interpreter.check.findings import Findings
from interpreter.check.questions import choice_scope, prompt_scope
from interpreter.check.replies import check_reply
from interpreter.check.routine import Routine
from interpreter.check.showing import shown
from interpreter.check.steps import walk_steps
from interpreter.diagnostics.codes import Severity
from interpreter.diagnostics.diagnostic import Diagnostic, Label
from interpreter.diagnostics.suggest import nearest
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.leaves import Name, PatternLeaf
from interpreter.dialog.model.rules import Rule, State, Trigger
from interpreter.expr.scope import Scope
from interpreter.patterns.tree import Capture
from interpreter.source.spans import Span
from interpreter.types.kinds import Type


def check_root_rule(rule: Rule, findings: Findings) -> None:
    """A rule of `rules` or of the menu."""
    findings = findings.in_rule(_groups(rule))
    _check_rule(rule, trigger_variants(rule.trigger), Routine(findings, may_repeat=rule.anywhere))


def check_state(state: State, findings: Findings) -> None:
    """A state, named or of a rule's `replies`: it sees none of the locals of the rule that led there."""
    symbols = findings.symbols
    routine = Routine(findings)
    check_reply(state.prompt, prompt_scope(symbols.base), routine)
    findings.text(state.choice, choice_scope(symbols.base))
    _check_back(state, findings)
    answers = state.rules or state.choices or state.otherwise is not None or state.timed_out is not None
    if not answers and not state.is_incomplete:
        findings.report(_dead_end(state))
    for choice in state.choices:
        _check_rule(choice, _choice_variants(choice.trigger), routine)
    for rule in state.rules:
        _check_rule(rule, trigger_variants(rule.trigger) & records.ANSWERS, routine)
    answer = symbols.scope(records.ANSWERS)
    for steps in (state.otherwise, state.give_up, state.timed_out):
        walk_steps(steps or (), answer, routine)


def trigger_variants(trigger: Trigger) -> records.Variants:
    """The messages a rule may answer."""
    if trigger.always:
        return records.EVERY
    if not trigger.messages and not trigger.events:
        return records.TEXTUAL if trigger.patterns else records.EVERY
    found = records.variants_of([name.text for name in trigger.messages], [name.text for name in trigger.events])
    if trigger.patterns:
        found |= records.TEXTUAL
    return found or records.EVERY


def _choice_variants(trigger: Trigger) -> records.Variants:
    """A choice is answered by its key and label, and by what its trigger says besides."""
    written = trigger.always or trigger.patterns or trigger.messages or trigger.events
    return records.UNDERSTOOD | (trigger_variants(trigger) & records.ANSWERS if written else frozenset())


def _check_rule(rule: Rule, variants: records.Variants, routine: Routine) -> None:
    findings = routine.findings.in_rule(_groups(rule))
    if findings is not routine.findings:
        routine = replace(routine, findings=findings)
    symbols = findings.symbols
    captures = captures_of(rule)
    findings.captures[id(rule)] = captures
    _check_trigger(rule.trigger, findings)
    check_reply(rule.description, symbols.base, routine)
    check_reply(rule.label, symbols.base, routine)
    scope = _rule_scope(rule, captures, symbols.scope(variants), findings)
    findings.condition(rule.condition, scope)
    if rule.condition is not None or rule.is_incomplete:
        scope = shown(rule.condition, scope, True, findings)
    walk_steps(rule.steps, scope, routine)
    if rule.replies is not None:
        check_state(rule.replies, findings.in_rule(None))


def _groups(rule: Rule) -> int | None:
    """How many groups there are to `match[n]`; None where there is no `match`."""
    return group_count(rule) if has_regex(rule) else None


def _rule_scope(rule: Rule, captures: tuple[Capture, ...], scope: Scope, findings: Findings) -> Scope:
    """What the rule's domain has shown, and what its patterns captured."""
    if rule.domain is not None:
        domain = findings.symbols.bot.domains.get(rule.domain.text)
        if domain is None:
            findings.report(naming.unknown("DL101", rule.domain, naming.DOMAIN, findings.symbols.domain_names()))
        else:
            scope = shown(domain.guard, scope, True, findings)
    bindings = capture_bindings(captures)
    certain: Mapping[str, Type] = {}
    if has_regex(rule):
        bindings["match"] = MATCH
        certain = certain_groups(rule) if rule.path not in findings.symbols.gone_to else {}
    scope = scope.with_bindings(bindings).with_narrowed(certain) if bindings else scope
    return replace(scope, is_open=True) if rule.trigger.is_incomplete else scope


def _check_trigger(trigger: Trigger, findings: Findings) -> None:
    for name in trigger.events:
        if not is_event(name.text):
            findings.report(_unknown_event(name, findings.symbols.bot))
        elif findings.symbols.bot.accounts and not is_sent(name.text, types_of(findings.symbols.bot)):
            findings.report(_foreign_event(name, findings.symbols.bot))
    for leaf in trigger.patterns:
        for capture in leaf.pattern.captures:
            if not naming.is_usable(capture.name):
                findings.report(naming.bad_name(capture.name, _capture_span(leaf, capture.name)))


def _unknown_event(name: Name, bot: Bot) -> Diagnostic:
    """An official account is offered none of WeCom's events."""
    help, known = None, sorted(known_events(types_of(bot)))
    if is_sent(name.text.lower(), types_of(bot)):
        help = Wording("events are written in lower case", "事件名用小写")
    elif nearest(name.text, known) is None and (foreign := nearest(name.text, sorted(EVENTS))):
        help = Wording(
            f"`{foreign}` is an event of WeCom, which official accounts are not sent",
            f"`{foreign}` 是企业微信的事件，公众号收不到",
        )
    return naming.unknown(
        "DL506",
        name,
        naming.EVENT,
        known,
        message=Wording(f"WeChat sends no event `{name.text}`", f"微信没有事件 `{name.text}`"),
        help=help,
    )


def _foreign_event(name: Name, bot: Bot) -> Diagnostic:
    """A warning, unlike the others: the rule may wait for other events, and an account of WeCom would be sent it."""
    return Diagnostic(
        "DL506",
        name.span,
        Wording(
            f"`{name.text}` is an event of WeCom: the bot's account is never sent it",
            f"`{name.text}` 是企业微信的事件，机器人的账号收不到",
        ),
        related=(Label(bot.accounts[0].span, Wording("the account is declared here", "账号声明在这里")),),
        help=Wording("take the event out of the rule", "请从规则中去掉这个事件"),
        own_severity=Severity.WARNING,
    )


def _capture_span(leaf: PatternLeaf, name: str) -> Span:
    start = leaf.scalar.text.find(f"<{name}")
    return leaf.scalar.place(start + 1, start + 1 + len(name)) if start >= 0 else leaf.scalar.span


def _check_back(state: State, findings: Findings) -> None:
    if state.back is None:
        return
    for choice in state.choices:
        if choice.name.text == state.back.text:
            findings.report(
                Diagnostic(
                    "DL003",
                    state.back.span,
                    Wording(
                        f"`{state.back.text}` is a choice of this state already, so it never leads back",
                        f"`{state.back.text}` 已是这个状态的选项，无法用来返回",
                    ),
                )
            )


def _dead_end(state: State) -> Diagnostic:
    name = state.name.text
    return Diagnostic(
        "DL306",
        state.name.span,
        Wording(f"state `{name}` has nothing to answer with", f"状态 `{name}` 不会回答任何消息"),
        help=Wording("give it `rules`, `choices` or `otherwise`", "请加上 `rules`、`choices` 或 `otherwise`"),
    )
