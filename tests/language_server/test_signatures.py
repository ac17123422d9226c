"""The call that is being written."""

from __future__ import annotations

import pytest

from interpreter.language_server.signatures import signature_at


@pytest.mark.parametrize(
    ("before", "name", "argument"),
    [
        ("set: x = random(", "random", 0),
        ("set: x = random(1, ", "random", 1),
        ("set: x = random(len([1, 2]), ", "random", 1),
        ("set: x = random(len([1, ", "len", 0),
        ('reply: $(join(", (", ', "join", 1),
        ("set: x = max(1, 2, 3, ", "max", 3),
    ],
)
def test_a_signature(before: str, name: str, argument: int) -> None:
    shown = signature_at(before, "en")
    assert shown is not None
    assert shown.signatures[0].label.startswith(f"{name}(")
    assert shown.active_parameter == min(argument, len(shown.signatures[0].parameters or ()) - 1)


@pytest.mark.parametrize("before", ["random(1)", "a(", "", "x)", "random(1,\nb"])
def test_no_signature(before: str) -> None:
    assert signature_at(before, "zh") is None
