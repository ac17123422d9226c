"""Numbers as people write them: `12`, `1,000`, `-3.5`, `3万`, `三`, `十二`, `一百零五`, `二〇二六`, `三点一四`."""

from __future__ import annotations

import re
from functools import cache

from interpreter.values import MAX_INT

DIGITS = "零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸兩"
HAN = f"[{DIGITS}十百千万亿拾佰仟萬億廿]"
"""One character of a Chinese numeral, for regexes."""
_SIGN = r"(?:[-+−]|负|負)?"
INT = rf"{_SIGN}(?:(?:\d{{1,3}}(?:,\d{{3}})+|\d+)[万亿千百]?|{HAN}+)"
"""What can be a whole number in folded text; `read_int` has the last word."""
NUMBER = rf"{_SIGN}(?:(?:(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?|\.\d+)[万亿千百]?|{HAN}+(?:点{HAN}+)?|半)"
"""What can be a number in folded text."""

_VALUES = dict(zip(DIGITS, (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 6, 2), strict=True))
_SMALL_UNITS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_LARGE_UNITS = {"万": 10**4, "亿": 10**8, "萬": 10**4, "億": 10**8}
_UNITS = {**_SMALL_UNITS, **_LARGE_UNITS}
_LONGEST = 40


def read_int(text: str) -> int | None:
    """A folded text as a whole number, or None when it is none or too large."""
    number = read_number(text)
    return number if isinstance(number, int) else None


def read_number(text: str) -> int | float | None:
    """A folded text as a number, whole where it is written so (`3`, `1.5万`), or None when it is none or too large."""
    if len(text) > _LONGEST:
        return None
    if text.isdecimal() and text.isascii():
        return number if (number := int(text)) <= MAX_INT else None
    negative = text[:1] in ("-", "−", "负", "負")
    magnitude = _read_magnitude(text[1:] if negative or text[:1] == "+" else text)
    if magnitude is None or abs(magnitude) > MAX_INT:
        return None
    return -magnitude if negative else magnitude


def _read_magnitude(text: str) -> int | float | None:
    if text == "半":
        return 0.5
    if match := _written().fullmatch(text):
        whole, fraction, unit = match[1].replace(",", ""), match[2] or "", match[3]
        return _scale(whole, fraction, _UNITS.get(unit, 1)) if whole or fraction else None
    if match := _han_number().fullmatch(text):
        count = read_han(match[1])
        if count is None or not match[2]:
            return count
        return float(f"{count}.{''.join(str(_VALUES[digit]) for digit in match[2])}")
    return None


@cache
def _written() -> re.Pattern[str]:
    return re.compile(r"(\d{1,3}(?:,\d{3})+|\d*)(\.\d+)?([万亿千百]?)")


@cache
def _han_number() -> re.Pattern[str]:
    return re.compile(rf"({HAN}+)(?:点([{DIGITS}]+))?")


def _scale(whole: str, fraction: str, unit: int) -> int | float:
    """`1.5` times 10,000, exact where the result is whole and a unit was written."""
    if not fraction:
        return int(whole) * unit
    if unit == 1:
        return float(f"{whole or '0'}{fraction}")
    power: int = 10 ** (len(fraction) - 1)
    scaled = int((whole or "0") + fraction[1:]) * unit
    return scaled // power if scaled % power == 0 else scaled / power


def read_han(text: str) -> int | None:
    """A Chinese numeral: by units (`一百零五`, `三百五`, `十二`, `廿三`) or digit by digit (`二〇二六`)."""
    if all(char in _VALUES for char in text):
        return int("".join(str(_VALUES[char]) for char in text)) if text else None
    text = text.replace("廿", "二十")
    return _read_by_units(text)


def _read_by_units(text: str) -> int | None:
    """Sections of up to 千, each before its 万 or 亿; 亿 counts all before it. In a section units grow smaller."""
    total = section = 0
    digit: int | None = None
    smallest, smallest_large = 10**5, 10**9
    for char in text:
        if char in _VALUES:
            if digit:  # two digits in a row are no numeral by units
                return None
            digit = _VALUES[char]
            continue
        unit = _UNITS[char]
        if char in _SMALL_UNITS:
            if unit >= smallest or (not digit and unit != 10):
                return None
            section += (digit or 1) * unit
            smallest, digit = unit, None
            continue
        section += digit or 0
        if unit == smallest_large or section + (total if unit > smallest_large else 0) == 0:
            return None
        if unit > smallest_large and total >= 10**8:
            return None
        total = (total + section) * unit if unit > 10**4 else total + section * unit
        section, digit, smallest, smallest_large = 0, None, 10**5, unit
    if digit and text[-2] in _UNITS and _UNITS[text[-2]] >= 100:  # 三百五 is 350, 一万二 is 12,000
        digit *= _UNITS[text[-2]] // 10
    return total + section + (digit or 0)
