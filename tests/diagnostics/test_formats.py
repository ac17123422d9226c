"""Findings for other programs."""

import json

from hypothesis import given
from hypothesis import strategies as st

from interpreter.diagnostics.diagnostic import Diagnostic, Edit, Fix, Label
from interpreter.diagnostics.formats import FORMATS, render_github, render_json, render_short
from interpreter.diagnostics.reading import explain
from interpreter.diagnostics.wording import Wording
from interpreter.source.reader import read_text
from interpreter.source.spans import SourceFile, Span

BOT = SourceFile("bots/a,b.yaml", "dialog: 1\nwait: 你好\n")
PLACE = Span(BOT, 16, 18)
FINDING = Diagnostic(
    "DL101",
    PLACE,
    Wording("no state is named `你好`", "没有名为 `你好` 的状态"),
    label=Wording("100% wrong", "全错"),
    related=(Label(Span(BOT, 0, 6), Wording("see", "见")),),
    notes=(Wording("note", "说明"),),
    fix=Fix("wait: hi", (Edit(PLACE, "hi"),)),
)
INFO = Diagnostic("DL018", Span(BOT, 0, 12), Wording("unused", "未用"))


def test_short_is_one_line_each_in_order() -> None:
    assert render_short([FINDING, INFO]) == (
        "bots/a,b.yaml:1:1: info DL018 unused\nbots/a,b.yaml:2:7: error DL101 no state is named `你好`\n"
    )
    assert render_short([INFO], "zh") == "bots/a,b.yaml:1:1: 提示 DL018 未用\n"


def test_json_has_all_that_is_known() -> None:
    document = json.loads(render_json([FINDING], "zh"))
    place = {
        "file": "bots/a,b.yaml",
        "line": 2,
        "column": 7,
        "end_line": 2,
        "end_column": 9,
        "start": 16,
        "end": 18,
    }
    assert document == {
        "version": 1,
        "diagnostics": [
            {
                "code": "DL101",
                "name": "unknown-target",
                "severity": "error",
                "message": "没有名为 `你好` 的状态",
                "label": "全错",
                "help": None,
                "notes": ["说明"],
                **place,
                "related": [
                    {
                        "message": "见",
                        "file": "bots/a,b.yaml",
                        "line": 1,
                        "column": 1,
                        "end_line": 1,
                        "end_column": 7,
                        "start": 0,
                        "end": 6,
                    }
                ],
                "fix": {"shown": "wait: hi", "applicability": "manual", "edits": [{"text": "hi", **place}]},
            }
        ],
        "summary": {"error": 1, "warning": 0, "info": 0},
    }


def test_json_of_nothing_is_still_a_document() -> None:
    document = json.loads(render_json([]))
    assert document["diagnostics"] == []


def test_github_commands_escape_what_they_must() -> None:
    assert render_github([FINDING, INFO]) == (
        "::notice file=bots/a%2Cb.yaml,line=1,endLine=2,col=1,title=DL018 unused-anchor::unused\n"
        "::error file=bots/a%2Cb.yaml,line=2,endLine=2,col=7,endColumn=8,title=DL101 unknown-target::"
        "no state is named `你好`%0A100%25 wrong%0Await: hi\n"
    )


@given(st.text(st.sampled_from("ab: \n-[]*@`'\"：你\x1b\ud800\r"), max_size=40), st.sampled_from(["zh", "en"]))
def test_every_format_prints_whatever_is_found(text: str, language: str) -> None:
    findings = [explain(problem) for problem in read_text("bot.yaml", text)[1]]
    for render in FORMATS.values():
        shown = render(findings, language)
        assert shown == render(findings, language)
        shown.encode("utf-8")
        assert not shown or shown.endswith("\n")
