"""Findings as a JUnit report."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from support.findings import FINDING, INFO

from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.junit import render_junit
from interpreter.diagnostics.wording import Wording
from interpreter.source.spans import SourceFile, Span


def test_a_file_is_a_suite_and_a_finding_a_failed_test() -> None:
    other = Diagnostic("DL002", Span(SourceFile("z.yaml", ""), 0, 0), Wording("gone", "没有"))
    root = ET.fromstring(render_junit([other, FINDING, INFO], "zh"))  # noqa: S314  our own report
    assert root.attrib == {"name": "dialog-lint", "tests": "3", "failures": "3", "errors": "0"}
    assert [(suite.get("name"), suite.get("failures")) for suite in root] == [("bots/a,b.yaml", "2"), ("z.yaml", "1")]
    failure = root[0][1][0]
    assert failure.attrib == {"type": "error", "message": "没有名为 `你好` 的状态"}
    assert (failure.text or "").split("\n")[1:-1] == ["bots/a,b.yaml:2:7", "全错", "说明", "wait: hi"]


def test_a_clean_run_is_one_test_that_passed() -> None:
    root = ET.fromstring(render_junit([]))  # noqa: S314
    assert (root.get("tests"), root.get("failures")) == ("1", "0")
    assert [case.attrib["name"] for case in root.iter("testcase")] == ["no findings"]


@given(st.text(max_size=20))
def test_it_is_xml_whatever_the_file_holds(text: str) -> None:
    finding = Diagnostic(
        "DL101", Span(SourceFile(text, text), 0, len(text)), Wording(text, text), help=Wording(text, text)
    )
    ET.fromstring(render_junit([finding]).encode("utf-8"))  # noqa: S314
