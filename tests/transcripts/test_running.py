from __future__ import annotations

import pytest
from support.bots import compile_text

from interpreter.transcripts.report import failure_report, summary
from interpreter.transcripts.running import Verdict, run_suite

HEAD = """dialog: 1
name: t
locales: [en]
vars: {n: int = 0, day: date?}
services: {s: {url: 'https://s.example', operations: {o: {get: /o}}}}
rules:
  hi: [hello]
  two: {pattern: =two, do: [{reply: first}, {reply: second}]}
  news: {pattern: =news, reply: {news: {title: T}}}
  song: {pattern: =song, reply: {music: {title: S, url: 'https://a.example'}}}
  call: {pattern: =call, do: [{fetch: s.o(), into: x, failed: {reply: down}}, {log: called}, {send: psst}]}
  break: {pattern: =break, reply: $(1 // n)}
  timer: {pattern: =timer, wait: timer}
  endless: {pattern: =endless, wait: endless}
states:
  timer: {timeout: 10m, timed_out: [{send: psst}, it is over], rules: {a: {pattern: =a, reply: b}}}
  endless: {timeout: 1s, timed_out: [{send: tick}, {again: true}], rules: {a: {pattern: =a, reply: b}}}
"""


def run(talk: str, given: str = "{}", head: str = HEAD) -> Verdict:
    lines = "\n".join(f"      {line}" for line in talk.strip().splitlines())
    compiled = compile_text(f"{head}tests:\n  it:\n    given: {given}\n    talk: |\n{lines}\n")
    assert compiled.program is not None, [item.message.en for item in compiled.diagnostics]
    assert compiled.suite is not None
    return next(iter(run_suite(compiled.program, compiled.suite)))


def report(verdict: Verdict, language: str = "en") -> str:
    assert verdict.failure is not None
    return failure_report(verdict, verdict.failure, language, colour=False)


@pytest.mark.parametrize(
    "talk",
    [
        "> hi\n< hello",
        "> hi\n< /^h.*o$/",
        "> two\n< first\n< second",
        "> two\n< first\n< /sec/",
        "> two\n< *",
        "> news\n< @news",
        "> news\n< @news T",
        "> song\n< @music",
        "> call\n! fetch s.o\n! send psst",
        "> hi\n~ 5m\n? n == 0",
        "@bob > hi\n< hello",
        "> timer\n~ 5m\n< @none",
        "> timer\n~ 10m\n< it is over\n! send psst",
        "> timer\n@bob > timer\n~ 10m\n< it is over\n< it is over\n~ 1m\n< @none",
        "> endless\n~ 10m\n! send tick",
    ],
)
def test_a_conversation_that_holds(talk: str) -> None:
    assert run(talk).failure is None


@pytest.mark.parametrize(
    ("talk", "line", "words"),
    [
        ("> hi\n< bye", 2, "another one"),
        ("> two\n< first\n< third", 3, "another one"),
        ("> two\n< first\n< second\n< third", 4, "another one"),
        ("> two\n< first\n< /third/", 3, "another one"),
        ("> two\n< /first/\n< second\n< /x/", 4, "another one"),
        ("> hi\n? n == 1", 2, "not true: n == 1"),
        ("> hi\n? 1 // n == 1", 2, "the check failed"),
        ("> hi\n! fetch s.o", 2, "did not request"),
        ("> timer\n~ 10m\n< hello", 3, "another one"),
        ("> endless\n~ 1h", 2, "the clock cannot move that far"),
        ("> call\n< up", 2, "s.o has neither a `mock` nor a given answer"),
    ],
)
def test_a_conversation_that_fails_says_where_and_why(talk: str, line: int, words: str) -> None:
    verdict = run(talk)
    assert verdict.failure is not None
    assert verdict.failure.place.line == HEAD.count("\n") + 4 + line
    assert words in report(verdict)


def test_a_report_shows_the_talk_and_both_replies() -> None:
    shown = report(run("> hi\n< hello\n> two\n< first\n< third"))
    assert "> two" in shown
    assert "- third" in shown
    assert "+ second" in shown


def test_a_report_in_chinese_and_with_colour() -> None:
    verdict = run("> hi\n< bye")
    assert verdict.failure is not None
    assert "期望" in report(verdict, "zh")
    assert "\x1b[31m" in failure_report(verdict, verdict.failure, "zh", colour=True)


def test_a_report_names_the_fault_behind_a_wrong_reply() -> None:
    verdict = run("> break\n< 1")
    assert "division by zero" in report(verdict)
    assert "运算错误：除数为零" in report(verdict, "zh")
    assert "检查出错：运算错误：除数为零" in report(run("> hi\n? 1 // n == 1"), "zh")


def test_a_long_talk_is_cut_in_the_report() -> None:
    assert "…" in report(run("> hi\n" * 20 + "< bye"))


def test_given_values_are_read_as_the_type_of_their_variable() -> None:
    assert run("> hi\n? day == date(2026, 5, 1) and n == 7", "{day: 2026-05-01, n: 7}").failure is None


FORMS = """dialog: 1
name: t
locales: [en]
vars: {user.phone: phone?, code: digits(4)?, city: cities?, n: int = 0, when: datetime?, calls: 'list(phone) = []'}
entities: {cities: {北京: [帝都], 上海: []}}
rules:
  hi: [hello]
"""


@pytest.mark.parametrize(
    ("given", "check"),
    [
        ("{user.phone: 13800138000}", 'user.phone == "13800138000" and kind(user.phone) == "text"'),
        ("{user.phone: +86 138-0013-8000}", 'user.phone == "13800138000"'),
        ("{user.phone: $(text(13800138000))}", 'user.phone == "13800138000"'),
        ("{code: 0571}", 'code == "0571"'),
        ("{code: 1234}", 'code == "1234"'),
        ("{city: 帝都}", 'city == "北京"'),
        ("{city: '帝$(\"都\")'}", 'city == "北京"'),
        ("{n: 十二}", "n == 12"),
        ("{when: 2026-05-01T08:30}", "when != null and when.hour == 8"),
        ("{calls: [13800138000, $(text(13900139000))]}", 'calls == ["13800138000", "13900139000"]'),
    ],
)
def test_given_values_of_text_like_types_are_read_as_their_text(given: str, check: str) -> None:
    assert run(f"> hi\n? {check}", given, FORMS).failure is None


@pytest.mark.parametrize(
    ("given", "english", "chinese"),
    [
        (
            "{n: 1, user.phone: $(text(now.day))}",
            "`user.phone` is phone?, and what is given for it is not",
            "`user.phone` 的类型是 phone?，给定的值不是",
        ),
        (
            "{n: $(1 // (now.day - 1))}",
            "`n` cannot be given this: division by zero",
            "`n` 无法给定：运算错误：除数为零",
        ),
        (
            "{env.A: {b: c}}",
            "`env.A` cannot be given this: a map has no text form",
            "`env.A` 无法给定：类型不符：map 不能",
        ),
    ],
)
def test_what_is_given_and_fails_is_named_with_its_place(given: str, english: str, chinese: str) -> None:
    verdict = run("> hi", given, FORMS)
    assert verdict.failure is not None
    assert verdict.failure.place.line == FORMS.count("\n") + 3
    assert verdict.failure.message.en == english
    assert verdict.failure.message.zh.startswith(chinese)


def test_a_default_that_fails_is_named_and_no_fault_of_what_is_given() -> None:
    head = """dialog: 1
name: t
locales: [en]
vars:
  n: int = 0
  user.phone: phone = text(env.PHONE)
rules:
  hi: {pattern: =hi, reply: $(user.phone)}
"""
    assert "bot.yaml:6:3: the default of user.phone is not of its type, which is phone" in report(
        run("> hi\n< 1", head=head)
    )
    assert "user.phone 的默认值不符合它的类型 phone" in report(run("> hi\n< 1", head=head), "zh")
    assert run("> hi\n< 13800138000", "{user.phone: 13800138000}", head).failure is None
    assert run("> hi\n< 13800138000", "{env.PHONE: '13800138000'}", head).failure is None


@pytest.mark.parametrize(("given", "now"), [("{}", "12:00"), ("{now: 2026-01-01T08:30}", "08:30")])
def test_the_clock_is_pinned_and_may_be_given(given: str, now: str) -> None:
    assert run(f'> hi\n? text(now)[11:16] == "{now}"', given).failure is None


def test_an_example_that_another_rule_takes_is_a_failure() -> None:
    compiled = compile_text(
        "dialog: 1\nname: t\nlocales: [en]\nrules:\n  a: [x]\n"
        "  b: {pattern: [ab, zz], examples: [zz, ab, q], reply: y}\n"
    )
    assert compiled.program is not None
    assert compiled.suite is not None
    verdicts = list(run_suite(compiled.program, compiled.suite))
    assert [verdict.failure is None for verdict in verdicts] == [True, False, False]
    assert "rules.a takes it" in report(verdicts[1])
    assert "no rule answers it" in report(verdicts[2])
    assert summary(verdicts, "en") == "1 passed, 2 failed (3 turns)"
    assert summary(verdicts, "zh").startswith("1 个通过")


def test_an_example_of_a_state_is_sent_to_someone_who_waits_there() -> None:
    compiled = compile_text(
        "dialog: 1\nname: t\nlocales: [en]\nrules:\n  go: {wait: s}\n"
        "states:\n  s: {rules: {yes: {pattern: ok, examples: ['ok then'], reply: y}}}\n"
    )
    assert compiled.program is not None
    assert compiled.suite is not None
    assert [verdict.failure for verdict in run_suite(compiled.program, compiled.suite)] == [None]


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("now.hour == 5", ["now.hour = 12"]),
        ("not (n == 0 and len('ab') > n + 1)", ["n = 0", 'len("ab") = 2', "n + 1 = 1"]),
        ("n + 1 > 4 or state.name == 'x'", ["n + 1 = 1", "state.name = "]),
        ("n in [1, 2]", ["n = 0"]),
        ("1 // n == 1", []),
    ],
)
def test_a_check_that_does_not_hold_shows_what_it_compares(check: str, said: list[str]) -> None:
    failure = run(f"> hi\n? {check}").failure
    assert failure is not None
    assert [line for line in said if line not in failure.said] == []
