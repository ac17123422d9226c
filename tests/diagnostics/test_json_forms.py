"""Findings as JSON."""

import json

from support.findings import FINDING, INFO

from interpreter.diagnostics.fingerprints import fingerprints
from interpreter.diagnostics.json_forms import render_json, render_json_lines


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
                "fingerprint": fingerprints([FINDING])[0],
            }
        ],
        "summary": {"error": 1, "warning": 0, "info": 0},
    }


def test_json_of_nothing_is_still_a_document() -> None:
    document = json.loads(render_json([]))
    assert document["diagnostics"] == []


def test_json_lines_have_the_keys_of_the_document() -> None:
    lines = render_json_lines([FINDING, INFO]).splitlines()
    assert list(map(json.loads, lines)) == json.loads(render_json([FINDING, INFO]))["diagnostics"]
    assert render_json_lines([]) == ""
