"""Functions of the Chinese language: the two scripts, numerals, amounts of money, identity cards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from interpreter.diagnostics.wording import Wording
from interpreter.expr.env import Env
from interpreter.expr.functions.limits import short_enough
from interpreter.expr.functions.registry import DATE, NUMBER, TEXT, Family, Parameter
from interpreter.types.folding import fold
from interpreter.types.idcards import read_idcard
from interpreter.types.kinds import EnumType, OptionalType
from interpreter.values import MAX_INT, Fault, print_value

FAMILY = Family("chinese", Wording("Chinese", "中文"))


@FAMILY.function(
    "simplified",
    Parameter("text", TEXT),
    result=TEXT,
    needs_env=True,
    zh="转换成简体字。",
    examples={
        'simplified("漢語")': '"汉语"',
    },
)
def simplified(env: Env, text: str) -> str:
    """The text in simplified Chinese characters."""
    return _convert(env, "t2s", text)


@FAMILY.function(
    "traditional",
    Parameter("text", TEXT),
    result=TEXT,
    needs_env=True,
    zh="转换成繁体字。",
    examples={
        'traditional("头发发展")': '"頭髮發展"',
    },
)
def traditional(env: Env, text: str) -> str:
    """The text in traditional Chinese characters."""
    return _convert(env, "s2t", text)


@FAMILY.function(
    "chinese_number",
    Parameter("n", NUMBER),
    result=TEXT,
    zh="用汉字写的数。",
    examples={
        "chinese_number(123)": '"一百二十三"',
        "chinese_number(10500)": '"一万零五百"',
        "chinese_number(-0.25)": '"负零点二五"',
    },
)
def chinese_number(n: float) -> str:
    """The number in Chinese numerals."""
    sign, digits = _digits("chinese_number", n)
    before, _, after = digits.partition(".")
    spoken = _spoken(int(before), "零一二三四五六七八九", "十百千")
    if spoken.startswith("一十"):
        spoken = spoken[1:]
    decimals = "点" + "".join("零一二三四五六七八九"[int(digit)] for digit in after) if after else ""
    return sign + spoken + decimals


@FAMILY.function(
    "chinese_money",
    Parameter("yuan", NUMBER),
    result=TEXT,
    zh="大写金额，精确到分。",
    examples={
        "chinese_money(1234.5)": '"壹仟贰佰叁拾肆元伍角整"',
        "chinese_money(100)": '"壹佰元整"',
    },
)
def chinese_money(yuan: float) -> str:
    """An amount of money in the capital numerals of Chinese receipts, to the fen."""
    sign, digits = _digits("chinese_money", yuan)
    fen_in_all = int((Decimal(digits) * 100).to_integral_value(ROUND_HALF_UP))
    whole, rest = divmod(fen_in_all, 100)
    jiao, fen = divmod(rest, 10)
    capitals = "零壹贰叁肆伍陆柒捌玖"
    shown = _spoken(whole, capitals, "拾佰仟") + "元" if whole or not rest else ""
    if jiao:
        shown += capitals[jiao] + "角"
    elif fen and whole:
        shown += "零"
    return (sign if fen_in_all else "") + shown + (capitals[fen] + "分" if fen else "整")


@FAMILY.function(
    "birthday_of_idcard",
    Parameter("text", TEXT),
    result=OptionalType(DATE),
    zh="身份证号中的出生日期；号码无效则为 null。",
    examples={
        'birthday_of_idcard("11010519491231002X")': 'date("1949-12-31")',
        'birthday_of_idcard("123")': "null",
    },
)
def birthday_of_idcard(text: str) -> date | None:
    """The birthday in the number of an identity card; null if the number is not valid."""
    number = _idcard(text)
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14])) if number else None


@FAMILY.function(
    "gender_of_idcard",
    Parameter("text", TEXT),
    result=OptionalType(EnumType(("男", "女"))),
    zh="身份证号中的性别：男或女；号码无效则为 null。",
    examples={
        'gender_of_idcard("11010519491231002X")': '"女"',
    },
)
def gender_of_idcard(text: str) -> str | None:
    """The gender in the number of an identity card, 男 or 女; null if the number is not valid."""
    number = _idcard(text)
    return "女男"[int(number[16]) % 2] if number else None


_LONGEST = 60


def _idcard(text: str) -> str | None:
    return read_idcard(fold(text)) if len(text) <= _LONGEST else None


def _digits(function: str, n: float) -> tuple[str, str]:
    if abs(n) > MAX_INT:
        raise Fault("argument", f"{function}: the number is too large")
    shown = print_value(n)
    return ("负", shown[1:]) if shown.startswith("-") else ("", shown)


def _spoken(n: int, digits: str, units: str) -> str:
    """A whole number: large units first, a zero where the next part does not fill its place."""
    if n < 10:
        return digits[n]
    places = ((10**8, "亿"), (10**4, "万"), (1000, units[2]), (100, units[1]), (10, units[0]))
    size, unit = next(place for place in places if n >= place[0])
    high, low = divmod(n, size)
    spoken = _spoken(high, digits, units) + unit
    if not low:
        return spoken
    return spoken + (digits[0] if low < size // 10 else "") + _spoken(low, digits, units)


CHARACTERS_PER_STEP = 4
"""How much text a conversion between the scripts reads for one step; it is slow, and messages are short."""


def _convert(env: Env, direction: str, text: str) -> str:
    env.spend(len(text) // CHARACTERS_PER_STEP)
    return short_enough(_converter(direction)(text))


@cache
def _converter(direction: str) -> Callable[[str], str]:
    """The conversion from one script to the other; its dictionaries are read when it is first wanted."""
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC(direction).convert
    return convert
