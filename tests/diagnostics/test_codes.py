"""The registry of codes."""

import re

from interpreter.diagnostics.codes import CODES


def test_codes_are_sorted_and_unique() -> None:
    assert list(CODES) == sorted(CODES)
    assert len({code.name for code in CODES.values()}) == len(CODES)


def test_codes_and_names_have_their_form() -> None:
    for key, code in CODES.items():
        assert key == code.code
        assert re.fullmatch(r"DL\d{3}", code.code)
        assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", code.name)
