"""The judge: what it lets pass, and what it finds."""

from __future__ import annotations

import pytest
from faults.ledger import Judge


def judged(answers: dict[str, list[str]], final: str = "") -> list[str]:
    """Entries of one user, one after the other, and what each was answered with."""
    judge = Judge()
    for word, heard in answers.items():
        entry = judge.sent("ann", word)
        for answer in heard:
            judge.heard(entry, answer)
    if final:
        judge.heard_all("ann", final)
    return judge.faults()


@pytest.mark.parametrize(
    ("answers", "final"),
    [
        ({"a": ["1 a", "1 a"], "b": ["2 b"]}, "2 a,b"),
        ({"a": [], "b": ["1 a\n2 b"]}, "2 a,b"),
        ({"a": [], "b": ["2 b"]}, "1 a\n2 a,b"),
        ({"a": [], "b": ["1 b"]}, "1 b"),
    ],
    ids=["all answered", "a late reply before the next", "a late reply before the ledger", "one never arrived"],
)
def test_a_ledger_that_never_failed_has_no_faults(answers: dict[str, list[str]], final: str) -> None:
    assert judged(answers, final) == []


@pytest.mark.parametrize(
    ("answers", "final", "fault"),
    [
        ({"a": ["1 a"], "b": ["1 b"]}, "", "given 2 times"),
        ({"a": ["1 a", "2 a"]}, "", "different ways"),
        ({"a": ["1 b"]}, "", "got the answer '1 b'"),
        ({"a": ["1 a"], "b": ["9 z\n2 b"]}, "", "got the answer"),
        ({"a": ["2 a"], "b": ["1 b"]}, "", "comes after it"),
        ({"a": ["1 a"], "b": ["2 b"]}, "1 a", "is lost"),
        ({"a": ["1 a"]}, "2 a,a", "written 2 times"),
        ({"a": ["1 a"], "b": ["2 b"]}, "3 a,b,c", "the ledger has 3"),
    ],
)
def test_whatever_is_wrong_is_found(answers: dict[str, list[str]], final: str, fault: str) -> None:
    assert fault in "; ".join(judged(answers, final))
