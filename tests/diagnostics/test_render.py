"""Findings as a terminal shows them."""

import re
from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Label
from interpreter.diagnostics.reading import explain
from interpreter.diagnostics.render import MAX_OF_ONE_CODE, in_order, render_text
from interpreter.diagnostics.wording import Wording
from interpreter.source.reader import read_text
from interpreter.source.spans import SourceFile, Span

BOT = SourceFile("bot.yaml", "dialog: 1\nrules:\n  查天气: 好\n  帮我查天气: 马上查\n\n\n    wait: gues\n")


def span(word: str, file: SourceFile = BOT) -> Span:
    start = file.text.index(word)
    return Span(file, start, start + len(word))


def finding(word: str = "gues", code: str = "DL204", **more: object) -> Diagnostic:
    message = Wording("no state is named `gues`", "没有名为 `gues` 的状态")
    return Diagnostic(code, span(word), message, **more)  # type: ignore[arg-type]


def lines(text: str) -> str:
    return dedent(text).lstrip("\n")


def test_the_whole_form() -> None:
    target = span("gues")
    shown = finding(
        label=Wording("did you mean `guess`?", "是不是 `guess`？"),
        fix=Fix("wait: guess", (Edit(target, "guess"),), Applicability.SAFE),
        help=Wording("states are listed under `states`", "状态写在 `states` 下"),
        notes=(Wording("first note", "说明一"), Wording("second note", "说明二")),
    )
    assert render_text([shown]) == lines("""
        error[DL204]: no state is named `gues`
         --> bot.yaml:7:11
        7 |     wait: gues
          |           ^^^^ did you mean `guess`?
          = fix: wait: guess  (--fix)
          = help: states are listed under `states`
          = note: first note
          = note: second note
    """)
    assert render_text([shown], "zh") == lines("""
        错误[DL204]: 没有名为 `gues` 的状态
         --> bot.yaml:7:11
        7 |     wait: gues
          |           ^^^^ 是不是 `guess`？
          = 改为: wait: guess  (--fix)
          = 建议: 状态写在 `states` 下
          = 说明: 说明一
          = 说明: 说明二
    """)


def test_related_places_are_shown_in_order_with_gaps() -> None:
    shown = finding(
        label=Wording("here", "这里"),
        related=(Label(span("查天气: 好"), Wording("first", "一")), Label(span("马上查"), Wording("second", "二"))),
    )
    assert render_text([shown]) == lines("""
        error[DL204]: no state is named `gues`
         --> bot.yaml:7:11
        3 |   查天气: 好
          |   ---------- first
        4 |   帮我查天气: 马上查
          |               ------ second
        ...
        7 |     wait: gues
          |           ^^^^ here
    """)


def test_two_labels_on_a_line_have_a_row_each() -> None:
    shown = finding(related=(Label(span("wait"), Wording("the step", "步骤")),))
    assert render_text([shown]).splitlines()[2:] == [
        "7 |     wait: gues",
        "  |           ^^^^",
        "  |     ---- the step",
    ]


def test_a_related_place_in_another_file_has_its_own_heading() -> None:
    other = SourceFile("faq.yaml", "\n" * 11 + "hi: 你好\n")
    shown = finding(related=(Label(span("hi", other), Wording("also here", "这里也有")),))
    assert render_text([shown]) == lines("""
        error[DL204]: no state is named `gues`
          --> bot.yaml:7:11
         7 |     wait: gues
           |           ^^^^
          ::: faq.yaml:12:1
        12 | hi: 你好
           | -- also here
    """)


def test_a_fix_says_who_may_apply_it() -> None:
    target = span("gues")
    endings = []
    for applicability in Applicability:
        fix = Fix("wait: x", (Edit(target, "x"),), applicability)
        endings.append(render_text([finding(fix=fix)]).rstrip().rpartition("wait: x")[2])
    assert endings == ["  (--fix)", "  (--fix=all)", ""]
    assert render_text([finding(fix=Fix("wait: x"))]).endswith("= fix: wait: x\n")


def test_a_file_without_text_has_no_snippet() -> None:
    missing = Diagnostic("DL002", Span(SourceFile("a\x1b.yaml", ""), 0, 0), Wording("gone", "不见了"))
    assert render_text([missing]) == "error[DL002]: gone\n --> a\\x1b.yaml:1:1\n"


def test_a_place_on_several_lines_is_underlined_on_its_first() -> None:
    shown = render_text([finding("查天气: 好\n  帮")])
    assert "3 |   查天气: 好\n  |   ^^^^^^^^^^\n" in shown


def test_the_end_of_a_file_can_be_pointed_at() -> None:
    place = Span(BOT, len(BOT.text), len(BOT.text))
    assert "8 |\n  | ^\n" in render_text([Diagnostic("DL001", place, Wording("end", "完"))])


def test_findings_are_ordered_by_file_and_place() -> None:
    first = Diagnostic("DL001", Span(SourceFile("a.yaml", "x"), 0, 1), Wording("a", "甲"))
    later, sooner = finding("gues"), finding("rules")
    assert in_order([later, sooner, first]) == [first, sooner, later]


def test_many_findings_of_one_code_end_in_a_count() -> None:
    many = [finding() for _ in range(MAX_OF_ONE_CODE + 7)]
    shown = render_text([*many, finding(code="DL102")])
    assert shown.count("error[DL204]") == MAX_OF_ONE_CODE
    assert shown.count("error[DL102]") == 1
    assert shown.endswith("\n\n… and 7 more of DL204\n")
    assert render_text(many, "zh").endswith("…… DL204 另有 7 处\n")


def test_nothing_is_said_about_nothing() -> None:
    assert render_text([]) == ""


def test_colours_change_nothing_but_colours() -> None:
    findings = [
        finding(help=Wording("h", "建"), notes=(Wording("n", "说"),), fix=Fix("f")),
        finding("rules", "DL018", related=(Label(span("wait"), Wording("w", "等")),)),
    ]
    painted = render_text(findings, colour=True)
    assert painted != render_text(findings)
    assert re.sub("\x1b\\[[0-9;]*m", "", painted) == render_text(findings)


@given(st.text(st.sampled_from("ab: \n\t-[]{}&*@`'\"#：你\x1b\u202e\0"), max_size=60), st.sampled_from(["zh", "en"]))
def test_whatever_is_read_can_be_shown(text: str, language: str) -> None:
    shown = render_text([explain(problem) for problem in read_text("bot.yaml", text)[1]], language)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
