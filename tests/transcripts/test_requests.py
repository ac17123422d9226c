from __future__ import annotations

import pytest

from interpreter.machine.effects import CallApi, LogLine, Send
from interpreter.machine.replies import TextReply
from interpreter.transcripts.requests import effect_line, is_requested

CALL = CallApi("1", "tag.create", {"tag": {"name": "V P", "empty": ""}, "openid_list": ["a", "b"], "on": True})


def test_a_call_is_shown_with_its_arguments() -> None:
    shown = '! api tag.create tag.name="V P" tag.empty="" openid_list[0]=a openid_list[1]=b on=true'
    assert effect_line(CALL) == shown


@pytest.mark.parametrize(
    ("wanted", "is_met"),
    [
        ("api tag.create", True),
        ("api tag.creat", False),
        ("api tag", False),
        ("api tag.create tag.name=V*", True),
        ('api tag.create on=true tag.name="V P"', True),
        ('api tag.create tag.empty=""', True),
        ("api tag.create tag.empty=", True),
        ("api tag.create tag.name=V", False),
        ("api tag.create nobody=*", False),
        ("send tag.create", False),
    ],
)
def test_of_a_call_only_what_the_line_names_counts(wanted: str, is_met: bool) -> None:
    assert is_requested(CALL, wanted) is is_met


def test_other_requests_are_met_by_their_beginning() -> None:
    send = Send("1", "bob", TextReply("hello there"))
    assert is_requested(send, "send hello")
    assert not is_requested(send, "send there")
    assert is_requested(LogLine("1", "paid"), "log paid")
