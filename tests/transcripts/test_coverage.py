"""What tests and examples leave out."""

from pathlib import Path

from interpreter.cli.loading import load
from interpreter.transcripts.coverage import coverage_report, unreached
from interpreter.transcripts.running import run_suite

BOT = """dialog: 1
name: demo
rules:
  hi: 你好
  menu: {pattern: =菜单, wait: main}
  bye: {reply: 再见, examples: [bye bye]}
states:
  main: {prompt: 选吧, choices: {1: {label: 甲, reply: 是甲}, 2: {label: 乙, reply: 是乙}}}
tests:
  chooses: {talk: "> 菜单\\n> 1\\n< 是甲"}
"""


def test_rules_and_choices_that_nothing_reaches_are_named_in_order() -> None:
    loaded = load(Path("bot.yaml"), texts={"bot.yaml": BOT})
    assert loaded.program is not None
    assert loaded.suite is not None
    verdicts = list(run_suite(loaded.program, loaded.suite))
    assert [rule.routine for rule in unreached(loaded.program, verdicts)] == ["rules.hi", "states.main/2"]
    assert coverage_report(loaded.program, verdicts, "zh").splitlines() == [
        "bot.yaml:4:3：没有测试到达 rules.hi",
        "bot.yaml:8:58：没有测试到达 states.main/2",
        "demo：5 条规则中到达了 3 条",
    ]
