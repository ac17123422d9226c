r"""Sets of characters, in the notation of RE2: what `\d \w \s \p{…}` and `[…]` stand for.

`\d` is a decimal digit of any script, `\w` a letter, mark, decimal digit of any script or underscore, `\s` any white
space of Unicode, U+3000 and the no-break space included. RE2's own `\d \w \s` know ASCII only, so they are not used.
"""

from __future__ import annotations

import re
from functools import lru_cache

import re2

DIGIT = r"\p{Nd}"
WORD = r"\p{L}\p{M}\p{Nd}_"
SPACE = r"\t-\r\x{85}\p{Z}"
_NO_SPACE = (
    r"\x{0}-\x{8}\x{e}-\x{1f}!-\x{84}\x{86}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}"
    r"\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{10ffff}"
)

SHORTHANDS = {"d": DIGIT, "D": r"\P{Nd}", "w": WORD, "s": SPACE, "S": _NO_SPACE}
"""What stands inside `[…]`; `\\W` is the only one that RE2 cannot write there."""

_LONG_NAMES = {
    "letter": "L",
    "uppercaseletter": "Lu",
    "lowercaseletter": "Ll",
    "mark": "M",
    "number": "N",
    "decimalnumber": "Nd",
    "digit": "Nd",
    "punctuation": "P",
    "punct": "P",
    "symbol": "S",
    "separator": "Z",
    "spaceseparator": "Zs",
    "other": "C",
    "control": "Cc",
    "alphabetic": "L",
    "alpha": "L",
    "hanzi": "Han",
}
_PREFIX = r"(?i:script|sc|scx|script_extensions|general_category|gc|is)\s*[=:]?\s*"


def shorthand(letter: str) -> str:
    r"""`\d \D \w \W \s \S` outside of brackets."""
    return f"[^{WORD}]" if letter == "W" else f"[{SHORTHANDS[letter]}]"


@lru_cache(maxsize=256)
def property_name(written: str) -> str | None:
    """RE2's name of a Unicode category or script (`Han`, `Script=Han`, `Letter`), or None when there is none."""
    if not re.fullmatch(r"[A-Za-z_=: ]{1,40}", written):
        return None
    bare = written.strip()
    for name in (bare, re.sub(_PREFIX, "", bare, count=1)):
        name = _LONG_NAMES.get(name.replace("_", "").casefold(), name)  # noqa: PLW2901 - the name as RE2 knows it
        for form in (name, name.title()):
            if re.fullmatch(r"[A-Za-z_]+", form) and _is_known(form):
                return form
    return None


def bracket(items: list[str], *, negated: bool, with_non_word: bool, ignore_case: bool) -> str:
    r"""The set `[…]` of some items in RE2's notation; `with_non_word` when `\W` is among them."""
    inside = "".join(items)
    if not with_non_word:
        return f"[{'^' if negated else ''}{inside}]"
    if not negated:
        return f"(?:[^{WORD}]|[{inside}])" if items else f"[^{WORD}]"
    kept = [part for part in (r"\p{L}", r"\p{M}", DIGIT, "_") if part not in items]
    if all(item in (DIGIT, "_") for item in items):
        return f"[{''.join(kept)}]"
    return _word_without(inside, ignore_case=ignore_case)


@lru_cache(maxsize=64)
def _word_without(inside: str, *, ignore_case: bool) -> str:
    r"""`\w` less another set, as ranges: RE2 has no difference of sets, so it is asked which characters remain."""
    less = re2.compile(f"(?i)[{inside}]+" if ignore_case else f"[{inside}]+", options())
    ranges: list[str] = []
    for run in _word_runs():
        start = 0
        for first, end in [*(found.span() for found in less.finditer(run)), (len(run), len(run))]:
            if first > start:
                ranges.append(f"\\x{{{ord(run[start]):x}}}-\\x{{{ord(run[first - 1]):x}}}")
            start = end
    return f"[{''.join(ranges)}]" if ranges else r"[^\x{0}-\x{10ffff}]"


@lru_cache(maxsize=1)
def _word_runs() -> tuple[str, ...]:
    r"""The runs of neighbours among all characters of `\w`, as RE2 knows them."""
    everything = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    return tuple(match.group() for match in re2.compile(f"[{WORD}]+", options()).finditer(everything))


def _is_known(name: str) -> bool:
    try:
        re2.compile(rf"\p{{{name}}}", options())
    except re2.error:
        return False
    return True


def options(memory: int = 1 << 20) -> re2.Options:
    """RE2's options: nothing is ever logged, and a compiled expression stays within a budget of memory."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.max_mem = memory
    return chosen
