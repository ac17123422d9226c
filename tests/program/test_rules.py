"""The index of triggers gives the answer of asking every rule."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.program.names import RoutineName
from interpreter.program.rules import RuleTable, triggers_of

EVENTS = ("click", "scan", "subscribe")
KEYS = ("", "A", "AB", "B")
TYPES = ("text", "image", "event")


def rule(events: set[str], key: str | None, messages: set[str], always: bool) -> RuleTable:
    return RuleTable(
        name="r",
        routine=RoutineName("rules.r"),
        captures=(),
        events=tuple(events),
        key=key,
        messages=tuple(messages),
        always=always,
        condition=None,
        domain=None,
        anywhere=False,
        has_target=False,
        description=None,
        label=None,
        place=None,  # type: ignore[arg-type]  # nobody looks at it
        words=None,
        match_size=0,
    )


def answers(table: RuleTable, type: str, event: str | None, keys: list[str]) -> bool:
    if table.always or type in table.messages or "any" in table.messages:
        return True
    if event is None or event not in table.events:
        return False
    wanted = table.key
    return wanted is None or any(key.startswith(wanted[:-1]) if wanted.endswith("*") else key == wanted for key in keys)


RULES = st.lists(
    st.builds(
        rule,
        st.sets(st.sampled_from(EVENTS), max_size=2),
        st.sampled_from((None, "A", "A*", "AB", "*", "C")),
        st.sets(st.sampled_from((*TYPES, "any")), max_size=2),
        st.booleans(),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(RULES, st.sampled_from(TYPES), st.sampled_from(EVENTS), st.lists(st.sampled_from(KEYS), max_size=2))
def test_the_index_finds_the_rules_that_asking_each_of_them_finds(
    rules: list[RuleTable], type: str, event: str, keys: list[str]
) -> None:
    triggers = triggers_of(rules)
    expected = [index for index, table in enumerate(rules) if answers(table, type, None, [])]
    assert list(triggers.of_message(type)) == expected
    expected = [index for index, table in enumerate(rules) if answers(table, "event", event, keys)]
    assert list(triggers.of_event(event, keys)) == expected
