from __future__ import annotations

from interpreter.server.diagnosis.computer import computer_findings, look_at_computer
from interpreter.server.diagnosis.findings import has_problem


def test_the_computer_of_these_tests_will_do() -> None:
    facts = look_at_computer(("Asia/Shanghai", "UTC"), with_redis=False)
    assert facts.python >= (3, 11)
    assert facts.zones == {"Asia/Shanghai": True, "UTC": True}
    assert not has_problem(computer_findings(facts))


def test_packages_and_their_versions_are_those_the_project_asks_for() -> None:
    facts = look_at_computer((), with_redis=False)
    assert {"aiohttp", "lxml", "cryptography"} <= set(facts.wanted)
    assert "redis" not in facts.wanted
    assert "pygls" not in facts.wanted
    assert all(facts.installed.values())


def test_redis_is_asked_for_when_it_is_used() -> None:
    assert "redis" in look_at_computer((), with_redis=True).wanted


def test_a_time_zone_nobody_knows_is_a_fact() -> None:
    assert look_at_computer(("Moon/Crater", "../etc"), with_redis=False).zones == {
        "Moon/Crater": False,
        "../etc": False,
    }
