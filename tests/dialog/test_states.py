from __future__ import annotations

from interpreter.dialog.states import read_domains, read_flows, read_states


def test_states_are_read(chunk, leaves, tree, outline):
    found = read_states(leaves, tree(chunk.source))
    assert outline(tuple(found.values()), leaves.diagnostics) == chunk.expected


def test_a_flow_has_arguments_steps_and_a_result(leaves, tree, outline):
    found = read_flows(leaves, tree("f: {args: {a: int = 1, b: text?}, do: [{reply: x}], return: a + 1}"))
    assert outline(found["f"]) == (
        "Flow(name=f, parameters=[Parameter(name=a, type=int, default={1}), Parameter(name=b, type=text?)], "
        "steps=[ReplyStep(reply='x')], result={a + 1})"
    )


def test_a_flow_that_is_a_list_is_its_steps(leaves, tree, outline):
    found = read_flows(leaves, tree("f: [{reply: x}, {cancel: true}]\ng: [a, b]"))
    assert outline(tuple(found.values())).splitlines() == [
        "Flow(name=f, steps=[ReplyStep(reply='x'), CancelStep()])",
        "Flow(name=g, steps=[ReplyStep(reply=OneOf(mode='random', items=['a', 'b']))])",
    ]


def test_a_domain_has_a_guard_and_steps_around_it(leaves, tree, outline):
    found = read_domains(
        leaves, tree("member: {guard: user.member, else: {call: login}, before: [{log: x}]}\nopen: {}")
    )
    assert outline(tuple(found.values())).splitlines() == [
        "Domain(name=member, guard={user.member}, refused=[CallStep(flow=login)], before=[LogStep(text='x')])",
        "Domain(name=open)",
    ]


def test_no_map_holds_no_states_flows_or_domains(leaves):
    assert read_states(leaves, None) == {}
    assert read_flows(leaves, None) == {}
    assert read_domains(leaves, None) == {}
