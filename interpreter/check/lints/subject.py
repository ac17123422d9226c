"""What a check looks at: the bot, what is known of its expressions, and the lists every check would gather again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from interpreter.check.analysis import Analysis
from interpreter.check.lints.leaves import Formula, Leaf, formulas, leaves_of_bot, leaves_of_test
from interpreter.check.lints.regexes import RuleRegex, regexes_of
from interpreter.check.lints.replies import replies_of
from interpreter.check.lints.speech import Said, everything_said, questions_of
from interpreter.check.traversal import nested, routines
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.leaves import PatternLeaf, Text
from interpreter.dialog.model.replies import Reply, Say
from interpreter.dialog.model.rules import Rule, State
from interpreter.dialog.model.steps import ApiStep, AskStep, FormStep, IfStep, Question, Step, Steps

_PROSE = re.compile(r"[\w \n.,!?~，。、！？；～—…“”‘’（）《》()'-]*")
"""Letters and the usual punctuation, of which a colon is none: keys have it."""
_WORDS = re.compile(r"=?[\w ]*")
"""Most patterns: nothing in them can be mistaken for something else."""


class Subject(Struct, frozen=True, dict=True):
    """A bot without errors, ready to be checked."""

    bot: Bot
    analysis: Analysis

    @cached_property
    def states(self) -> tuple[State, ...]:
        """Every state: the named ones, then the unnamed ones of `replies`, at any depth."""
        return (*self.bot.states.values(), *_unnamed(self.root_rules), *_unnamed_of_states(self.bot))

    @cached_property
    def root_rules(self) -> tuple[Rule, ...]:
        """`rules`, then the rules of menu buttons: the list a fresh message meets."""
        return (*self.bot.rules, *self.bot.menu_rules)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule: of the root, and of every state, choices included."""
        return (*self.root_rules, *(rule for state in self.states for rule in (*state.choices, *state.rules)))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step of the bot, inner ones after the one that holds them."""
        return tuple(step for steps in self.routines for step in nested(steps))

    @cached_property
    def calls(self) -> tuple[ApiStep, ...]:
        """Every call of WeChat's API."""
        return tuple(step for step in self.steps if isinstance(step, ApiStep))

    @cached_property
    def routines(self) -> tuple[Steps, ...]:
        """Every list of steps that is not inside another one, the empty ones left out."""
        return tuple(filter(None, routines(self.bot)))

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question of the bot."""
        return tuple(questions_of(self.steps))

    @cached_property
    def replies(self) -> tuple[Reply, ...]:
        """Every reply of the bot, and after it those inside it."""
        return tuple(replies_of(self.bot.texts.values(), self.rules, self.states, self.steps))

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every text of those replies."""
        return tuple([reply.text for reply in self.replies if isinstance(reply, Say)])

    @cached_property
    def marked_texts(self) -> tuple[Text, ...]:
        """Those in which there is more than prose: all where markup, placeholders or a look-alike of a key can be."""
        return tuple([text for text in self.texts if not _PROSE.fullmatch(text.scalar.text)])

    @cached_property
    def marked_patterns(self) -> tuple[tuple[Rule, PatternLeaf], ...]:
        """The patterns of all rules in which there is more than words, and their rules."""
        return tuple(
            [
                (rule, leaf)
                for rule in self.rules
                for leaf in rule.trigger.patterns
                if not _WORDS.fullmatch(leaf.scalar.text)
            ]
        )

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """Every reply that a step, a state or a named text says, lists and locale maps opened."""
        return tuple(everything_said(self.steps, self.states, self.bot.texts.values()))

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every expression and text of the bot, those of its tests left out."""
        return tuple(leaves_of_bot(self.bot))

    @cached_property
    def test_leaves(self) -> tuple[Leaf, ...]:
        """Every expression and text of the bot's tests."""
        return tuple(leaf for test in self.bot.tests for leaf in leaves_of_test(test))

    @cached_property
    def conditions(self) -> frozenset[int]:
        """The identities of the leaves that are conditions."""
        branches = (branch.condition for step in self.steps if isinstance(step, IfStep) for branch in step.branches)
        questions = [step.question for step in self.steps if isinstance(step, AskStep)]
        questions += [question for step in self.steps if isinstance(step, FormStep) for question in step.fields]
        asked = (part for question in questions for part in (question.check, question.condition))
        guards = (domain.guard for domain in self.bot.domains.values())
        return frozenset(map(id, (*(rule.condition for rule in self.rules), *branches, *asked, *guards)))

    @cached_property
    def formulas(self) -> tuple[Formula, ...]:
        """Every single expression of the bot, those in texts and in tests too."""
        return tuple(formulas((*self.leaves, *self.test_leaves), self.analysis))

    @cached_property
    def regexes(self) -> tuple[RuleRegex, ...]:
        """The regular expressions among the patterns of all rules."""
        return tuple(regex for rule in self.rules for regex in regexes_of(rule))


def _unnamed(rules: tuple[Rule, ...]) -> Iterator[State]:
    for rule in rules:
        if rule.replies is not None:
            yield rule.replies
            yield from _unnamed((*rule.replies.choices, *rule.replies.rules))


def _unnamed_of_states(bot: Bot) -> Iterator[State]:
    for state in bot.states.values():
        yield from _unnamed((*state.choices, *state.rules))
