"""Functions of grammatical number."""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording
from interpreter.expr.env import Env
from interpreter.expr.functions.limits import short_enough
from interpreter.expr.functions.locales import is_chinese
from interpreter.expr.functions.registry import INT, NUMBER, TEXT, Family, Parameter

FAMILY = Family("plural", Wording("Singular and plural", "单复数"))


@FAMILY.function(
    "plural",
    Parameter("n", NUMBER),
    Parameter("one", TEXT),
    Parameter("other", TEXT),
    result=TEXT,
    zh="n 为 1 时用 one，否则用 other。",
    examples={
        'plural(1, "day", "days")': '"day"',
        'plural(0, "day", "days")': '"days"',
    },
)
def plural(n: float, one: str, other: str) -> str:
    """The word for one thing if `n` is one, else the word for several."""
    return one if n == 1 else other


@FAMILY.function(
    "counted",
    Parameter("n", INT),
    Parameter("one", TEXT),
    Parameter("other", TEXT),
    result=TEXT,
    zh="数和名词：n 为 1 时用 one，否则用 other。",
    examples={
        'counted(3, "day", "days")': '"3 days"',
    },
)
def counted(n: int, one: str, other: str) -> str:
    """The number with the right one of the two words after it."""
    return short_enough(f"{n} {plural(n, one, other)}")


@FAMILY.function(
    "ordinal",
    Parameter("n", INT),
    result=TEXT,
    needs_env=True,
    zh="用户语言中的序数：第3。",
    examples={
        "ordinal(3)": '"第3"',
    },
)
def ordinal(env: Env, n: int) -> str:
    """The number as a rank in the user's language: `3rd`."""
    if is_chinese(env):
        return f"第{n}"
    teen = abs(n) % 100 in (11, 12, 13)
    return f"{n}" + ("th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(abs(n) % 10, "th"))
