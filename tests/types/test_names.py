"""Names of variables."""

import pytest

from interpreter.types.names import is_name


@pytest.mark.parametrize("name", ["n", "_", "名字", "a1", "été", "In"])
def test_letters_digits_and_underscores_name_a_variable(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "1a", "a b", "a-b", "if", "null", "a.b", "²", "a\n"])
def test_anything_else_does_not(name: str) -> None:
    assert not is_name(name)
