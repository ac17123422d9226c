"""Findings beside changed lines."""

import json

from support.findings import FINDING, INFO

from interpreter.diagnostics.annotations import render_github, render_gitlab


def test_github_commands_escape_what_they_must() -> None:
    assert render_github([FINDING, INFO]) == (
        "::notice file=bots/a%2Cb.yaml,line=1,endLine=2,col=1,title=DL018 unused-anchor::unused\n"
        "::error file=bots/a%2Cb.yaml,line=2,endLine=2,col=7,endColumn=8,title=DL101 unknown-target::"
        "no state is named `你好`%0A100%25 wrong%0Await: hi\n"
    )


def test_gitlab_gets_a_report_with_lines_and_fingerprints() -> None:
    info, error = json.loads(render_gitlab([FINDING, INFO], "zh"))
    assert error["description"] == "DL101 没有名为 `你好` 的状态"
    assert error["severity"] == "critical"
    assert error["location"] == {"path": "bots/a,b.yaml", "lines": {"begin": 2, "end": 2}}
    assert info["location"]["lines"] == {"begin": 1, "end": 2}
    assert info["fingerprint"] != error["fingerprint"]
    assert json.loads(render_gitlab([])) == []
