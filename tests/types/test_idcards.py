"""Identity card numbers."""

from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.types.idcards import read_idcard

WEIGHTS = [2 ** (17 - place) % 11 for place in range(17)]


@settings(deadline=None)
@given(st.sampled_from(["110105", "330106", "810000"]), st.dates(), st.integers(0, 999), st.sampled_from("0123456789X"))
def test_exactly_one_check_character_is_right(region: str, day, order: int, check: str) -> None:
    body = f"{region}{day:%Y%m%d}".zfill(14) + f"{order:03}"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
    number = body + check
    is_right = (total + (10 if check == "X" else int(check))) % 11 == 1 and 1900 <= day.year < 2100
    assert (read_idcard(number) == number) is is_right
