"""What the tests and examples of a bot leave out."""

from __future__ import annotations

from collections.abc import Iterable

from interpreter.diagnostics.wording import Wording
from interpreter.program.rules import RuleTable
from interpreter.program.tables import Program
from interpreter.transcripts.running import Verdict


def unreached(program: Program, verdicts: Iterable[Verdict]) -> tuple[RuleTable, ...]:
    """The rules that no test and no example has reached, in the order of the file."""
    reached = {name for verdict in verdicts for name in verdict.rules}
    left = (rule for rule in program.rules.values() if rule.routine not in reached)
    return tuple(sorted(left, key=lambda rule: (rule.place.file, rule.place.line, rule.place.column)))


def coverage_report(program: Program, verdicts: Iterable[Verdict], language: str) -> str:
    """One line for each rule that was not reached, then how many were."""
    missing = unreached(program, verdicts)
    total, reached = len(program.rules), len(program.rules) - len(missing)
    lines = [
        Wording(f"{rule.place}: no test reaches {rule.routine}", f"{rule.place}：没有测试到达 {rule.routine}").say(
            language
        )
        for rule in missing
    ]
    lines.append(
        Wording(
            f"{program.name}: {reached} of {total} rules reached",
            f"{program.name}：{total} 条规则中到达了 {reached} 条",
        ).say(language)
    )
    return "\n".join(lines)
