from __future__ import annotations

import gc
import logging
import os
import threading
import warnings
from collections.abc import Callable

import pytest

from interpreter.server.journal import Journal, Notes, if_read, installed, to_descriptor
from interpreter.server.log_lines import TextLines
from interpreter.server.secrecy import Secrets

log = logging.getLogger("interpreter.test")


class Reader:
    """What reads the log: at once, or when it is told to."""

    def __init__(self) -> None:
        self.written = b""
        self.began, self.may_read = threading.Event(), threading.Event()
        self.may_read.set()

    def __call__(self, content: bytes) -> None:
        self.began.set()
        assert self.may_read.wait(60)
        self.written += content

    @property
    def lines(self) -> list[str]:
        return self.written.decode().splitlines()


def journal(write: Callable[[bytes], None], most: int = 10_000, language: str = "en") -> Journal:
    return Journal(TextLines(Secrets()), write, language, most)


def test_lines_are_written_in_order_and_all_of_them_at_the_end() -> None:
    reader = Reader()
    with installed(journal(reader), debug=False):
        for number in range(1000):
            log.info("line %d", number)
        log.debug("not this one")
    assert [line.rpartition(" ")[2] for line in reader.lines] == list(map(str, range(1000)))


def test_who_logs_does_not_wait_for_a_reader_and_what_is_missing_is_told() -> None:
    reader = Reader()
    reader.may_read.clear()
    book = journal(reader, most=100)
    with installed(book, debug=False):
        log.info("first")
        assert reader.began.wait(60)
        for number in range(500):
            log.info("line %d", number)
        assert book.dropped == 400
        reader.may_read.set()
    assert len(reader.lines) == 102
    assert [line for line in reader.lines if "400 log lines were dropped, because nobody read them" in line]


def test_what_is_missing_can_be_told_in_chinese() -> None:
    reader = Reader()
    reader.may_read.clear()
    with installed(journal(reader, most=1, language="zh"), debug=False):
        log.info("first")
        assert reader.began.wait(60)
        for _ in range(3):
            log.info("line")
        reader.may_read.set()
    assert any("丢弃了 2 行" in line for line in reader.lines)


def test_a_reader_that_is_gone_harms_nobody() -> None:
    def gone(_: bytes) -> None:
        raise BrokenPipeError

    with installed(journal(gone), debug=True):
        log.info("line")


def test_a_line_that_cannot_be_made_is_named() -> None:
    reader = Reader()
    book = journal(reader)
    book.emit(log.makeRecord(log.name, logging.INFO, "", 0, "%d", ("canary",), None))
    book.close()
    assert reader.lines == ["a line of interpreter.test cannot be written: TypeError"]


def test_what_a_thread_or_a_destructor_leaves_uncaught_is_logged() -> None:
    class Broken:
        def __del__(self) -> None:
            raise ValueError("in a destructor")

    def fail() -> None:
        raise ValueError("in a thread")

    reader = Reader()
    with installed(journal(reader), debug=False):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        Broken()
        gc.collect()
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("careful", stacklevel=1)
    text = reader.written.decode()
    assert "ValueError: in a thread" in text
    assert "ValueError: in a destructor" in text
    assert "UserWarning: careful" in text


def test_a_descriptor_is_written_to_as_it_is(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    to_descriptor(2)("你好\n".encode())
    assert capfdbinary.readouterr().err == "你好\n".encode()


def test_who_has_no_threads_writes_lines_and_waits_for_nobody() -> None:
    reading, writing = os.pipe()
    notes = Notes(TextLines(Secrets()), if_read(writing))
    with installed(notes, debug=False):
        log.warning("first")
        assert os.read(reading, 10_000).decode().endswith("WARNING interpreter.test first\n")
        for _ in range(20):
            log.warning("x" * 10_000)  # a pipe takes 64 KiB
        os.close(reading)
        log.warning("nobody is there")
    os.close(writing)
    assert all(thread.name != "journal" for thread in threading.enumerate())
