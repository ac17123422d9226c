from __future__ import annotations

import os

from interpreter.machine.form import is_compiled


def test_the_form_under_test_is_the_one_that_was_asked_for() -> None:
    assert is_compiled() == (os.environ.get("DIALOG_FORM") == "compiled")
