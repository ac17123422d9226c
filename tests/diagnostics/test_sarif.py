"""Findings as SARIF, held to the part of the standard's schema that we use."""

import json
from pathlib import Path

import jsonschema
import pytest
from support.findings import FINDING, INFO

from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.reading import explain
from interpreter.diagnostics.sarif import render_sarif
from interpreter.diagnostics.wording import Wording
from interpreter.source.files import read_file
from interpreter.source.reader import read_source
from interpreter.source.spans import SourceFile, Span

DATA = Path(__file__).parents[1] / "data"
SCHEMA = json.loads((DATA / "diagnostics" / "sarif-2.1.0-subset.json").read_text(encoding="utf-8"))
BROKEN = sorted((DATA / "source" / "broken").glob("*.yaml"))


def valid(findings: list[Diagnostic], language: str = "en") -> dict[str, object]:
    log = json.loads(render_sarif(findings, language))
    jsonschema.Draft202012Validator(SCHEMA).validate(log)
    run = log["runs"][0]
    assert isinstance(run, dict)
    return run


def test_a_result_has_its_place_in_code_points_and_its_fix() -> None:
    run = valid([FINDING], "zh")
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["results"] == [
        {
            "ruleId": "DL101",
            "ruleIndex": 0,
            "level": "error",
            "message": {"text": "没有名为 `你好` 的状态\n全错\n说明"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "bots/a%2Cb.yaml"},
                        "region": {"startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 9},
                    }
                }
            ],
            "partialFingerprints": run["results"][0]["partialFingerprints"],  # type: ignore[index]
            "relatedLocations": [
                {
                    "id": 0,
                    "message": {"text": "见"},
                    "physicalLocation": {
                        "artifactLocation": {"uri": "bots/a%2Cb.yaml"},
                        "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 7},
                    },
                }
            ],
            "fixes": [
                {
                    "description": {"text": "wait: hi"},
                    "artifactChanges": [
                        {
                            "artifactLocation": {"uri": "bots/a%2Cb.yaml"},
                            "replacements": [
                                {
                                    "deletedRegion": {"startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 9},
                                    "insertedContent": {"text": "hi"},
                                }
                            ],
                        }
                    ],
                }
            ],
        }
    ]


def test_rules_are_those_that_were_broken() -> None:
    driver = valid([FINDING, INFO, INFO])["tool"]["driver"]  # type: ignore[index]
    assert [(rule["id"], rule["defaultConfiguration"]["level"]) for rule in driver["rules"]] == [
        ("DL018", "note"),
        ("DL101", "error"),
    ]


def test_nothing_found_is_a_run_without_results() -> None:
    assert valid([])["results"] == []


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_whatever_is_found_makes_a_valid_log(path: Path) -> None:
    file, problems = read_file(path, "bot.yaml")
    found = (*problems, *(read_source(file)[1] if file else ()))
    valid([explain(problem) for problem in found])


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("./a b.yaml", "a%20b.yaml"),
        ("机器人/bot.yaml", "%E6%9C%BA%E5%99%A8%E4%BA%BA/bot.yaml"),
        ("/srv/bot.yaml", "file:///srv/bot.yaml"),
        ("bots\\bot.yaml", "bots/bot.yaml"),
        ("a:b.yaml", "a%3Ab.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
    ],
)
def test_a_file_name_is_a_uri(name: str, uri: str) -> None:
    finding = Diagnostic("DL002", Span(SourceFile(name, ""), 0, 0), Wording("gone", "没有"))
    [result] = valid([finding])["results"]  # type: ignore[misc]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri
