from __future__ import annotations

import pytest

from interpreter.server.endpoint import Answer
from interpreter.server.usual_answers import write_answer

NOON = 1_704_110_400  # 2024-01-01, in London


def test_a_message_is_answered_with_xml_and_its_length_in_bytes() -> None:
    assert write_answer(Answer(200, "<a>你好</a>".encode(), is_xml=True), NOON, False) == (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/xml; charset=utf-8\r\n"
        b"Date: Mon, 01 Jan 2024 12:00:00 GMT\r\nContent-Length: 13\r\n\r\n<a>\xe4\xbd\xa0\xe5\xa5\xbd</a>"
    )


def test_what_is_no_message_is_not_to_be_kept() -> None:
    assert write_answer(Answer(403, b"forbidden\n"), NOON, False) == (
        b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Date: Mon, 01 Jan 2024 12:00:00 GMT\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"
        b"Content-Length: 10\r\n\r\nforbidden\n"
    )


@pytest.mark.parametrize("is_last", [False, True])
def test_the_last_answer_says_that_it_is_the_last(is_last: bool) -> None:
    written = write_answer(Answer(200, b"success"), NOON, is_last)
    assert (b"\r\nConnection: close\r\n" in written) == is_last
    assert written.endswith(b"\r\nContent-Length: 7\r\n\r\nsuccess")


def test_answers_of_another_second_have_another_date() -> None:
    first, second = (write_answer(Answer(200, b"success"), at, False) for at in (NOON, NOON + 1))
    assert second == first.replace(b"12:00:00", b"12:00:01")
