"""Findings for other programs."""

from hypothesis import given
from hypothesis import strategies as st
from support.findings import FINDING, INFO

from interpreter.diagnostics.formats import FORMATS, render_short
from interpreter.diagnostics.reading import explain
from interpreter.source.reader import read_text


def test_short_is_one_line_each_in_order() -> None:
    assert render_short([FINDING, INFO]) == (
        "bots/a,b.yaml:1:1: info DL018 unused\nbots/a,b.yaml:2:7: error DL101 no state is named `你好`\n"
    )
    assert render_short([INFO], "zh") == "bots/a,b.yaml:1:1: 提示 DL018 未用\n"


@given(st.text(st.sampled_from("ab: \n-[]*@`'\"：你\x1b\ud800\r"), max_size=40), st.sampled_from(["zh", "en"]))
def test_every_format_prints_whatever_is_found(text: str, language: str) -> None:
    findings = [explain(problem) for problem in read_text("bot.yaml", text)[1]]
    for render in FORMATS.values():
        shown = render(findings, language)
        assert shown == render(findings, language)
        shown.encode("utf-8")
        assert not shown or shown.endswith("\n")
